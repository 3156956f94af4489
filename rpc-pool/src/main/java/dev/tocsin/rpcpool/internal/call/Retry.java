package dev.tocsin.rpcpool.internal.call;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.NoNodeException;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPoolListener.Purpose;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.error.ErrorAction;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.method.Method;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks another node when one cannot serve a call, within one deadline; pauses when every node has been asked. An error that nobody knows may
 * as well be the call's: one other node is asked then.
 */
public final class Retry implements Layer {

    private static final String LOGS = "eth_getLogs";

    private final Nodes nodes;
    private final Selection selection;
    private final Hedge hedge;
    private final Attempts attempts;
    private final Meaning meaning;
    private final NextBlock nextBlock;
    private final Listeners listeners;
    private final int mostAttempts;
    private final Duration delay;
    private final InstantSource clock;
    private final LongSupplier nanoTicker;
    private final RandomGenerator random;
    private final BooleanSupplier isClosed;

    public Retry(
            int mostAttempts,
            Duration delay,
            Nodes nodes,
            Selection selection,
            Hedge hedge,
            Attempts attempts,
            Meaning meaning,
            NextBlock nextBlock,
            Listeners listeners,
            InstantSource clock,
            LongSupplier nanoTicker,
            RandomGenerator random,
            BooleanSupplier isClosed) {
        this.nodes = nodes;
        this.selection = selection;
        this.hedge = hedge;
        this.attempts = attempts;
        this.meaning = meaning;
        this.nextBlock = nextBlock;
        this.listeners = listeners;
        this.mostAttempts = mostAttempts;
        this.delay = delay;
        this.clock = clock;
        this.nanoTicker = nanoTicker;
        this.random = random;
        this.isClosed = isClosed;
    }

    @Override
    public CallOutcome call(RpcCall call, CallContext context) throws InterruptedException {
        Asked asked = asked(call.method(), call, context);
        Attempts.Request<CallOutcome> said = attempts.request(call);
        Attempts.Request<CallOutcome> request =
                (node, timeout, cancellation) -> meaning.of(call, said.at(node, timeout, cancellation));
        Method method = Methods.of(call.method());
        CallOutcome outcome = serve(
                asked,
                method.changes(),
                method.mayHedge(),
                call.method().equals(LOGS) ? forLogs(request, context.minHead()) : request,
                Retry::isWeak);
        if (method.changes() && outcome instanceof CallOutcome.Rejected refusal && asked.mayBeDone()) {
            throw new RpcRejectedException(call.method(), refusal, true); // the other's answer was lost
        }
        return outcome;
    }

    /** Serves several calls in one request. */
    public <T> T batch(boolean once, List<RpcCall> calls, CallContext context, Attempts.Request<T> request)
            throws InterruptedException {
        return serve(asked("batch", null, context).ofCalls(calls), once, !once, request, answer -> false);
    }

    private Asked asked(String method, @Nullable RpcCall call, CallContext context) {
        return new Asked(method, call, mostAttempts, context, nanoTicker);
    }

    /**
     * A node that is asked for too many logs has answered: whoever has asked must ask for fewer. One that lacks the newest blocks, and was asked
     * for want of a better one, has not: it leaves out their logs without a word.
     */
    private static Attempts.Request<CallOutcome> forLogs(Attempts.Request<CallOutcome> request, long minHead) {
        return (node, timeout, cancellation) -> {
            try {
                long head = node.headOr(Long.MAX_VALUE);
                CallOutcome outcome = request.at(node, timeout, cancellation);
                if (head < minHead && outcome instanceof CallOutcome.Answered) {
                    throw new NodeFailure(
                                    NodeFailure.Kind.UNABLE,
                                    "answered up to block " + minHead + ", but has only " + head)
                            .meaning(ErrorClass.FUTURE_BLOCK);
                }
                return outcome;
            } catch (NodeFailure e) {
                CallOutcome.Rejected refusal = e.rejection().orElse(null);
                if (refusal != null && refusal.errorClass().action() == ErrorAction.SPLIT) {
                    return refusal;
                }
                throw e;
            }
        };
    }

    /** Says nothing, or no; that a transaction is known already is a yes. */
    private static boolean isWeak(CallOutcome outcome) {
        return switch (outcome) {
            case CallOutcome.Answered answered -> answered.result().isNull();
            case CallOutcome.Rejected rejected -> rejected.errorClass().action() != ErrorAction.SUCCESS;
        };
    }

    /**
     * Serves what is asked.
     *
     * @param once whether it changes something, so that nobody else is asked once a node may have done it
     * @param hedges whether a second node is asked when the first is late
     * @param isWeak whether an answer may lose against one of a second node that is awaited
     */
    private <T> T serve(Asked asked, boolean once, boolean hedges, Attempts.Request<T> request, Predicate<T> isWeak)
            throws InterruptedException {
        Node before = null;
        for (int round = 0; asked.nanosLeft() > 0; ) {
            Node node = enter(asked);
            if (node == null) {
                boolean hasWaited = nextBlock.await(asked);
                if (!asked.newRound()) {
                    break;
                }
                if (!hasWaited) {
                    pause(round++, asked);
                }
                continue;
            }
            tellFailover(before, node, asked);
            before = node;
            try {
                return attempt(node, hedges, asked, request, isWeak);
            } catch (NodeFailure e) {
                if ((once && asked.mayBeDone()) || asked.isUnknownToTwo()) {
                    break;
                }
            }
        }
        throw unserved(once, asked);
    }

    private <T> T attempt(Node node, boolean hedges, Asked asked, Attempts.Request<T> request, Predicate<T> isWeak)
            throws NodeFailure, InterruptedException {
        try {
            return hedges
                    ? hedge.ask(node, asked, request, isWeak)
                    : attempts.one(node, asked, Purpose.CALL, asked.patience(selection), request, new Cancellation());
        } finally {
            attempts.end(node);
        }
    }

    private @Nullable Node enter(Asked asked) throws InterruptedException {
        if (isClosed.getAsBoolean()) {
            throw new RpcException("the pool is closed", null);
        }
        Node node = attempts.begin(asked);
        if (node == null && asked.nanosLeft() <= 0) {
            throw new NoNodeException(
                    "no node served " + asked.method() + ", no connection was free in time",
                    causes(asked.failures()),
                    false);
        }
        return node;
    }

    private RpcException unserved(boolean once, Asked asked) {
        if (isClosed.getAsBoolean()) {
            return new RpcException("the pool is closed", null);
        }
        Map<String, NodeFailure> failures = asked.failures();
        boolean isAmbiguous = once && asked.mayBeDone();
        List<CallOutcome.Rejected> refusals = failures.values().stream()
                .flatMap(failure -> failure.rejection().stream())
                .toList();
        if (!refusals.isEmpty() && refusals.size() == failures.size()) {
            CallOutcome.Rejected refusal = refusals.getLast();
            return new RpcRejectedException(asked.method(), refusal, isAmbiguous, untilWhen(refusal.node()));
        }
        return new NoNodeException("no node served " + asked.method(), causes(failures), isAmbiguous);
    }

    /** Why each node of the pool did not serve a call, those that were not asked last. */
    private Map<String, String> causes(Map<String, NodeFailure> failures) {
        Map<String, String> causes = new LinkedHashMap<>();
        failures.forEach((name, failure) -> causes.put(name, failure.reason()));
        for (Node node : nodes.all()) {
            String why = node.isCordoned()
                    ? ": taken out of use"
                    : node.state() == NodeState.WRONG_CHAIN
                            ? ": " + node.health().lastError()
                            : "";
            causes.putIfAbsent(node.name(), "not asked" + why);
            causes.computeIfPresent(node.name(), (name, cause) -> cause + untilWhen(node));
        }
        return causes;
    }

    private String untilWhen(String name) {
        return nodes.all().stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .map(this::untilWhen)
                .orElse("");
    }

    private String untilWhen(Node node) {
        long away = node.health().awayNanos(nanoTicker.getAsLong());
        return away == 0
                ? ""
                : ", not to be asked before " + clock.instant().plusNanos(away).truncatedTo(ChronoUnit.MILLIS);
    }

    private void tellFailover(@Nullable Node from, Node to, Asked asked) {
        NodeFailure cause = from == null ? null : asked.failures().get(from.name());
        if (from != null && from != to && cause != null) {
            listeners.onFailover(asked.method(), from.name(), to.name(), cause.reason());
        }
    }

    /** Every node has been asked once: waits before the next round, longer each time, half of it by chance. */
    private void pause(int round, Asked asked) throws InterruptedException {
        long base = delay.toNanos() << Math.min(round, 10);
        long nanos = base / 2 + (base > 1 ? random.nextLong(base / 2 + 1) : 0);
        attempts.sleep(Math.clamp(asked.nanosLeft(), 0, nanos));
    }
}
