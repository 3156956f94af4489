package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.testsupport.MutableClock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class MinerTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final DemoChain chain = DemoChain.create(1337, InstantSource.system());
    private final RandomDrafts drafts = new RandomDrafts(1);
    private final MutableClock clock = MutableClock.at(Instant.EPOCH);
    private final List<Duration> pauses = new CopyOnWriteArrayList<>();

    @Test
    void everyStepIsDoneAndExhaustionReported() throws Exception {
        Queue<BlockSource.Step> steps = new ArrayDeque<>();
        steps.add(new BlockSource.Step.Append(drafts.next()));
        steps.add(new BlockSource.Step.Append(drafts.next()));
        steps.add(new BlockSource.Step.Reorganise(1, List.of(drafts.next(), drafts.next())));

        try (Miner miner = start(() -> Optional.ofNullable(steps.poll()))) {
            assertThat(miner.awaitEnd(SOON)).isTrue();

            assertThat(miner.state()).isEqualTo(Miner.State.EXHAUSTED);
            assertThat(miner.failure()).isEmpty();
            assertThat(miner.blocks()).isEqualTo(4);
            assertThat(miner.reorganisations()).isEqualTo(1);
            assertThat(chain.head().number()).isEqualTo(3);
        }
    }

    @Test
    void theTimeThatAStepTakesIsNotAddedToThePause() throws Exception {
        Queue<Duration> work = new ArrayDeque<>(List.of(Duration.ofMillis(100), Duration.ofMillis(700), Duration.ZERO));

        try (Miner miner = start(() -> Optional.ofNullable(work.poll()).map(time -> {
            clock.advance(time);
            return new BlockSource.Step.Append(drafts.next());
        }))) {
            assertThat(miner.awaitEnd(SOON)).isTrue();
        }

        // After the step that took too long the beat begins anew.
        assertThat(pauses).containsExactly(Duration.ofMillis(400), Duration.ofMillis(500));
    }

    @Test
    void closingStopsItWhileItPauses() throws Exception {
        CountDownLatch mined = new CountDownLatch(1);
        Miner miner = Miner.start(
                chain,
                source(() -> {
                    mined.countDown();
                    return Optional.of(new BlockSource.Step.Append(drafts.next()));
                }),
                Duration.ofDays(1));
        mined.await();

        miner.close();

        assertThat(miner.state()).isEqualTo(Miner.State.STOPPED);
        assertThat(miner.awaitEnd(Duration.ZERO)).isTrue();
        miner.close();
    }

    @Test
    void aSourceThatFailsIsReported() throws Exception {
        RecordingException failure = new RecordingException("no more", null);

        try (Miner miner = start(() -> {
            throw failure;
        })) {
            assertThat(miner.awaitEnd(SOON)).isTrue();
            assertThat(miner.state()).isEqualTo(Miner.State.FAILED);
            assertThat(miner.failure()).contains(failure);
        }
    }

    private Miner start(Supplier<Optional<BlockSource.Step>> next) {
        return Miner.start(
                chain,
                source(next),
                INTERVAL,
                time -> {
                    pauses.add(time);
                    clock.advance(time);
                },
                clock.nanoTicker());
    }

    private static BlockSource source(Supplier<Optional<BlockSource.Step>> next) {
        return new BlockSource() {
            @Override
            public String describe() {
                return "test";
            }

            @Override
            public Optional<Step> next() {
                return next.get();
            }
        };
    }
}
