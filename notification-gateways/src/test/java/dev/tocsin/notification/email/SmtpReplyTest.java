package dev.tocsin.notification.email;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.notification.DeliveryOutcome;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmtpReplyTest {
    private static final Duration GREYLIST = Duration.ofMinutes(5);

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource(
            delimiter = '|',
            value = {
                "RCPT | 450 4.2.0 Greylisted | transient",
                "RCPT | 451 Try later | transient",
                "RCPT | 452 4.2.2 Mailbox full | transient",
                "RCPT | 421 4.3.2 Shutting down | transient",
                ".    | 451 4.3.0 Local error | transient",
                "AUTH | 454 4.7.0 Temporary failure | transient",
                "DATA | 432 4.7.12 odd but temporary | transient",
                "RCPT | 450 5.1.1 the first digit of the code decides | transient",
                "RCPT | 550 No such user | invalid_recipient",
                "RCPT | 551 User not local | invalid_recipient",
                "RCPT | 553 Name not allowed | invalid_recipient",
                "RCPT | 550 5.1.1 No such user | invalid_recipient",
                "RCPT | 554 5.1.2 Bad destination | invalid_recipient",
                "RCPT | 550 5.2.1 Disabled | invalid_recipient",
                ".    | 550 5.1.1 No such user | invalid_recipient",
                ".    | 550 5.2.1 Disabled | invalid_recipient",
                "RCPT | 552 Too much | too_large",
                "MAIL | 552 5.3.4 Message size exceeds limit | too_large",
                ".    | 554 5.3.4 Too big | too_large",
                "MAIL | 530 5.7.0 Must issue STARTTLS first | unauthorized",
                "AUTH | 534 5.7.9 Mechanism too weak | unauthorized",
                "AUTH | 535 5.7.8 Bad credentials | unauthorized",
                "AUTH | 538 5.7.11 Encryption required | unauthorized",
                "RCPT | 554 Rejected | invalid_request",
                "RCPT | 550 5.7.1 Relaying denied | invalid_request",
                ".    | 554 5.7.1 Spam | invalid_request",
                ".    | 550 Message refused | invalid_request",
                "MAIL | 550 Sender refused | invalid_request",
                "MAIL | 553 5.1.8 Sender domain does not exist | invalid_request",
                "MAIL | 550 5.1.0 Sender rejected | invalid_request",
                "RCPT | 550 5.1.7 Bad sender address | invalid_request",
                "RCPT | 501 Syntax | invalid_request",
                "connect | 554 No service here | invalid_request",
                "DATA | 503 Bad sequence | invalid_request",
            })
    void everyReplyHasItsOutcome(String command, String text, String word) {
        SmtpReply reply = new SmtpReply(command, Integer.parseInt(text.substring(0, 3)), text);

        assertThat(reply.outcome("a@b.example", GREYLIST).word()).isEqualTo(word);
    }

    @Test
    void aGreylistedRecipientIsTriedAgainAfterFiveMinutesAndOtherFailuresSooner() {
        assertThat(new SmtpReply("RCPT", 450, "450 later")
                        .outcome("a@b", GREYLIST)
                        .pauseAsked())
                .isEqualTo(GREYLIST);
        assertThat(new SmtpReply("RCPT", 452, "452 full").outcome("a@b", GREYLIST))
                .isEqualTo(new DeliveryOutcome.Transient("452 full (RCPT)", Optional.empty()));
    }

    @Test
    void aReasonIsOneShortLine() {
        String text = "550-5.1.1 first\r\n550 5.1.1 second\u0007 " + "x".repeat(1000);

        assertThat(new SmtpReply("RCPT", 550, text).reason())
                .startsWith("550-5.1.1 first 550 5.1.1 second x")
                .endsWith("… (RCPT)")
                .hasSizeLessThan(220);
    }

    @Test
    void whatAServerSaysToALoginIsNotRepeated() {
        assertThat(new SmtpReply("AUTH", 535, "535 5.7.8 bad password hunter2").reason())
                .isEqualTo("535 5.7.8 (AUTH)");
    }
}
