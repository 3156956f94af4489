package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.sender.Follower.Due;
import dev.tocsin.rpcpool.sender.PendingTransaction.Attempt;
import dev.tocsin.rpcpool.sender.Preparation.Prepared;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Refused;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Unknown;
import dev.tocsin.rpcpool.sender.TransactionSenderListener.Purpose;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Sends the transactions of one account, each within its limits, and says what became of it.
 *
 * <p>A request is checked against the lists and caps, simulated if that is wanted, its value reserved, its nonce taken, signed, written down, and
 * only then sent. It is followed until its block is deep enough; when it waits too long it is replaced with the same nonce and at least a
 * tenth more, never above the cap. When it waits behind a nonce that nobody has, a transaction that does nothing takes that one; its key
 * begins with {@code gap-}. A key is executed once at most, whatever crashes: everything that could be mined is in the
 * {@link PendingTransactions} before it leaves, and counts against the {@link SpendingLimits} until it is settled.
 *
 * <p>What it does <b>not</b> do: it hides no transaction from anybody unless the {@linkplain SendChannel#through channel} does, does not count gas or tokens against the daily
 * limit, and does not go on after its threads: nothing is followed or replaced unless {@link #send},
 * {@link #cancel} or {@link #recover} is under way.
 *
 * <p>Costs three or four calls of the pool before the sending, and two for each look at a transaction; the stores in files force the disk
 * about ten times for each request. Blocking, made for virtual threads; safe for use by many. It owns no threads and need not be closed; its
 * ports belong to whoever made them.
 */
public final class TransactionSender {

    private static final long PLAIN_GAS = 21_000; // of a transfer to an account without code

    private final Policy policy;
    private final Preparation preparation;
    private final Transmission transmission;
    private final Follower follower;
    private final Books books;
    private final SenderListeners listeners;
    private final String owner; // of what it reserves
    private final Flights<Optional<Done>> flights = new Flights<>();
    private final Set<String> toCancel = ConcurrentHashMap.newKeySet(); // one for each caller of cancel

    /** What became of a request that somebody has worked on. */
    private record Done(TransactionRequest request, TransactionOutcome outcome) {}

    TransactionSender(
            Policy policy,
            Preparation preparation,
            Transmission transmission,
            Follower follower,
            Books books,
            SenderListeners listeners,
            String owner) {
        this.policy = policy;
        this.preparation = preparation;
        this.transmission = transmission;
        this.follower = follower;
        this.books = books;
        this.listeners = listeners;
        this.owner = owner;
        for (PendingTransaction transaction : books.pending().open()) {
            if (transaction.isSigned()) {
                books.slots().keep(transaction.key());
                books.sent(transaction);
            } else {
                books.undo(transaction);
            }
        }
    }

    /**
     * Begins a sender.
     *
     * @param pool the chain; must be open as long as the sender is used
     * @param signer signs for the account
     * @return the settings
     */
    public static TransactionSenderBuilder builder(RpcPool pool, Signer signer) {
        return new TransactionSenderBuilder(pool, signer);
    }

    /**
     * Sends a request and follows it until it is settled, for at most {@link TransactionSenderBuilder#giveUpAfter} after it was sent. Under a
     * key that was sent before nothing new is sent: that transaction is followed, and its outcome is the answer.
     *
     * <p>Interrupted before anything is signed, it gives everything back and throws. Interrupted later, the outcome is {@link Unknown} and the
     * thread's interrupt status is set.
     *
     * @param request what is wanted
     * @return what became of it
     * @throws IllegalArgumentException if the key was used for another request, or if the channel is private and the request gives no gas
     * @throws RpcException if the pool has no answer before anything is signed; nothing was sent
     * @throws InterruptedException if interrupted before anything was signed; nothing was sent. Also if interrupted while another thread sends
     *     the same key
     */
    public TransactionOutcome send(TransactionRequest request) throws InterruptedException {
        requireNonNull(request, "request");
        while (true) {
            Optional<Done> done = flights.run(request.key(), () -> Optional.of(sendOrFollow(request)));
            if (done.isPresent()) { // empty only from another thread that found nothing to do
                requireSame(done.get().request(), request);
                return done.get().outcome();
            }
        }
    }

    /**
     * Cancels what is pending: sends a transaction that does nothing, with the same nonce and at least a tenth more, and follows both. What
     * was mined in the meantime cannot be cancelled; if the cap leaves no room for more, nothing can. Not kept over a restart until the
     * cancelling transaction is signed.
     *
     * @param key the request's
     * @return what became of the request, {@link Dropped} if it was cancelled; empty if none is pending under the key
     * @throws InterruptedException if interrupted while another thread follows the request
     */
    public Optional<TransactionOutcome> cancel(String key) throws InterruptedException {
        if (books.pending()
                .find(requireNonNull(key, "key"))
                .filter(found -> !found.isFinished())
                .isEmpty()) {
            return Optional.empty();
        }
        toCancel.add(key);
        try {
            return flights.run(key, () -> resume(key)).map(Done::outcome);
        } finally {
            toCancel.remove(key);
        }
    }

    /**
     * Follows all that is pending since an earlier run, or since its outcome was unknown: sends the bytes again, replaces them when stuck, and
     * comes back when each is settled or given up. To be called after a restart; what was not signed then has been given back already.
     *
     * @return what became of each, by key; empty if nothing was pending
     * @throws IllegalStateException if a port failed; what is not settled stays pending
     * @throws InterruptedException if interrupted; what is not settled stays pending
     */
    public Map<String, TransactionOutcome> recover() throws InterruptedException {
        Map<String, TransactionOutcome> outcomes = new LinkedHashMap<>();
        List<PendingTransaction> open = books.pending().open();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("tocsin-recover-", 0).factory())) {
            List<Future<Optional<Done>>> all = threads.invokeAll(tasks(open));
            for (int i = 0; i < open.size(); i++) {
                String key = open.get(i).key();
                all.get(i).get().ifPresent(done -> outcomes.put(key, done.outcome()));
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("could not follow all that is pending", e.getCause());
        }
        return outcomes;
    }

    private List<Callable<Optional<Done>>> tasks(List<PendingTransaction> open) {
        List<Callable<Optional<Done>>> tasks = new ArrayList<>();
        open.forEach(transaction -> tasks.add(() -> flights.run(transaction.key(), () -> resume(transaction.key()))));
        return tasks;
    }

    private Optional<Done> resume(String key) throws InterruptedException {
        Optional<PendingTransaction> found = books.pending().find(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (!found.get().isSigned()) {
            books.undo(found.get());
            return Optional.empty();
        }
        return Optional.of(new Done(found.get().request(), followAgain(found.get())));
    }

    private Done sendOrFollow(TransactionRequest request) throws InterruptedException {
        Optional<PendingTransaction> known = books.pending().find(request.key());
        if (known.isPresent()) {
            requireSame(known.get().request(), request);
            if (known.get().isSigned()) {
                return new Done(request, followAgain(known.get()));
            }
            books.undo(known.get()); // left by a port that failed
        }
        return new Done(request, told(request.key(), () -> sendNew(request)));
    }

    private static void requireSame(TransactionRequest known, TransactionRequest request) {
        if (!known.equals(request)) {
            throw new IllegalArgumentException("key was used for another request: " + request.key());
        }
    }

    private TransactionOutcome told(String key, Flights.Flight<TransactionOutcome> work) throws InterruptedException {
        long began = listeners.now();
        TransactionOutcome outcome = work.run();
        listeners.onOutcome(key, outcome, listeners.since(began));
        return outcome;
    }

    private TransactionOutcome sendNew(TransactionRequest request) throws InterruptedException {
        Optional<Refused> refused = policy.refusal(request);
        if (refused.isPresent()) {
            return refused.get();
        }
        return switch (preparation.prepare(request)) {
            case Prepared.Not not -> not.outcome();
            case Prepared.Ready ready -> sign(request, ready, OptionalLong.empty());
        };
    }

    private TransactionOutcome followAgain(PendingTransaction transaction) throws InterruptedException {
        if (transaction.isFinished()) {
            return follower.look(transaction);
        }
        books.sent(transaction);
        return told(transaction.key(), () -> follow(transaction, Due.RESEND, Optional.empty()));
    }

    private TransactionOutcome follow(PendingTransaction transaction, Due due, Optional<String> named) {
        return follower.follow(transaction, due, named, () -> toCancel.contains(transaction.key()), this::closeGap);
    }

    /**
     * A crash, or one that was given back, may leave a nonce that nobody has; all after it wait. If the source of nonces hands it out, a
     * transaction that does nothing takes it. What waits behind it has nothing else to do meanwhile.
     */
    private void closeGap(long nonce) throws InterruptedException {
        boolean isPending = books.pending().open().stream()
                .anyMatch(transaction ->
                        transaction.isSigned() && transaction.last().nonce() == nonce);
        if (isPending) {
            return;
        }
        String key = "gap-" + transmission.chainId() + '-' + transmission.from() + '-' + nonce;
        TransactionRequest nothing = TransactionRequest.transfer(key, transmission.from(), BigInteger.ZERO);
        TransactionRequest request = transmission.isPrivate() ? nothing.withGas(PLAIN_GAS) : nothing;
        flights.run(key, () -> {
            boolean isFree = books.pending()
                    .find(key)
                    .filter(found -> found.dropped().isEmpty()) // for this nonce it may be tried again
                    .isEmpty();
            if (isFree && preparation.prepare(request) instanceof Prepared.Ready ready) {
                books.slots().keep(key); // it is in nobody's way
                return Optional.of(new Done(request, sign(request, ready, OptionalLong.of(nonce))));
            }
            return Optional.empty();
        });
    }

    private TransactionOutcome sign(TransactionRequest request, Prepared.Ready ready, OptionalLong wanted)
            throws InterruptedException {
        if (!takeSlot(request.key())) {
            return new Refused(
                    Limit.PENDING,
                    "as many are pending as maxPending allows, " + books.slots().most());
        }
        PendingTransaction begun = PendingTransaction.of(request, owner);
        try {
            books.pending().save(begun);
        } catch (RuntimeException e) {
            after(e, () -> books.forget(request.key())); // nothing is reserved for it
            throw e;
        }
        Attempt attempt;
        try {
            if (!books.limits().reserve(request.key(), owner, request.valueWei())) {
                books.forget(request.key());
                return new Refused(Limit.DAILY, books.limits().refusal(request.key(), request.valueWei()));
            }
            long nonce = books.nonces().reserve(request.key());
            if (wanted.isPresent() && wanted.getAsLong() != nonce) {
                books.undo(begun);
                return new Refused(Limit.PENDING, "nonce " + wanted.getAsLong() + " is taken");
            }
            attempt = transmission.first(request, nonce, ready.gas(), ready.price());
        } catch (InterruptedException | RuntimeException e) {
            after(e, () -> books.undo(begun));
            throw e;
        }
        PendingTransaction transaction = begun.with(attempt);
        // if this fails it may be written or not: it stays reserved until it is asked for again
        books.signed(transaction);
        return sendFirst(transaction);
    }

    private boolean takeSlot(String key) throws InterruptedException {
        if (books.slots().take(key)) {
            return true;
        }
        for (PendingTransaction open : books.pending().open()) {
            if (!open.isSigned()) { // left by a port that failed, unless somebody works on it now
                flights.tryRun(open.key(), () -> undoUnsigned(open.key()));
            }
        }
        return books.slots().take(key);
    }

    private Optional<Done> undoUnsigned(String key) {
        books.pending().find(key).filter(found -> !found.isSigned()).ifPresent(books::undo);
        return Optional.empty();
    }

    private static void after(Exception cause, Runnable undoing) {
        try {
            undoing.run();
        } catch (RuntimeException e) {
            cause.addSuppressed(e); // what stays reserved is too much rather than too little
        }
    }

    private TransactionOutcome sendFirst(PendingTransaction transaction) {
        String hash = transaction.last().hash();
        SendOutcome sent;
        try {
            sent = transmission.send(transaction, Purpose.FIRST);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            books.sent(transaction);
            return new Unknown(hash, "interrupted");
        } catch (RpcException e) { // it may have left
            books.sent(transaction);
            return follow(transaction, Due.RETRY, Optional.empty());
        }
        return switch (sent) {
            case SendOutcome.Rejected rejected when Due.after(sent) == Due.NOTHING -> rejected(transaction, rejected);
            case SendOutcome.Replaced replaced -> followFirst(transaction, sent, replaced.by());
            default -> followFirst(transaction, sent, Optional.empty());
        };
    }

    private TransactionOutcome followFirst(PendingTransaction transaction, SendOutcome sent, Optional<String> named) {
        books.sent(transaction);
        return follow(transaction, Due.after(sent), named);
    }

    private Dropped rejected(PendingTransaction transaction, SendOutcome.Rejected rejected) {
        Dropped outcome = new Dropped(transaction.last().hash(), Optional.empty(), rejected.message());
        if (rejected.errorClass() == ErrorClass.TRANSPORT_NOT_SENT) {
            books.notSent(transaction);
        } else {
            books.rejected(transaction, outcome);
        }
        return outcome;
    }

    /** For people: the account and the chain. */
    @Override
    public String toString() {
        return "TransactionSender[account=" + transmission.from() + ", chain=" + transmission.chainId() + "]";
    }
}
