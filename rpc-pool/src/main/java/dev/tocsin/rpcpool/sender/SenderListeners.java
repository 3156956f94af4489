package dev.tocsin.rpcpool.sender;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells every listener; one that throws hurts nobody and is logged once. */
final class SenderListeners implements TransactionSenderListener {
    private static final Logger LOG = LoggerFactory.getLogger(TransactionSender.class);

    private final List<TransactionSenderListener> listeners;
    private final LongSupplier nanoTicker;
    private final AtomicBoolean logged = new AtomicBoolean();

    SenderListeners(List<TransactionSenderListener> listeners, LongSupplier nanoTicker) {
        this.listeners = List.copyOf(listeners);
        this.nanoTicker = nanoTicker;
    }

    long now() {
        return nanoTicker.getAsLong();
    }

    Duration since(long nanos) {
        return Duration.ofNanos(now() - nanos);
    }

    @Override
    public void onSimulated(String key, Optional<TransactionOutcome> against, Duration took) {
        tell(listener -> listener.onSimulated(key, against, took));
    }

    @Override
    public void onSent(String key, Sent sent) {
        tell(listener -> listener.onSent(key, sent));
    }

    @Override
    public void onOutcome(String key, TransactionOutcome outcome, Duration took) {
        tell(listener -> listener.onOutcome(key, outcome, took));
    }

    private void tell(Consumer<TransactionSenderListener> event) {
        for (TransactionSenderListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                if (logged.compareAndSet(false, true)) {
                    LOG.warn("A listener of a transaction sender threw; further times are not logged", e);
                }
            }
        }
    }
}
