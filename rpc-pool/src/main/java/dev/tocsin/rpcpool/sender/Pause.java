package dev.tocsin.rpcpool.sender;

import java.time.Duration;

/** How a sender waits. Tests wait without waiting. */
@FunctionalInterface
interface Pause {
    void pause(Duration duration) throws InterruptedException;
}
