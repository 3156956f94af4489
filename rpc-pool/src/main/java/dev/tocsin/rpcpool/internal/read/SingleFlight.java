package dev.tocsin.rpcpool.internal.read;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Layer;
import dev.tocsin.rpcpool.internal.method.Methods;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads that are the same and under way at the same time share one request: the first caller makes it, the others wait for it, each
 * within its own deadline. What one caller does to itself is no matter of the others: if the first is interrupted, or fails because its time
 * is over, one of those who wait asks again. Every other failure is all callers'.
 *
 * <p>An answer may be as old as the first caller's question. Who needs a block to be in it says so by {@link CallContext#minHead}.
 */
public final class SingleFlight implements Layer {

    /** Who has no more time left than that need not be asked for again, nor has who failed so near to its deadline another cause. */
    private static final long HARDLY_ANY = TimeUnit.MILLISECONDS.toNanos(10);

    private final Layer below;
    private final LongSupplier nanoTicker;
    private final ConcurrentHashMap<CallKey, Flight> flights = new ConcurrentHashMap<>(); // as many as callers at most

    /** Above a layer. */
    public SingleFlight(Layer below, LongSupplier nanoTicker) {
        this.below = requireNonNull(below, "below");
        this.nanoTicker = requireNonNull(nanoTicker, "nanoTicker");
    }

    @Override
    public CallOutcome call(RpcCall call, CallContext context) throws InterruptedException {
        CallKey key = Methods.of(call.method()).mayShare() ? CallKey.of(call) : null;
        if (key == null) {
            return below.call(call, context);
        }
        while (true) {
            Flight flight = flights.get(key);
            if (flight == null || flight.context.minHead() < context.minHead()) {
                Flight own = new Flight(context);
                if (begin(key, flight, own)) {
                    return lead(key, own, call);
                }
                continue;
            }
            if (!flight.over.await(context.deadline() - nanoTicker.getAsLong(), TimeUnit.NANOSECONDS)) {
                return below.call(call, context); // which fails as whatever has no time left
            }
            CallOutcome outcome = flight.outcomeFor(context);
            if (outcome != null) {
                return outcome;
            }
        }
    }

    /** Requests that are under way. */
    int underWay() {
        return flights.size();
    }

    private boolean begin(CallKey key, @Nullable Flight before, Flight own) {
        return before == null ? flights.putIfAbsent(key, own) == null : flights.replace(key, before, own);
    }

    private CallOutcome lead(CallKey key, Flight own, RpcCall call) throws InterruptedException {
        try {
            CallOutcome outcome = below.call(call, own.context);
            own.outcome = outcome;
            return outcome;
        } catch (RuntimeException e) {
            if (!Thread.currentThread().isInterrupted()) {
                own.failure = e;
                own.isLate = own.context.deadline() - nanoTicker.getAsLong() < HARDLY_ANY;
            }
            throw e;
        } finally {
            flights.remove(key, own);
            own.over.countDown();
        }
    }

    /** A request under way. Its fields are written before the latch opens and read after. */
    private static final class Flight {
        private final CallContext context;
        private final CountDownLatch over = new CountDownLatch(1);
        private @Nullable CallOutcome outcome;
        private @Nullable RuntimeException failure;
        private boolean isLate;

        Flight(CallContext context) {
            this.context = context;
        }

        /** What it brought; null if another is to ask again. */
        @Nullable CallOutcome outcomeFor(CallContext waiting) {
            RuntimeException cause = failure;
            if (cause != null && !(isLate && waiting.deadline() - context.deadline() >= HARDLY_ANY)) {
                throw cause;
            }
            return outcome;
        }
    }
}
