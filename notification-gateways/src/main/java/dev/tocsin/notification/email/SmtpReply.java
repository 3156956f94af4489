package dev.tocsin.notification.email;

import dev.tocsin.notification.DeliveryOutcome;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the server answered to one command, and what that says about the delivery.
 *
 * <p>The code's first digit decides first: 4yz is transient whatever else is said. Then the codes of authentication; then the enhanced
 * code (RFC 3463), which is more exact; then the code itself. A refusal counts against the recipient only if it was given to RCPT, or
 * says so by its enhanced code: what the server has against sender or content must not make us forget an address.
 *
 * @param command the command's first word; {@code connect} for the greeting, {@code .} for the end of the data
 * @param code three digits; less than 100 if there was no answer that can be read
 * @param text the whole answer, its code included
 */
record SmtpReply(String command, int code, String text) {
    private static final Pattern ENHANCED = Pattern.compile("^\\d{3}[ -]([245])\\.(\\d{1,3})\\.(\\d{1,3})(?:\\s|$)");
    private static final int LONGEST_REASON = 200;

    boolean isRefusal() {
        return code >= 400 && code <= 599;
    }

    /**
     * What this refusal says.
     *
     * @param recipient to whom the message was going
     * @param greylistDelay how long to wait after 450 and 451, which a greylisting server gives to everybody's first attempt
     */
    DeliveryOutcome outcome(String recipient, Duration greylistDelay) {
        if (code < 500) {
            boolean greylisted = code == 450 || code == 451;
            return new DeliveryOutcome.Transient(reason(), greylisted ? Optional.of(greylistDelay) : Optional.empty());
        }
        if (code == 530 || code == 534 || code == 535 || code == 538) {
            return new DeliveryOutcome.Unauthorized(reason());
        }
        return byEnhancedCode(recipient).orElseGet(() -> byCode(recipient));
    }

    private Optional<DeliveryOutcome> byEnhancedCode(String recipient) {
        String enhanced = enhanced();
        boolean aboutSender = command.equals("MAIL") || enhanced.equals("5.1.7") || enhanced.equals("5.1.8");
        if (enhanced.startsWith("5.1.") || enhanced.equals("5.2.1")) {
            return Optional.of(
                    aboutSender
                            ? new DeliveryOutcome.InvalidRequest(reason())
                            : new DeliveryOutcome.InvalidRecipient(recipient, reason()));
        }
        if (enhanced.equals("5.3.4")) {
            return Optional.of(new DeliveryOutcome.TooLarge(reason()));
        }
        return enhanced.startsWith("5.7.")
                ? Optional.of(new DeliveryOutcome.InvalidRequest(reason()))
                : Optional.empty();
    }

    private DeliveryOutcome byCode(String recipient) {
        return switch (code) {
            case 550, 551, 553 ->
                command.equals("RCPT")
                        ? new DeliveryOutcome.InvalidRecipient(recipient, reason())
                        : new DeliveryOutcome.InvalidRequest(reason());
            case 552 -> new DeliveryOutcome.TooLarge(reason());
            default -> new DeliveryOutcome.InvalidRequest(reason());
        };
    }

    /** The enhanced code, empty if there is none. */
    String enhanced() {
        Matcher matcher = ENHANCED.matcher(text);
        return matcher.find() ? matcher.group(1) + "." + matcher.group(2) + "." + matcher.group(3) : "";
    }

    /** For an operator. What a server says about credentials is not repeated: it might be the credentials. */
    String reason() {
        String where = command.equals(".") ? "end of data" : command;
        if (command.equals("AUTH")) {
            return (code + " " + enhanced()).strip() + " (" + where + ")";
        }
        String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
        return (line.length() > LONGEST_REASON ? line.substring(0, LONGEST_REASON) + "…" : line) + " (" + where + ")";
    }
}
