package dev.tocsin.notification;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sends through another gateway and tells a listener, which cannot hurt the sending. */
final class ReportingGateway implements Gateway {
    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final Gateway gateway;
    private final GatewayListener listener;
    private final LongSupplier nanoTicker;
    private final AtomicBoolean complained = new AtomicBoolean();

    ReportingGateway(Gateway gateway, GatewayListener listener, LongSupplier nanoTicker) {
        this.gateway = gateway;
        this.listener = requireNonNull(listener, "listener");
        this.nanoTicker = nanoTicker;
    }

    @Override
    public String name() {
        return gateway.name();
    }

    @Override
    public DeliveryOutcome send(Message message) throws InterruptedException {
        long start = nanoTicker.getAsLong();
        DeliveryOutcome outcome = gateway.send(message);
        Duration took = Duration.ofNanos(nanoTicker.getAsLong() - start);
        tell(() -> listener.onSend(name(), message, outcome, took));
        return outcome;
    }

    @Override
    public GatewayHealth check() throws InterruptedException {
        GatewayHealth health = gateway.check();
        tell(() -> listener.onCheck(name(), health));
        return health;
    }

    @Override
    public void close() {
        gateway.close();
    }

    private void tell(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException e) {
            if (complained.compareAndSet(false, true)) {
                LOG.warn("A gateway listener threw; what else it throws is not logged gateway={}", name(), e);
            }
        }
    }

    @Override
    public String toString() {
        return gateway.toString();
    }
}
