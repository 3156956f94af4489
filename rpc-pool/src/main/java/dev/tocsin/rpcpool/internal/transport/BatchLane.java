package dev.tocsin.rpcpool.internal.transport;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The calls on their way to one node: which go alone, which together. Safe for use by many threads. */
final class BatchLane {

    /** Requests on their way from which on a call waits for company. */
    private static final int BUSY = 2;

    private static final long LONGEST_WAIT = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int SHARE_OF_ANSWER = 12; // a call waits a twelfth of the time that answers take
    private static final int SHARE_OF_LAST = 8;

    private static final AtomicLong BATCHES = new AtomicLong();
    private final String node;
    private final URI url;
    private final Transport transport;
    private final Timer timer;
    private final BatchSize size;
    private final LongSupplier nanoTicker;
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private int underWay; // guarded by lock; requests
    private long usualNanos; // guarded by lock; of an answer
    private @Nullable Batch open; // guarded by lock; takes calls

    BatchLane(String node, URI url, Transport transport, Timer timer, int most, LongSupplier nanoTicker) {
        this.node = node;
        this.url = url;
        this.transport = transport;
        this.timer = timer;
        this.size = new BatchSize(most);
        this.nanoTicker = nanoTicker;
    }

    /** Whether it is for this URL. */
    boolean leadsTo(URI other) {
        return url.equals(other);
    }

    /** A call that waits for its batch; completed with nothing if it is to go again. */
    private record Waiting(RpcCall call, long deadline, CompletableFuture<Optional<CallOutcome>> answer) {}

    /** Calls that go together. */
    private static final class Batch {
        private final List<Waiting> calls = new ArrayList<>();
        private final Cancellation cancellation = new Cancellation();
        private Runnable forgetTimer = () -> {};

        /** Nobody waits for it any more. */
        void giveUpIfNobodyWaits() {
            if (calls.stream().allMatch(waiting -> waiting.answer.isDone())) {
                cancellation.cancel();
            }
        }
    }

    CallOutcome call(RpcCall call, Duration timeout, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        long deadline = nanoTicker.getAsLong() + timeout.toNanos();
        Optional<CallOutcome> answer = together(call, deadline, cancellation);
        return answer.isPresent() ? answer.get() : alone(call, deadline, cancellation);
    }

    private CallOutcome alone(RpcCall call, long deadline, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        long began = nanoTicker.getAsLong();
        boolean served = false;
        began();
        try {
            CallOutcome outcome =
                    transport.call(node, url, call, Duration.ofNanos(Math.max(1, deadline - began)), cancellation);
            served = true;
            return outcome;
        } finally {
            ended(served ? nanoTicker.getAsLong() - began : -1);
        }
    }

    /** Empty if it is to go alone. */
    private Optional<CallOutcome> together(RpcCall call, long deadline, Cancellation cancellation)
            throws NodeFailure, InterruptedException {
        Waiting waiting = new Waiting(call, deadline, new CompletableFuture<>());
        Batch batch = join(waiting);
        if (batch == null) {
            return Optional.empty();
        }
        cancellation.onCancel(() -> waiting.answer.completeExceptionally(NodeFailure.givenUp()));
        try {
            return waiting.answer.get(Math.max(1, deadline - nanoTicker.getAsLong()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "no answer in time");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NodeFailure failure) {
                throw failure;
            }
            throw new IllegalStateException("a batch failed by a bug of ours", e.getCause());
        } finally {
            waiting.answer.cancel(false);
            left(batch);
        }
    }

    private @Nullable Batch join(Waiting waiting) {
        Batch batch;
        boolean isFull;
        lock.lock();
        try {
            int takes = size.takes(nanoTicker.getAsLong());
            if (takes < 2 || (open == null && underWay < BUSY)) {
                return null;
            }
            batch = open;
            if (batch == null) {
                Batch fresh = new Batch();
                open = fresh;
                batch = fresh;
                Duration wait = Duration.ofNanos(Math.min(LONGEST_WAIT, usualNanos / SHARE_OF_ANSWER));
                fresh.forgetTimer = timer.after(wait, () -> send(fresh));
            }
            batch.calls.add(waiting);
            isFull = batch.calls.size() >= takes;
            if (isFull) {
                open = null;
            }
        } finally {
            lock.unlock();
        }
        if (isFull) {
            batch.forgetTimer.run();
            Batch full = batch;
            Thread.ofVirtual()
                    .name("tocsin-rpc-batch-" + BATCHES.getAndIncrement())
                    .start(() -> send(full));
        }
        return batch;
    }

    private void left(Batch batch) {
        lock.lock();
        try {
            if (batch != open) {
                batch.giveUpIfNobodyWaits();
            }
        } finally {
            lock.unlock();
        }
    }

    private void send(Batch batch) {
        List<Waiting> calls;
        lock.lock();
        try {
            open = open == batch ? null : open;
            calls = batch.calls.stream()
                    .filter(waiting -> !waiting.answer.isDone())
                    .toList();
        } finally {
            lock.unlock();
        }
        if (calls.size() < 2) {
            calls.forEach(waiting -> waiting.answer.complete(Optional.empty()));
            return;
        }
        long began = nanoTicker.getAsLong();
        long deadline = calls.stream().mapToLong(Waiting::deadline).max().orElse(began);
        boolean served = false;
        began();
        try {
            List<Optional<CallOutcome>> items = transport.items(
                    node,
                    url,
                    calls.stream().map(Waiting::call).toList(),
                    Duration.ofNanos(Math.max(1, deadline - began)),
                    batch.cancellation);
            served = true;
            if (items.stream().allMatch(Optional::isEmpty)) {
                size.learn(1, nanoTicker.getAsLong()); // it does not know what a batch is
            }
            for (int i = 0; i < calls.size(); i++) {
                answer(calls.get(i), items.get(i));
            }
        } catch (NodeFailure e) {
            failed(calls, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed(calls, new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "the pool is closed"));
        } catch (RuntimeException e) {
            calls.forEach(waiting -> waiting.answer.completeExceptionally(e));
            throw e;
        } finally {
            ended(served ? nanoTicker.getAsLong() - began : -1);
        }
    }

    /** What of a batch the node could not serve fails as it does for a call that goes alone. */
    private static void answer(Waiting waiting, Optional<CallOutcome> item) {
        if (item.isPresent()
                && item.get() instanceof CallOutcome.Rejected rejected
                && !NodeFailure.callIsAtFault(rejected.errorClass())) {
            if (rejected.errorClass() == ErrorClass.BATCH_ITEM_INVALID) {
                waiting.answer.complete(Optional.empty());
            } else {
                waiting.answer.completeExceptionally(
                        NodeFailure.unable(rejected).coolingDown(CoolDown.of(rejected)));
            }
            return;
        }
        waiting.answer.complete(item);
    }

    /** The whole batch. If the node does not take such a batch, each call goes alone. */
    private void failed(List<Waiting> calls, NodeFailure failure) {
        ErrorClass error =
                failure.rejection().map(CallOutcome.Rejected::errorClass).orElse(null);
        boolean isTurnedAway = failure.kind() == NodeFailure.Kind.LIMITED
                && failure.rejection().isEmpty()
                && failure.coolDown().isEmpty(); // HTTP 413 and the like
        boolean isForBatch = error == ErrorClass.BATCH_TOO_LARGE
                || error == ErrorClass.REQUEST_TOO_LARGE
                || error == ErrorClass.RESULT_TOO_LARGE
                || error == ErrorClass.BATCH_ITEM_INVALID
                || error == ErrorClass.CLIENT_ERROR
                || error == ErrorClass.METHOD_UNSUPPORTED
                || isTurnedAway;
        if (!isForBatch) {
            boolean isTold = false;
            for (Waiting waiting : calls) {
                isTold |= waiting.answer.completeExceptionally(isTold ? failure.ofTheSameRequest() : failure);
            }
            return;
        }
        long now = nanoTicker.getAsLong();
        if (isTurnedAway || !size.learn(failure, calls.size(), now)) {
            size.learn(1, now);
        }
        calls.forEach(waiting -> waiting.answer.complete(Optional.empty()));
    }

    private void began() {
        lock.lock();
        try {
            underWay++;
        } finally {
            lock.unlock();
        }
    }

    /** With how long it took; negative if it was not served. */
    private void ended(long took) {
        lock.lock();
        try {
            underWay--;
            if (took >= 0) {
                usualNanos = usualNanos == 0 ? took : usualNanos + (took - usualNanos) / SHARE_OF_LAST;
            }
        } finally {
            lock.unlock();
        }
    }
}
