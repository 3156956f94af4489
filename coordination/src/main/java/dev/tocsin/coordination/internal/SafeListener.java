package dev.tocsin.coordination.internal;

import dev.tocsin.coordination.CoordinationListener;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps a listener from hurting us: what it throws is caught, and logged the first time. */
final class SafeListener {
    private static final Logger LOG = LoggerFactory.getLogger(CoordinationListener.class);

    private final CoordinationListener listener;
    private final AtomicBoolean logged = new AtomicBoolean();

    SafeListener(CoordinationListener listener) {
        this.listener = listener;
    }

    void tell(Consumer<CoordinationListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException e) {
            if (logged.compareAndSet(false, true)) {
                LOG.warn(
                        "Listener threw; its further errors are not logged. listener={}",
                        listener.getClass().getName(),
                        e);
            }
        }
    }
}
