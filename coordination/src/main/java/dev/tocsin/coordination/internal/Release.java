package dev.tocsin.coordination.internal;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives an acquisition back to the store, trying again in the background if there is no answer, until it has run out by
 * itself anyway.
 */
final class Release {
    private static final Logger LOG = LoggerFactory.getLogger(Release.class);

    private final Engine engine;
    private final String name;
    private final String id;
    private final long untilNanos;

    /** Of an acquisition whose last request may live for one ttl from now. */
    Release(Engine engine, String name, String id, Duration ttl) {
        this.engine = engine;
        this.name = name;
        this.id = id;
        this.untilNanos = engine.scheduler().nanoTime() + ttl.toNanos();
    }

    /** Tries once on the caller's thread, and in the background from then on. */
    void now() {
        try {
            engine.store().release(name, id);
        } catch (RuntimeException e) {
            LOG.debug("Release not answered, trying again until the lease has run out. lease={}", name, e);
            later();
        }
    }

    /** Tries in the background. */
    void later() {
        long now = engine.scheduler().nanoTime();
        if (now - untilNanos < 0) {
            engine.scheduler().at(engine.nextRetry(now), "release", this::now);
        }
    }
}
