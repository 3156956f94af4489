package dev.tocsin.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HealthTest {
    private static final Duration SHORT = Duration.ofMillis(100);

    /** A check that never answers, not even when interrupted, until it is let go. */
    private static final class Hanging implements HealthCheck {
        private final CountDownLatch letGo = new CountDownLatch(1);
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger interrupted = new AtomicInteger();

        @Override
        public HealthStatus check() {
            begun.incrementAndGet();
            while (true) {
                try {
                    letGo.await();
                    return HealthStatus.up("at last");
                } catch (InterruptedException e) {
                    interrupted.incrementAndGet();
                }
            }
        }
    }

    @Test
    void reportHasAllComponentsInOrder() throws InterruptedException {
        Health health = Health.builder()
                .component("redis", HealthStatus::up)
                .component("nodes", () -> HealthStatus.up("2 of 2 healthy"))
                .build();

        HealthReport report = health.readiness();

        assertThat(report.components())
                .containsExactly(entry("redis", HealthStatus.up()), entry("nodes", HealthStatus.up("2 of 2 healthy")));
        assertThat(report.isUp()).isTrue();
        assertThat(report.httpStatus()).isEqualTo(200);
    }

    @Test
    void oneComponentThatIsDownMakesTheProgramNotReady() throws InterruptedException {
        Health health = Health.builder()
                .component("redis", HealthStatus::up)
                .component("nodes", () -> HealthStatus.down("0 of 2 healthy"))
                .build();

        assertThat(health.readiness().httpStatus()).isEqualTo(503);
    }

    @Test
    void componentThatIsDownDoesNotMakeTheProgramDead() throws InterruptedException {
        Health health = Health.builder()
                .component("nodes", () -> HealthStatus.down("0 of 2 healthy"))
                .build();

        HealthReport report = health.liveness();

        assertThat(report.httpStatus()).isEqualTo(200);
        assertThat(report.components()).isEmpty();
    }

    @Test
    void vitalComponentCountsForBoth() throws InterruptedException {
        Health health = Health.builder()
                .component("nodes", HealthStatus::up)
                .vital("loop", () -> HealthStatus.down("no beat for PT3M"))
                .build();

        assertThat(health.liveness().components()).containsOnlyKeys("loop");
        assertThat(health.liveness().httpStatus()).isEqualTo(503);
        assertThat(health.readiness().httpStatus()).isEqualTo(503);
    }

    @Test
    void hangingCheckIsDownAfterTheDeadlineAndTheOthersAreNot() throws InterruptedException {
        Hanging hanging = new Hanging();
        Health health = Health.builder()
                .deadline(SHORT)
                .component("redis", hanging)
                .component("nodes", HealthStatus::up)
                .build();

        HealthReport report = health.readiness();

        assertThat(report.components())
                .containsExactly(
                        entry("redis", HealthStatus.down("no answer within PT0.1S")),
                        entry("nodes", HealthStatus.up()));
        await().until(() -> hanging.interrupted.get() > 0);
        hanging.letGo.countDown();
    }

    @Test
    void defaultDeadlineIsTwoSeconds() throws InterruptedException {
        Hanging hanging = new Hanging();
        AtomicInteger readings = new AtomicInteger();
        // the second reading of the clock, when the wait begins, is two seconds after the first, when the check begins
        Health health = Health.builder()
                .nanoTicker(() -> readings.getAndIncrement() * 2_000_000_000L)
                .component("redis", hanging)
                .build();

        assertThat(health.readiness().components())
                .containsExactly(entry("redis", HealthStatus.down("no answer within PT2S")));
        hanging.letGo.countDown();
    }

    @Test
    void checkThatHangsForGoodIsBegunOnceHoweverOftenItIsAskedFor() throws InterruptedException {
        Hanging hanging = new Hanging();
        Health health =
                Health.builder().deadline(SHORT).component("redis", hanging).build();

        for (int i = 0; i < 5; i++) {
            assertThat(health.readiness().isUp()).isFalse();
        }

        assertThat(hanging.begun).hasValue(1);
        hanging.letGo.countDown();
    }

    @Test
    void checkThatCameBackIsAskedAgain() {
        Hanging hanging = new Hanging();
        AtomicBoolean slow = new AtomicBoolean(true);
        Health health = Health.builder()
                .deadline(SHORT)
                .component("redis", () -> slow.get() ? hanging.check() : HealthStatus.up("again"))
                .build();
        await().until(() -> !health.readiness().isUp());

        slow.set(false);
        hanging.letGo.countDown();

        await().untilAsserted(() ->
                assertThat(health.readiness().components()).containsExactly(entry("redis", HealthStatus.up("again"))));
    }

    /** Each check waits for the other: one after the other, neither would answer. */
    @Test
    void checksRunAtTheSameTimeOnVirtualThreads() throws InterruptedException {
        CyclicBarrier both = new CyclicBarrier(2);
        HealthCheck meeting = () -> {
            both.await();
            return Thread.currentThread().isVirtual() ? HealthStatus.up() : HealthStatus.down("platform thread");
        };
        Health health = Health.builder()
                .deadline(Duration.ofSeconds(30))
                .component("a", meeting)
                .component("b", meeting)
                .build();

        assertThat(health.readiness().isUp()).isTrue();
    }

    @Test
    void exceptionIsDownAndItsMessageStaysInside() throws InterruptedException {
        AtomicReference<Throwable> heard = new AtomicReference<>();
        Health health = Health.builder()
                .component("redis", () -> {
                    throw new IOException("redis://user:secret@host refused");
                })
                .component("nodes", () -> {
                    throw new AssertionError("broken");
                })
                .listener(new HealthListener() {
                    @Override
                    public void onCheckFailed(String component, Throwable cause) {
                        if (component.equals("redis")) {
                            heard.set(cause);
                        }
                    }
                })
                .build();

        HealthReport report = health.readiness();

        assertThat(report.components())
                .containsExactly(
                        entry("redis", HealthStatus.down("the check threw IOException")),
                        entry("nodes", HealthStatus.down("the check threw AssertionError")));
        assertThat(heard.get()).hasMessage("redis://user:secret@host refused");
    }

    @Test
    void checkThatGivesNothingIsDown() throws InterruptedException {
        Health health = Health.builder().component("redis", () -> null).build();

        assertThat(health.readiness().components())
                .containsExactly(entry("redis", HealthStatus.down("the check gave no status")));
    }

    @Test
    void interruptionOfTheCallerIsPassedOn() {
        Hanging hanging = new Hanging();
        Health health = Health.builder().component("redis", hanging).build();

        Thread.currentThread().interrupt();

        assertThatExceptionOfType(InterruptedException.class).isThrownBy(health::readiness);
        hanging.letGo.countDown();
    }

    @Test
    void listenerThatThrowsHurtsNobody() throws InterruptedException {
        Health health = Health.builder()
                .component("redis", HealthStatus::up)
                .listener(new HealthListener() {
                    @Override
                    public void onChecked(String component, HealthStatus status, Duration took) {
                        throw new IllegalStateException("broken listener");
                    }
                })
                .build();

        assertThat(health.readiness().isUp()).isTrue();
    }

    @Test
    void metersShowTheLastFinding() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AtomicBoolean up = new AtomicBoolean(true);
        Health health = Health.builder()
                .component("nodes", () -> up.get() ? HealthStatus.up() : HealthStatus.down("gone"))
                .listener(HealthMeters.on(registry))
                .build();

        health.readiness();
        double before = registry.get("tocsin.metrics.health.up")
                .tag("component", "nodes")
                .gauge()
                .value();
        up.set(false);
        health.readiness();

        assertThat(before).isEqualTo(1);
        assertThat(registry.get("tocsin.metrics.health.up")
                        .tag("component", "nodes")
                        .gauge()
                        .value())
                .isZero();
        assertThat(registry.get("tocsin.metrics.health.checks")
                        .tags("component", "nodes", "result", "down")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void metersCountChecksWithoutAnswer() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Hanging hanging = new Hanging();
        Health health = Health.builder()
                .deadline(SHORT)
                .component("redis", hanging)
                .listener(HealthMeters.on(registry))
                .build();

        health.readiness();

        assertThat(registry.get("tocsin.metrics.health.unanswered")
                        .tag("component", "redis")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("tocsin.metrics.health.up")
                        .tag("component", "redis")
                        .gauge()
                        .value())
                .isZero();
        hanging.letGo.countDown();
    }

    /** Many ask at once: each gets a whole report, and no check runs twice at the same time. */
    @Test
    void manyAskersShareTheRunInHand() throws InterruptedException {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Health health = Health.builder()
                .deadline(Duration.ofSeconds(30))
                .component("redis", () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    Thread.yield();
                    running.decrementAndGet();
                    return HealthStatus.up();
                })
                .build();
        List<HealthReport> reports = new CopyOnWriteArrayList<>();
        List<Thread> askers = new CopyOnWriteArrayList<>();

        for (int i = 0; i < 200; i++) {
            askers.add(Thread.ofVirtual().start(() -> {
                try {
                    reports.add(health.readiness());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }));
        }
        for (Thread asker : askers) {
            asker.join();
        }

        assertThat(reports).hasSize(200).allMatch(HealthReport::isUp);
        assertThat(most).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.009S", "PT1M0.001S", "-PT1S"})
    void deadlineOutOfRangeIsRefused(String deadline) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Health.builder().deadline(Duration.parse(deadline)))
                .withMessage("deadline must be PT0.01S to PT1M, was " + Duration.parse(deadline));
    }

    @Test
    void componentNamesAreNotBlankAndNotTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Health.builder().component(" ", HealthStatus::up))
                .withMessage("component name must not be blank");
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> Health.builder().component("a", HealthStatus::up).vital("a", HealthStatus::up))
                .withMessage("component a is there already");
    }
}
