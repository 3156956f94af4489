package dev.tocsin.rpcpool.sender;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Lets tests of other packages pass a sender's time. */
public final class SenderTime {

    /** What happens instead of waiting. */
    @FunctionalInterface
    public interface Waiting {
        void pause(Duration time) throws InterruptedException;
    }

    private SenderTime() {}

    /** Waits in this way. */
    public static TransactionSenderBuilder of(TransactionSenderBuilder builder, Waiting waiting, LongSupplier ticker) {
        return builder.time(waiting::pause, ticker);
    }
}
