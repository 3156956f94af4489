package dev.tocsin.rpcpool.internal.time;

import java.time.Duration;

/** How one waits, such as {@link Thread#sleep(Duration)}. Tests let their clock jump instead. */
@FunctionalInterface
public interface Pause {
    void pause(Duration time) throws InterruptedException;
}
