package dev.tocsin.runner.line;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.notification.Gateway;
import dev.tocsin.notification.Message;
import dev.tocsin.notification.RetryPolicy;
import dev.tocsin.runner.journal.Delivery;
import dev.tocsin.runner.journal.DeliveryState;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.runner.journal.JournalException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries planned deliveries to their gateways: one lane a gateway, each in the order of planning, so that a slow gateway holds
 * up nobody else. A delivery is tried again until it is accepted or given up, and each ending is recorded; after a kill
 * between the sending and the record it is sent once more under the same key.
 */
public final class Dispatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int AT_ONCE = 16;
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration LOCKED_OUT = Duration.ofMinutes(1);
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(10);

    private final Journal journal;
    private final long token;
    private final RetryPolicy retries;
    private final InstantSource clock;
    private final LongSupplier nanoTicker;
    private final LineListener listener;
    private final Runnable fenced;
    private final List<Lane> lanes = new ArrayList<>();

    /**
     * Starts a lane for each gateway.
     *
     * @param journal where deliveries stand
     * @param token the fencing token of the term
     * @param gateways the gateways by name
     * @param retries when to try again
     * @param clock the wall clock
     * @param nanoTicker elapsed time
     * @param listener told of each ending
     * @param fenced called when a newer leader has written; the lanes have stopped then
     */
    public Dispatcher(
            Journal journal,
            long token,
            Map<String, Gateway> gateways,
            RetryPolicy retries,
            InstantSource clock,
            LongSupplier nanoTicker,
            LineListener listener,
            Runnable fenced) {
        this.journal = journal;
        this.token = token;
        this.retries = retries;
        this.clock = clock;
        this.nanoTicker = nanoTicker;
        this.listener = listener;
        this.fenced = fenced;
        gateways.forEach((name, gateway) -> lanes.add(new Lane(name, gateway)));
        lanes.forEach(lane -> lane.thread.start());
    }

    /** Says that deliveries have been planned. */
    public void wake() {
        lanes.forEach(lane -> lane.work.release());
    }

    /** Stops after the deliveries in hand, 10 s at most. Does nothing the second time. */
    @Override
    public void close() {
        lanes.forEach(lane -> lane.closed = true);
        wake();
        long began = nanoTicker.getAsLong();
        for (Lane lane : lanes) {
            lane.end(CLOSE_DEADLINE.minusNanos(nanoTicker.getAsLong() - began));
        }
    }

    private final class Lane {

        private final String name;
        private final Gateway gateway;
        private final Semaphore work = new Semaphore(1);
        private final Thread thread;
        private volatile boolean closed;
        private boolean failing; // by the lane's thread only

        Lane(String name, Gateway gateway) {
            this.name = name;
            this.gateway = gateway;
            this.thread = Thread.ofVirtual().name("tocsin-delivery-" + name).unstarted(this::run);
        }

        private void run() {
            try {
                while (!closed) {
                    if (!deliverDue()) {
                        await();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (JournalException.Fenced e) {
                closed = true;
                LOG.info("delivery stopped, another instance leads gateway={}", name);
                fenced.run();
            }
        }

        /** Delivers what is due; false if nothing is, or if the journal refuses, which is tried again. */
        private boolean deliverDue() throws InterruptedException {
            try {
                List<Delivery> due = journal.due(name, clock.instant(), AT_ONCE);
                for (Delivery delivery : due) {
                    if (!closed) {
                        deliver(delivery);
                    }
                }
                failing = false;
                return !due.isEmpty();
            } catch (JournalException.Fenced e) {
                throw e;
            } catch (RuntimeException e) {
                if (!failing) {
                    LOG.warn("delivering failed, will try again gateway={}", name, e);
                }
                failing = true;
                return false;
            }
        }

        /** Sleeps until there is work, or for a second: deliveries that were put off become due without a word. */
        private void await() throws InterruptedException {
            if (work.tryAcquire(LOOK_AGAIN.toNanos(), TimeUnit.NANOSECONDS)) {
                work.drainPermits();
            }
        }

        private void deliver(Delivery delivery) throws InterruptedException {
            Instant began = clock.instant();
            DeliveryOutcome outcome = send(delivery);
            Instant now = clock.instant();
            if (outcome.isAccepted()) {
                journal.write(token, transaction -> {
                    transaction.end(delivery.key(), DeliveryState.ACCEPTED, outcome.toString(), now);
                    return true;
                });
                tell(() -> listener.onDelivered(name, delivery.key(), delivery.seenAt(), now));
                return;
            }
            String reason = outcome.toString();
            // not from the planning: while this program was down nobody tried
            Duration age = Duration.between(delivery.firstAttemptAt().orElse(began), now);
            Optional<Duration> pause = pause(delivery.attempts() + 1, age, outcome);
            boolean partly = outcome instanceof DeliveryOutcome.Partial;
            journal.write(token, transaction -> {
                if (pause.isPresent()) {
                    transaction.postpone(delivery.key(), reason, began, now.plus(pause.get()));
                } else {
                    transaction.end(delivery.key(), partly ? DeliveryState.ACCEPTED : DeliveryState.DEAD, reason, now);
                }
                return true;
            });
            if (pause.isPresent()) {
                tell(() -> listener.onRetry(name, delivery.key(), reason, pause.get()));
            } else {
                LOG.warn("delivery given up gateway={} key={} outcome={}", name, delivery.key(), reason);
                tell(() -> listener.onDead(name, delivery.key(), outcome));
            }
        }

        /** A wrong password is not the message's fault: it waits until someone mends it, as long as it may wait at all. */
        private Optional<Duration> pause(int attempt, Duration age, DeliveryOutcome outcome) {
            boolean locked = outcome instanceof DeliveryOutcome.Unauthorized;
            return retries.next(
                    attempt,
                    age,
                    locked ? new DeliveryOutcome.Transient("unauthorized", Optional.of(LOCKED_OUT)) : outcome);
        }

        private DeliveryOutcome send(Delivery delivery) throws InterruptedException {
            Message message;
            try {
                message = Messages.decode(delivery.message());
            } catch (IllegalArgumentException e) {
                return new DeliveryOutcome.InvalidRequest("the stored message cannot be read: " + e.getMessage());
            }
            try {
                return gateway.send(message);
            } catch (RuntimeException e) {
                if (delivery.attempts() == 0) {
                    LOG.warn("gateway failed unexpectedly gateway={} key={}", name, delivery.key(), e);
                }
                return new DeliveryOutcome.Transient(e.getClass().getSimpleName(), Optional.empty());
            }
        }

        private void tell(Runnable event) {
            try {
                event.run();
            } catch (RuntimeException e) {
                LOG.warn("listener failed gateway={}", name, e);
            }
        }

        void end(Duration patience) {
            try {
                if (!thread.join(patience.isNegative() ? Duration.ZERO : patience)) {
                    thread.interrupt();
                    thread.join(Duration.ofSeconds(1));
                }
            } catch (InterruptedException e) {
                thread.interrupt();
                Thread.currentThread().interrupt();
            }
        }
    }
}
