package dev.tocsin.runner.line;

import static java.util.Objects.requireNonNull;

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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries planned deliveries to their gateways: one lane a gateway, each in the order of planning, so that a slow gateway holds
 * up nobody else. A delivery is tried again until it is accepted or given up, and each ending is recorded; after a kill
 * between the sending and the record it is sent once more under the same key.
 *
 * <p>While the journal refuses the record (a full disk, a locked file), the lane keeps it in memory, tries to write it with
 * growing pauses, and sends nothing else: what a gateway has taken is not sent again for want of a record.
 */
public final class Dispatcher implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int AT_ONCE = 16;
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
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
     * Starts a lane for each gateway, and says which deliveries wait for one that is not among them.
     *
     * @param journal where deliveries stand
     * @param token the fencing token of the term
     * @param gateways the gateways by name
     * @param retries when to try again
     * @param clock the wall clock
     * @param nanoTicker elapsed time
     * @param listener told of each ending
     * @param fenced called when a newer leader has written; the lanes have stopped then
     * @throws JournalException if the journal cannot be read; no lane has been started
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
        journal.backlog().forEach((name, backlog) -> {
            if (!gateways.containsKey(name)) {
                LOG.warn(
                        "deliveries wait for a gateway that is not configured; they are sent once one of this name is configured again"
                                + " gateway={} waiting={} oldest={}",
                        name,
                        backlog.waiting(),
                        backlog.oldest());
            }
        });
        gateways.forEach((name, gateway) -> lanes.add(new Lane(name, gateway)));
        lanes.forEach(lane -> lane.thread.start());
    }

    /** Says that deliveries have been planned. */
    public void wake() {
        lanes.forEach(lane -> lane.work.release());
    }

    /** How long to wait after one more refusal of the journal. */
    static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** Stops after the deliveries in hand, 10 s at most, and says what could not be recorded. Does nothing the second time. */
    @Override
    public void close() {
        lanes.forEach(lane -> lane.closed = true);
        wake();
        long began = nanoTicker.getAsLong();
        for (Lane lane : lanes) {
            lane.end(CLOSE_DEADLINE.minusNanos(nanoTicker.getAsLong() - began));
        }
        List<String> unrecorded = new ArrayList<>();
        for (Lane lane : lanes) {
            String key = lane.unrecorded;
            if (key != null) {
                unrecorded.add(lane.name + " " + key);
                lane.unrecorded = null;
            }
        }
        if (!unrecorded.isEmpty()) {
            LOG.warn(
                    "closed before the journal took what gateways had answered, these may be sent once more deliveries={}",
                    unrecorded);
        }
    }

    private final class Lane {

        private final String name;
        private final Gateway gateway;
        private final Semaphore work = new Semaphore(1);
        private final Thread thread;
        private volatile boolean closed;
        private volatile @Nullable String unrecorded; // key of the delivery whose answer is not in the journal yet
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
                        await(LOOK_AGAIN);
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
            } catch (RuntimeException | Error e) { // an Error too: nobody else would tell that the lane has ended
                if (!failing) {
                    LOG.warn("delivering failed, will try again gateway={}", name, e);
                }
                failing = true;
                return false;
            }
        }

        /** Sleeps until there is work, or for so long: deliveries that were put off become due without a word. */
        private void await(Duration atMost) throws InterruptedException {
            if (work.tryAcquire(atMost.toNanos(), TimeUnit.NANOSECONDS)) {
                work.drainPermits();
            }
        }

        private void deliver(Delivery delivery) throws InterruptedException {
            Instant began = clock.instant();
            DeliveryOutcome outcome = send(delivery);
            Instant now = clock.instant();
            if (outcome.isAccepted()) {
                boolean recorded = record(delivery.key(), transaction -> {
                    transaction.end(delivery.key(), DeliveryState.ACCEPTED, outcome.toString(), now);
                    return true;
                });
                if (recorded) {
                    tell(() -> listener.onDelivered(name, delivery.key(), delivery.seenAt(), now));
                }
                return;
            }
            String reason = outcome.toString();
            // not from the planning: while this program was down nobody tried
            Duration age = Duration.between(delivery.firstAttemptAt().orElse(began), now);
            Optional<Duration> pause = pause(delivery.attempts() + 1, age, outcome);
            boolean partly = outcome instanceof DeliveryOutcome.Partial;
            boolean recorded = record(delivery.key(), transaction -> {
                if (pause.isPresent()) {
                    transaction.postpone(delivery.key(), reason, began, now.plus(pause.get()));
                } else {
                    transaction.end(delivery.key(), partly ? DeliveryState.ACCEPTED : DeliveryState.DEAD, reason, now);
                }
                return true;
            });
            if (!recorded) {
                return;
            }
            if (pause.isPresent()) {
                tell(() -> listener.onRetry(name, delivery.key(), reason, pause.get()));
            } else {
                LOG.warn("delivery given up gateway={} key={} outcome={}", name, delivery.key(), reason);
                tell(() -> listener.onDead(name, delivery.key(), outcome));
            }
        }

        /**
         * Writes what the gateway answered, again and again while the journal refuses: to forget it would be to send it again.
         * A wake means that the journal has just taken something, and ends the pause.
         *
         * @return false if the lane was closed before the journal took it
         */
        private boolean record(String key, Journal.Work<Boolean> answer) throws InterruptedException {
            unrecorded = key;
            if (written(key, answer, true)) {
                unrecorded = null;
                return true;
            }
            tell(() -> listener.onUnrecorded(name, true));
            try {
                for (Duration pause = LOOK_AGAIN; !closed; pause = longer(pause)) {
                    await(pause);
                    if (written(key, answer, false)) {
                        unrecorded = null;
                        LOG.info(
                                "recorded what the gateway had answered, sending goes on gateway={} key={}", name, key);
                        return true;
                    }
                }
                return false;
            } finally {
                tell(() -> listener.onUnrecorded(name, false));
            }
        }

        private boolean written(String key, Journal.Work<Boolean> answer, boolean first) {
            try {
                return journal.write(token, answer);
            } catch (JournalException.Fenced e) {
                throw e;
            } catch (RuntimeException | Error e) {
                if (first) {
                    LOG.warn(
                            "cannot record what the gateway answered, nothing more is sent to it until that is recorded"
                                    + " gateway={} key={}",
                            name,
                            key,
                            e);
                }
                return false;
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
                return requireNonNull(gateway.send(message), "outcome");
            } catch (RuntimeException | Error e) { // of an optional dependency that is missing, say
                if (delivery.attempts() == 0) {
                    LOG.warn("gateway failed unexpectedly gateway={} key={}", name, delivery.key(), e);
                }
                return new DeliveryOutcome.Transient(e.getClass().getSimpleName(), Optional.empty());
            }
        }

        private void tell(Runnable event) {
            try {
                event.run();
            } catch (RuntimeException | Error e) {
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
