package dev.tocsin.rpcpool.internal.view;

import dev.tocsin.rpcpool.internal.node.ChainView;
import dev.tocsin.rpcpool.internal.node.HeadLook;
import dev.tocsin.rpcpool.internal.time.Pause;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** Waits for blocks that some nodes have and most are not known to have: a moment, within a call's deadline. Safe for use by many threads. */
public final class Patience {

    private static final long MOMENT = Duration.ofMillis(250).toNanos();
    private static final Duration TICK = Duration.ofMillis(2);
    private static final Duration PAUSE = Duration.ofMillis(100);

    /** How many block times a block is waited for that was shown: other nodes have it soon, machines behind one address are further apart. */
    private static final int WAIT = 1;

    private static final int WAIT_ALONE = 3;
    private static final long AT_FIRST = Duration.ofSeconds(1).toNanos(); // while the block time is not known

    private final ChainView chain;
    private final HeadLook look;
    private final Pause pause;
    private final LongSupplier nanoTicker;
    private final AtomicLong news = new AtomicLong(-1);

    public Patience(ChainView chain, HeadLook look, Pause pause, LongSupplier nanoTicker) {
        this.chain = chain;
        this.look = look;
        this.pause = pause;
        this.nanoTicker = nanoTicker;
    }

    /** A node has a block that is not the tip yet: the others are asked, once for each block, and awaited. */
    void forOthers(long block, long deadline) throws InterruptedException {
        if (news.getAndSet(block) == block) {
            return;
        }
        look.hurry();
        long left = Math.min(MOMENT, (deadline - nanoTicker.getAsLong()) / 4);
        for (; left > 0 && look.isAsking() && chain.tip() < block; left -= TICK.toNanos()) {
            pause.pause(TICK);
        }
    }

    /** The newest block is asked for and awaited, if that was not done of late. */
    void forHead(long deadline) throws InterruptedException {
        if (look.keepUp()) {
            long left = Math.min(MOMENT, (deadline - nanoTicker.getAsLong()) / 4);
            for (; left > 0 && look.isAsking(); left -= TICK.toNanos()) {
                pause.pause(TICK);
            }
        }
    }

    /** A block was taken for missing that may be there: the newest ones are asked for, and not awaited. */
    void lookAgain() {
        look.doubt();
    }

    /** For a block that has been shown and nobody has; for what may have vanished with its block, half of the time left at most. */
    Wait forBlock(long deadline, boolean isAlone, boolean mayVanish) {
        long now = nanoTicker.getAsLong();
        long left = mayVanish ? (deadline - now) / 2 : deadline - now;
        long blockTime = chain.blockTimeNanos() == 0 ? AT_FIRST : chain.blockTimeNanos();
        return new Wait(now + Math.min(left, (isAlone ? WAIT_ALONE : WAIT) * blockTime));
    }

    /** One call's waiting. */
    final class Wait {
        private final long end;

        private Wait(long end) {
            this.end = end;
        }

        /** False if it is over. */
        boolean pause() throws InterruptedException {
            if (end - nanoTicker.getAsLong() < PAUSE.toNanos()) {
                return false;
            }
            look.hurry();
            pause.pause(PAUSE);
            return true;
        }
    }
}
