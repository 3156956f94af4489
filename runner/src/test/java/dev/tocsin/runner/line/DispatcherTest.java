package dev.tocsin.runner.line;

import static dev.tocsin.runner.line.DispatcherHarness.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.notification.DeliveryOutcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DispatcherTest {

    @TempDir
    private Path folder;

    private DispatcherHarness line;

    @BeforeEach
    void open() {
        line = new DispatcherHarness(folder);
    }

    @AfterEach
    void close() {
        line.close();
    }

    @Test
    void deliveriesOfAGatewayGoOutInTheOrderOfPlanningAndOnce() {
        line.plan("mail", "c", "a", "b");

        await().until(() -> line.journal.counts().accepted().getOrDefault("mail", 0L) == 3);

        assertThat(line.mail.keys).containsExactly("c", "a", "b");
        assertThat(line.told).containsExactly("delivered mail c", "delivered mail a", "delivered mail b");
    }

    @Test
    void aGatewayThatHangsHoldsUpNoOther() {
        line.mail.gate.drainPermits();
        line.plan("mail", "stuck");
        line.plan("chat", "quick");

        await().until(() -> line.told.contains("delivered chat quick"));

        assertThat(line.mail.keys).isEmpty();
    }

    @Test
    void whatFailedIsTriedAgainWhenItIsDue() {
        line.mail.answers(new DeliveryOutcome.Transient("busy"));
        line.plan("mail", "a");
        await().until(() -> line.told.contains("retry mail a"));

        line.clock.advance(Duration.ofMinutes(2));
        line.dispatcher.wake();

        await().until(() -> line.told.contains("delivered mail a"));
        assertThat(line.mail.keys).containsExactly("a", "a");
    }

    @Test
    void whatIsRefusedForGoodIsGivenUpAndKept() {
        line.mail.answers(new DeliveryOutcome.InvalidRecipient("x@y.z", "no such user"));
        line.plan("mail", "a", "b");

        await().until(() -> line.told.size() == 2);

        assertThat(line.told).containsExactly("dead mail a", "delivered mail b");
        assertThat(line.journal.counts().dead()).containsEntry("mail", 1L);
    }

    @Test
    void attemptsAreBounded() {
        for (int i = 0; i < 3; i++) {
            line.mail.answers(new DeliveryOutcome.Transient("busy"));
        }
        line.plan("mail", "a");

        await().until(() -> {
            line.clock.advance(Duration.ofMinutes(2));
            line.dispatcher.wake();
            return line.told.contains("dead mail a");
        });

        assertThat(line.mail.keys).hasSize(3);
    }

    @Test
    void whatMayOrMayNotHaveArrivedIsTriedAgain() {
        line.mail.answers(new DeliveryOutcome.Unknown("no reply"));
        line.plan("mail", "a");

        await().until(() -> line.told.contains("retry mail a"));
    }

    @Test
    void aGatewayThatThrowsIsTriedAgain() throws Exception {
        line.mail.next.add(() -> {
            throw new IllegalStateException("broken");
        });
        line.plan("mail", "a", "b");

        await().until(() -> line.told.contains("delivered mail b"));

        assertThat(line.told).containsExactly("retry mail a", "delivered mail b");
        assertThat(line.outcomeOf("a")).contains("IllegalStateException");
        assertThat(line.logged()).containsExactly("[WARN] gateway failed unexpectedly gateway=mail key=a");
    }

    @Test
    void anErrorOfAGatewayIsSaidAndItsLaneGoesOn() throws Exception {
        line.mail.next.add(() -> {
            throw new NoClassDefFoundError("optional/Dependency");
        });
        line.plan("mail", "a", "b");

        await().until(() -> line.told.contains("delivered mail b"));

        assertThat(line.told).containsExactly("retry mail a", "delivered mail b");
        assertThat(line.outcomeOf("a")).contains("NoClassDefFoundError");
        assertThat(line.logged()).containsExactly("[WARN] gateway failed unexpectedly gateway=mail key=a");
    }

    @Test
    void aGatewayThatAnswersNothingIsTriedAgainLaterAndNotAtOnce() {
        line.mail.next.add(() -> null);
        line.plan("mail", "a", "b");

        await().until(() -> line.told.contains("delivered mail b"));

        assertThat(line.mail.keys).containsExactly("a", "b");
        assertThat(line.told).containsExactly("retry mail a", "delivered mail b");
    }

    @Test
    void anErrorOfAListenerIsSaidAndTheLaneGoesOn() {
        line.deaf = true;
        line.plan("mail", "a");
        await().until(() -> line.logged().contains("[WARN] listener failed gateway=mail"));
        line.deaf = false;

        line.plan("mail", "b");

        await().until(() -> line.told.contains("delivered mail b"));
        assertThat(line.mail.keys).containsExactly("a", "b");
    }

    @Test
    void deliveriesForAGatewayThatIsNotConfiguredAreNamedAtTheStart() {
        line.plan("mail", "a");
        line.plan("former", "b", "c");
        await().until(() -> line.told.contains("delivered mail a"));
        assertThat(line.logged()).isEmpty();

        line.dispatch().close();

        assertThat(line.logged())
                .containsExactly(
                        "[WARN] deliveries wait for a gateway that is not configured; they are sent once one of"
                                + " this name is configured again gateway=former waiting=2 oldest=2026-11-21T10:00:00Z");
        assertThat(line.journal.due("former", NOW, 10)).hasSize(2);
    }

    @Test
    void aFormerLeaderStopsToDeliver() {
        line.mail.gate.drainPermits();
        line.plan("mail", "a");
        line.journal.write(9, transaction -> true);

        line.mail.gate.release(1000);

        await().until(() -> line.told.contains("fenced"));
        assertThat(line.journal.due("mail", NOW, 10)).hasSize(1);
    }

    @Test
    void aMessageIsNotGivenUpForTheTimeInWhichNobodyTriedIt() {
        line.clock.advance(Duration.ofDays(3));
        line.mail.answers(new DeliveryOutcome.Transient("busy"));

        line.plan("mail", "a");

        await().until(() -> line.told.contains("retry mail a"));
    }

    @Test
    void aMessageIsGivenUpOnceItsFirstAttemptIsTooLongAgo() {
        line.mail.answers(new DeliveryOutcome.Transient("busy"));
        line.mail.answers(new DeliveryOutcome.Transient("busy"));
        line.plan("mail", "a");
        await().until(() -> line.told.contains("retry mail a"));

        line.clock.advance(Duration.ofHours(1));
        line.dispatcher.wake();

        await().until(() -> line.told.contains("dead mail a"));
        assertThat(line.reasons).containsExactly("transient");
    }

    @Test
    void aStoredMessageThatCannotBeReadIsGivenUpAtOnceWithTheReason() throws Exception {
        line.journal.write(
                1,
                transaction -> transaction.plan("broken", "mail", "{\"title\":\"t\"}", NOW, NOW)
                        && transaction.plan("text", "mail", "no JSON", NOW, NOW));
        line.plan("mail", "a");

        await().until(() -> line.told.contains("delivered mail a"));

        assertThat(line.told).containsExactly("dead mail broken", "dead mail text", "delivered mail a");
        assertThat(line.reasons).containsOnly("invalid_request");
        assertThat(line.mail.keys).containsExactly("a");
        assertThat(line.outcomeOf("broken")).contains("the stored message cannot be read", "no text");
    }

    @Test
    @Timeout(8) // one lane alone would be waited for 10 s
    void lanesThatHangShareOneDeadlineWhichTheWallClockDoesNotMove() {
        hang();
        AtomicLong elapsed = new AtomicLong();
        line.ticker = () ->
                elapsed.getAndAdd(Duration.ofSeconds(10).toNanos()); // the deadline is over when a lane is looked at

        line.dispatcher.close();

        assertThat(List.of(line.mail.interrupted, line.chat.interrupted)).containsOnly(true);
    }

    @Test
    void whoeverIsInterruptedWhileClosingAbandonsNoLaneWithoutInterruptingIt() {
        hang();
        Thread.currentThread().interrupt();

        line.dispatcher.close();

        assertThat(Thread.interrupted()).isTrue();
        await().until(() -> line.mail.interrupted && line.chat.interrupted);
    }

    private void hang() {
        line.mail.gate.drainPermits();
        line.chat.gate.drainPermits();
        line.plan("mail", "a");
        line.plan("chat", "b");
        await().until(() -> line.mail.gate.hasQueuedThreads() && line.chat.gate.hasQueuedThreads());
    }
}
