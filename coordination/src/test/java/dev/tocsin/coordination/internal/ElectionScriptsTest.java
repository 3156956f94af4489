package dev.tocsin.coordination.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.coordination.CoordinationListener;
import dev.tocsin.coordination.EndReason;
import dev.tocsin.coordination.Leadership;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pretended processes, each with a candidate, on one store and one fake clock: time passes in steps, processes pause, links
 * are cut or lose requests and answers, candidates resign and come back, callbacks throw. All by chance, and repeatable by the seed.
 */
class ElectionScriptsTest {
    private static final Duration TTL = Duration.ofSeconds(1);
    private static final int STEPS = 400;

    static LongStream seeds() {
        return LongStream.range(0, 500);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void atMostOneLeadsAndCallbacksAlternate(long seed) {
        var world = new World(seed);

        for (int step = 0; step < STEPS; step++) {
            world.step();
            world.check();
        }
        world.calm();

        assertThat(world.leaders()).as("somebody leads when all is well again").isEqualTo(1);
    }

    @Test
    void theScriptsDoReachEveryWayToEndATermThatASoundStoreAllows() {
        var reasons = new ArrayList<EndReason>();
        for (long seed = 0; seed < 50; seed++) {
            var world = new World(seed);
            for (int step = 0; step < STEPS; step++) {
                world.step();
            }
            world.processes.forEach(process -> reasons.addAll(process.reasons));
        }

        assertThat(Set.copyOf(reasons))
                .containsExactlyInAnyOrder(EndReason.EXPIRED, EndReason.RELEASED, EndReason.FAILED);
    }

    /** All that there is. Its own processes see each other only through the store. */
    private static final class World {
        private final AtomicLong nanos = new AtomicLong(1);
        private final Random random;
        private final LocalStore store = new LocalStore(nanos::get, () -> Instant.ofEpochSecond(0, nanos.get()));
        private final List<Process> processes = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();
        private long latestTerm;
        private boolean nested;
        private boolean calm;

        World(long seed) {
            random = new Random(seed);
            for (int i = 0; i < 3; i++) {
                processes.add(new Process("p" + i));
            }
        }

        void step() {
            Process process = processes.get(random.nextInt(processes.size()));
            switch (random.nextInt(20)) {
                case 0 -> process.paused = true;
                case 1, 2, 3 -> process.paused = false;
                case 4 -> process.link.cut(true);
                case 5, 6, 7 -> process.link.cut(false);
                case 8 -> process.link.loss(random.nextDouble() * 0.6);
                case 9 -> process.link.loss(0);
                case 10 -> process.candidate.resign();
                case 11 -> process.replaceIfGone();
                case 12 -> process.failNext = true;
                default -> nanos.addAndGet(random.nextLong(TTL.toNanos() / (1 + random.nextInt(20))));
            }
            Process running = processes.get(random.nextInt(processes.size()));
            if (!running.paused) {
                if (random.nextBoolean()) {
                    running.scheduler.runDue();
                } else {
                    running.scheduler.runOne();
                }
            }
        }

        /** Time goes on while a request travels or a callback runs, and with it what other threads and processes do. */
        void meanwhile() {
            if (nested || calm || random.nextInt(3) > 0) {
                return;
            }
            nested = true;
            nanos.addAndGet(random.nextLong(TTL.toNanos() / (1 + random.nextInt(20))));
            processes.stream()
                    .filter(process -> !process.paused && random.nextBoolean())
                    .forEach(process -> process.scheduler.runDue());
            check();
            nested = false;
        }

        void calm() {
            calm = true;
            for (Process process : processes) {
                process.paused = false;
                process.failNext = false;
                process.link.cut(false);
                process.link.loss(0);
            }
            for (int i = 0; i < 400; i++) {
                nanos.addAndGet(TTL.toNanos() / 50);
                processes.forEach(process -> {
                    process.scheduler.runDue();
                    process.replaceIfGone();
                });
                check();
            }
        }

        /** What a callback throws is the engine's to catch, so it is written down for the test to see. */
        void require(boolean held, String otherwise) {
            if (!held) {
                problems.add(otherwise);
            }
        }

        void check() {
            assertThat(problems).isEmpty();
            assertThat(leaders()).isLessThanOrEqualTo(1);
        }

        /** A paused process may look at its watch again at any moment, so it counts. */
        long leaders() {
            return processes.stream().filter(Process::leads).count();
        }

        private final class Process {
            private final FakeScheduler scheduler = new FakeScheduler(nanos);
            private final FlakyStore link = new FlakyStore(store, random, World.this::meanwhile);
            private final List<EndReason> reasons = new ArrayList<>();
            private final StoreCoordination coordination;
            private boolean paused;
            private boolean failNext;
            private long term;
            private long endedTerm;
            private Candidate candidate;

            Process(String label) {
                coordination = new StoreCoordination(new Engine(
                        link,
                        scheduler,
                        new Timing(Duration.ofMillis(10), Duration.ofMillis(20)),
                        Duration.ofMillis(250),
                        label,
                        random,
                        new SafeListener(CoordinationListener.NONE)));
                candidate = stand();
            }

            private Candidate stand() {
                return coordination.stand(
                        new Candidate.Settings("e", TTL, Duration.ofSeconds(2), this::elected, this::revoked));
            }

            boolean leads() {
                Leadership now = candidate.leadership();
                boolean valid = now.isValid();
                if (valid) {
                    assertThat(now.token()).as("once invalid, always invalid").isGreaterThan(endedTerm);
                } else {
                    endedTerm = Math.max(endedTerm, now.token());
                }
                return valid;
            }

            void replaceIfGone() {
                if (candidate.isGone() && term == 0) {
                    candidate = stand();
                }
            }

            private void elected(long newTerm) {
                require(term == 0, "elected while in a term");
                require(newTerm > latestTerm, "token did not grow");
                latestTerm = newTerm;
                term = newTerm;
                meanwhile();
                if (failNext) {
                    failNext = false;
                    throw new IllegalStateException("planted");
                }
            }

            private void revoked(long oldTerm, EndReason reason) {
                require(oldTerm == term && oldTerm != 0, "revoked what was not begun");
                meanwhile();
                require(oldTerm == term, "two callbacks at a time");
                term = 0;
                reasons.add(reason);
            }
        }
    }
}
