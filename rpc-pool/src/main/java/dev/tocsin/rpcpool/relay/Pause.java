package dev.tocsin.rpcpool.relay;

import java.time.Duration;

/** How one waits between two looks. Tests wait without waiting. */
@FunctionalInterface
interface Pause {
    void of(Duration time) throws InterruptedException;
}
