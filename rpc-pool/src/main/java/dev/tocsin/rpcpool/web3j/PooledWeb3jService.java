package dev.tocsin.rpcpool.web3j;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcCaller;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.RpcSession;
import dev.tocsin.rpcpool.SendOutcome;
import io.reactivex.Flowable;
import io.reactivex.schedulers.Schedulers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.web3j.protocol.ObjectMapperFactory;
import org.web3j.protocol.Web3jService;
import org.web3j.protocol.core.BatchRequest;
import org.web3j.protocol.core.BatchResponse;
import org.web3j.protocol.core.Request;
import org.web3j.protocol.core.Response;
import org.web3j.protocol.websocket.events.Notification;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * A drop-in for web3j's {@code HttpService} over a pool: {@code Web3j.build(PooledWeb3jService.over(pool))}.
 *
 * <p>As with {@code HttpService}, an error that a node answers comes back as {@link Response.Error}, and only what nobody could serve is an
 * {@link IOException}. Subscriptions and filters ({@code eth_newFilter} and its like) are kept here and made by polling, so they outlive every single
 * node; there is none for pending transactions. A raw transaction goes by {@link RpcPool#send}, unless it is part of a batch: an answer that
 * is lost is no error, and where nobody knows whether it was taken, its hash is the answer. Safe for use by many
 * threads. {@code Web3j.shutdown()} closes this service, which ends its subscriptions; the pool stays open, it is yours.
 */
public final class PooledWeb3jService implements Web3jService {

    private static final Logger LOG = LoggerFactory.getLogger(PooledWeb3jService.class);
    private static final String SEND = "eth_sendRawTransaction";
    private static final int INVALID_PARAMS = -32602; // JSON-RPC 2.0
    private static final int SERVER_ERROR = -32000; // as geth answers for transactions
    private static final Duration POLL_EVERY = Duration.ofSeconds(1);
    private static final TypeReference<List<@Nullable Object>> PARAMS = new TypeReference<>() {};

    private final RpcCaller caller;
    private final Sender sender;
    private final Function<Runnable, RpcPool.Subscription> onHead;
    private final Duration pollEvery;
    private final Filters filters;
    private final ObjectMapper mapper = ObjectMapperFactory.getObjectMapper();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("tocsin-web3j-", 0).factory());

    private PooledWeb3jService(
            RpcCaller caller, Sender sender, Function<Runnable, RpcPool.Subscription> onHead, Duration pollEvery) {
        this.caller = caller;
        this.sender = sender;
        this.onHead = onHead;
        this.pollEvery = pollEvery;
        this.filters = new Filters(caller);
    }

    /** Sends signed transactions. */
    @FunctionalInterface
    private interface Sender {
        SendOutcome send(String signedTransactionHex) throws InterruptedException;
    }

    /**
     * A service over a pool; subscriptions look for a new head every second, and as soon as the pool hears of one over WebSocket.
     *
     * @param pool the pool; is not closed with the service
     * @return the service
     */
    public static PooledWeb3jService over(RpcPool pool) {
        return over(pool, POLL_EVERY);
    }

    /**
     * A service over a session, for one operation of several calls with one view of the chain: {@code PooledWeb3jService.over(pool.session())}. It
     * costs nothing to make one for each operation. Subscriptions look for a new head every second.
     *
     * @param session the session
     * @return the service
     */
    public static PooledWeb3jService over(RpcSession session) {
        requireNonNull(session, "session");
        return new PooledWeb3jService(session, session::send, wake -> () -> {}, POLL_EVERY);
    }

    /**
     * A service over a pool.
     *
     * @param pool the pool; is not closed with the service
     * @param pollEvery how often a subscription looks for a new head; 10 ms to 1 h
     * @return the service
     */
    public static PooledWeb3jService over(RpcPool pool, Duration pollEvery) {
        if (pollEvery.compareTo(Duration.ofMillis(10)) < 0 || pollEvery.compareTo(Duration.ofHours(1)) > 0) {
            throw new IllegalArgumentException("pollEvery must be PT0.01S to PT1H, was " + pollEvery);
        }
        requireNonNull(pool, "pool");
        return new PooledWeb3jService(pool, pool::send, pool::onHead, pollEvery);
    }

    /**
     * Sends a request. Blocks for at most the pool's call timeout.
     *
     * @param request the request
     * @param responseType what the answer is read as
     * @return the answer, or the error that a node answered
     * @throws IOException if no node served it; an {@link InterruptedIOException} if interrupted, and the flag is set again
     */
    @Override
    @SuppressWarnings("rawtypes") // as web3j declares it
    public <T extends Response> T send(Request request, Class<T> responseType) throws IOException {
        RpcCall call = call(request);
        return asking(() -> alone(request, call, responseType));
    }

    @SuppressWarnings("rawtypes") // as web3j declares it
    private <T extends Response> T alone(Request request, RpcCall call, Class<T> responseType)
            throws InterruptedException {
        try {
            return switch (answer(call)) {
                case Filters.Result result -> answered(request, result.json(), responseType);
                case Filters.Refusal refusal -> refused(request, refusal.code(), refusal.message(), null, responseType);
            };
        } catch (RpcRejectedException e) {
            return response(request, rejected(e), responseType);
        }
    }

    private Filters.Answer answer(RpcCall call) throws InterruptedException {
        if (filters.handles(call.method())) {
            return filters.answer(call);
        }
        if (call.method().equals(SEND)
                && call.params().size() == 1
                && call.params().getFirst() instanceof String signed) {
            return sent(signed);
        }
        return new Filters.Result(
                caller.call(call.method(), call.params().toArray()).json());
    }

    /** A transaction of which nobody knows is answered with its hash: whoever waits for its receipt learns what became of it. */
    private Filters.Answer sent(String signed) throws InterruptedException {
        SendOutcome outcome;
        try {
            outcome = sender.send(signed);
        } catch (IllegalArgumentException e) {
            return new Filters.Refusal(INVALID_PARAMS, String.valueOf(e.getMessage()));
        }
        return switch (outcome) {
            case SendOutcome.Rejected rejected -> new Filters.Refusal(SERVER_ERROR, rejected.message());
            case SendOutcome.Replaced replaced -> new Filters.Refusal(SERVER_ERROR, replaced.message());
            case SendOutcome.Unknown unknown -> {
                LOG.warn(
                        "nobody has said whether it took the transaction hash={} causes={}",
                        unknown.hash(),
                        unknown.causes());
                yield new Filters.Result('"' + unknown.hash() + '"');
            }
            case SendOutcome.Accepted taken -> new Filters.Result('"' + taken.hash() + '"');
            case SendOutcome.AlreadyKnown taken -> new Filters.Result('"' + taken.hash() + '"');
            case SendOutcome.Mined taken -> new Filters.Result('"' + taken.hash() + '"');
        };
    }

    /**
     * Sends a request on a virtual thread of its own.
     *
     * @param request the request
     * @param responseType what the answer is read as
     * @return the answer to come; fails as {@link #send} does; cancelling it interrupts the call
     */
    @Override
    @SuppressWarnings("rawtypes") // as web3j declares it
    public <T extends Response> CompletableFuture<T> sendAsync(Request request, Class<T> responseType) {
        return async(() -> send(request, responseType));
    }

    /**
     * Sends requests in one; answers are matched by id. Those about filters are not sent but answered here, one by one, after the others.
     *
     * @param batch the requests
     * @return the answers in the order of the requests, errors among them
     * @throws IOException if no node served it
     */
    @Override
    public BatchResponse sendBatch(BatchRequest batch) throws IOException {
        List<Request<?, ? extends Response<?>>> requests = batch.getRequests();
        List<RpcCall> calls = new ArrayList<>();
        for (Request<?, ? extends Response<?>> request : requests) {
            calls.add(call(request));
        }
        return asking(() -> {
            Iterator<CallOutcome> outcomes = together(calls.stream()
                            .filter(call -> !filters.handles(call.method()))
                            .toList())
                    .iterator();
            List<Response<?>> responses = new ArrayList<>();
            for (int i = 0; i < requests.size(); i++) {
                Request<?, ? extends Response<?>> request = requests.get(i);
                responses.add(
                        filters.handles(calls.get(i).method())
                                ? ofFilter(request, calls.get(i), request.getResponseType())
                                : response(request, outcomes.next(), request.getResponseType()));
            }
            return new BatchResponse(requests, responses);
        });
    }

    private List<CallOutcome> together(List<RpcCall> calls) throws InterruptedException {
        if (calls.isEmpty()) {
            return List.of();
        }
        try {
            return caller.batch(calls);
        } catch (RpcRejectedException e) { // one error for all
            return Collections.nCopies(calls.size(), rejected(e));
        }
    }

    /** What fails is the error of this request alone: what the filters before it have told is told once. */
    @SuppressWarnings("rawtypes") // as web3j declares it
    private <T extends Response> T ofFilter(Request request, RpcCall call, Class<T> responseType)
            throws InterruptedException {
        try {
            return alone(request, call, responseType);
        } catch (RpcException e) {
            return refused(request, SERVER_ERROR, String.valueOf(e.getMessage()), null, responseType);
        }
    }

    /**
     * Sends requests in one, on a virtual thread of its own.
     *
     * @param batch the requests
     * @return the answers to come; fails as {@link #sendBatch} does
     */
    @Override
    public CompletableFuture<BatchResponse> sendBatchAsync(BatchRequest batch) {
        return async(() -> sendBatch(batch));
    }

    /**
     * Subscribes to {@code newHeads} or {@code logs}, by polling. The chain is followed by its parent hashes: no block is left out, and when
     * blocks are replaced, the new ones are told of and the logs of the old ones come again as removed. Below 128 blocks it begins anew at
     * the head. What fails is tried again.
     *
     * @param request {@code eth_subscribe} of {@code newHeads} or {@code logs}
     * @param unsubscribeMethod not used: ending the subscription ends the polling
     * @param responseType such as {@code NewHeadsNotification}
     * @return what happens from now on, each asked for when there is demand; runs on a virtual thread
     * @throws UnsupportedOperationException if it is another subscription
     */
    @Override
    @SuppressWarnings("rawtypes") // as web3j declares it
    public <T extends Notification<?>> Flowable<T> subscribe(
            Request request, String unsubscribeMethod, Class<T> responseType) {
        RpcCall call = call(request);
        ChainFeed.Selection selection = ChainFeed.Selection.ofSubscription(call.params());
        return Flowable.<T, FeedPoll>generate(
                        () -> new FeedPoll(caller, onHead, selection, pollEvery),
                        (feed, emitter) -> {
                            try {
                                emitter.onNext(mapper.readValue(feed.next(), responseType));
                            } catch (InterruptedException e) { // the subscription or the service was ended
                                Thread.currentThread().interrupt();
                                emitter.onComplete();
                            }
                        },
                        FeedPoll::close)
                .subscribeOn(Schedulers.from(threads, true));
    }

    /** Ends subscriptions and what was sent asynchronously. The pool stays open. */
    @Override
    public void close() {
        threads.shutdownNow();
    }

    @SuppressWarnings("rawtypes") // as web3j declares it
    private RpcCall call(Request request) {
        List<@Nullable Object> params =
                request.getParams() == null ? List.of() : mapper.convertValue(request.getParams(), PARAMS);
        return new RpcCall(request.getMethod(), params);
    }

    private static CallOutcome.Rejected rejected(RpcRejectedException e) {
        String message = e.isAmbiguous() ? String.valueOf(e.getMessage()) : e.reason();
        return new CallOutcome.Rejected(e.code(), message, e.data(), e.node(), e.errorClass());
    }

    @SuppressWarnings("rawtypes") // as web3j declares it
    private <T extends Response> T response(Request request, CallOutcome outcome, Class<T> type) {
        return switch (outcome) {
            case CallOutcome.Answered answered ->
                answered(request, answered.result().json(), type);
            case CallOutcome.Rejected rejected ->
                refused(request, rejected.code(), rejected.message(), rejected.data(), type);
        };
    }

    /** The answer as the node would have given it; text, since web3j's own readers expect to parse. */
    @SuppressWarnings("rawtypes") // as web3j declares it
    private <T extends Response> T answered(Request request, String result, Class<T> type) {
        return mapper.readValue("{\"jsonrpc\":\"2.0\",\"id\":" + request.getId() + ",\"result\":" + result + "}", type);
    }

    @SuppressWarnings("rawtypes") // as web3j declares it
    private <T extends Response> T refused(
            Request request, int code, String message, @Nullable String data, Class<T> type) {
        ObjectNode error = mapper.createObjectNode();
        error.put("code", code);
        error.put("message", message);
        if (data != null) {
            error.set("data", data(data));
        }
        return mapper.readValue("{\"jsonrpc\":\"2.0\",\"id\":" + request.getId() + ",\"error\":" + error + "}", type);
    }

    /** web3j keeps the data as the JSON it was; the pool tells a structure as its JSON and a text as it is. */
    private JsonNode data(String data) {
        if (data.startsWith("{") || data.startsWith("[")) {
            try {
                return mapper.readTree(data);
            } catch (JacksonException e) {
                return StringNode.valueOf(data); // a text that only looks like it
            }
        }
        return StringNode.valueOf(data);
    }

    private static <T> T asking(Callable<T> question) throws IOException {
        try {
            return question.call();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException("interrupted; the call may have been executed");
            interrupted.initCause(e);
            throw interrupted;
        } catch (RpcException e) {
            throw new IOException(e.getMessage(), e);
        } catch (JacksonException e) {
            throw new IOException("the answer is not what web3j expects: " + e.getOriginalMessage(), e);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e); // nothing in here throws it
        }
    }

    private <T> CompletableFuture<T> async(Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            Future<?> task = threads.submit(() -> {
                try {
                    answer.complete(question.call());
                } catch (Exception e) {
                    answer.completeExceptionally(e);
                }
            });
            CompletableFuture<T> unused = answer.whenComplete((value, failure) -> {
                if (answer.isCancelled()) {
                    task.cancel(true);
                }
            });
        } catch (RejectedExecutionException e) {
            answer.completeExceptionally(new IOException("the service is closed", e));
        }
        return answer;
    }
}
