package dev.tocsin.rpcpool.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.transport.Timer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NextBlockTest {

    private static final long BLOCK_TIME = Duration.ofSeconds(12).toNanos();
    private static final long HEAD = 1000;

    private long now;
    private long nextHeadAt = Long.MAX_VALUE;
    private long blockTime = BLOCK_TIME;
    private final NextBlock nextBlock =
            new NextBlock(() -> now >= nextHeadAt ? HEAD + 1 : HEAD, () -> blockTime, new Sleeper(), () -> now);

    private final class Sleeper implements Timer {
        @Override
        public Runnable after(Duration time, Runnable task) {
            return () -> {};
        }

        @Override
        public void sleep(long nanos) {
            now += nanos;
        }

        @Override
        public void close() {}
    }

    private Asked asked(Duration timeout) {
        return new Asked("eth_x", RpcCall.of("eth_x"), 0, new CallContext(now + timeout.toNanos(), -1), () -> now);
    }

    @Test
    void waitsUntilTheBlockIsThere() throws InterruptedException {
        Asked asked = asked(Duration.ofMinutes(1));
        asked.lacks(HEAD + 1);
        nextHeadAt = Duration.ofSeconds(3).toNanos();

        assertThat(nextBlock.await(asked)).isTrue();

        assertThat(now)
                .isBetween(nextHeadAt, nextHeadAt + Duration.ofMillis(250).toNanos());
    }

    @Test
    void waitsOneBlockTimeAtMostAndOnlyOnce() throws InterruptedException {
        Asked asked = asked(Duration.ofMinutes(1));
        asked.lacks(HEAD + 2);

        assertThat(nextBlock.await(asked)).isTrue();
        assertThat(now).isEqualTo(BLOCK_TIME);
        assertThat(nextBlock.await(asked)).isFalse();
        assertThat(now).isEqualTo(BLOCK_TIME);
    }

    @Test
    void leavesHalfOfTheTimeForTheCall() throws InterruptedException {
        Asked asked = asked(Duration.ofSeconds(10));
        asked.lacks(HEAD + 1);

        assertThat(nextBlock.await(asked)).isTrue();

        assertThat(now).isEqualTo(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void doesNotWaitForWhatIsFarOffOrThereOrOfUnknownTime() throws InterruptedException {
        Asked farOff = asked(Duration.ofMinutes(1));
        farOff.lacks(HEAD + 3);
        assertThat(nextBlock.await(farOff)).isFalse();

        Asked there = asked(Duration.ofMinutes(1));
        there.lacks(HEAD);
        assertThat(nextBlock.await(there)).isFalse();

        assertThat(nextBlock.await(asked(Duration.ofMinutes(1)))).isFalse();

        blockTime = 0;
        Asked unknown = asked(Duration.ofMinutes(1));
        unknown.lacks(HEAD + 1);
        assertThat(nextBlock.await(unknown)).isFalse();
        assertThat(now).isZero();
    }
}
