package dev.tocsin.filters;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on to a listener of the user, and keeps what that throws from us. */
final class GuardedListener implements FilterListener {
    private static final Logger LOG = LoggerFactory.getLogger(FilterSet.class);

    private final FilterListener listener;
    private final AtomicLong failures = new AtomicLong();

    GuardedListener(FilterListener listener) {
        this.listener = listener;
    }

    @Override
    public void onDecoded(String event) {
        guarded(l -> l.onDecoded(event));
    }

    @Override
    public void onNotThisEvent(String event, String why) {
        guarded(l -> l.onNotThisEvent(event, why));
    }

    @Override
    public void onRejected(String rule, Rejection reason) {
        guarded(l -> l.onRejected(rule, reason));
    }

    @Override
    public void onMatch(Match match) {
        guarded(l -> l.onMatch(match));
    }

    long failures() {
        return failures.get();
    }

    private void guarded(Consumer<FilterListener> call) {
        try {
            call.accept(listener);
        } catch (RuntimeException failure) {
            if (failures.incrementAndGet() == 1) {
                LOG.warn("filter listener failed, further failures are only counted", failure);
            }
        }
    }
}
