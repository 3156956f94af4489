package dev.tocsin.notification.email;

import dev.tocsin.notification.DeliveryOutcome;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.URLName;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.eclipse.angus.mail.smtp.SMTPTransport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One conversation with a mail server, which keeps its own record of commands and replies and decides the outcome from it.
 *
 * <p>Why not from Angus Mail's exceptions: it reports a 450 like a 550 ("Invalid Addresses"), a 421 without any code, and after a refused
 * command it sends RSET, whose failure hides the reply that mattered.
 */
final class SmtpConversation extends SMTPTransport {
    private static final Logger LOG = LoggerFactory.getLogger(SmtpGateway.class);
    private static final String NO_LOGIN = "the server offers no way to log in that we know";

    private final Map<String, SmtpReply> refused = new LinkedHashMap<>(); // by recipient
    private String command = "connect";
    private String recipient = "";
    private @Nullable SmtpReply last; // of a command that counts, not of RSET or QUIT
    private volatile boolean dataEnded; // read by the waiting thread after it has cut the connection

    SmtpConversation(Session session) {
        super(session, new URLName("smtp", null, -1, null, null, null));
    }

    /** Whether the dot that ends the data may have gone out. Once the sockets have been cut, false stays false for the server. */
    boolean hasEndedData() {
        return dataEnded;
    }

    @Override
    protected void sendCommand(String line) throws MessagingException {
        String word = line.split("[ :]", 2)[0].toUpperCase(Locale.ROOT);
        command = word;
        if (word.equals("RCPT")) {
            recipient = line.substring(line.indexOf('<') + 1, line.lastIndexOf('>'));
        } else if (word.equals(".")) {
            last = null;
            dataEnded = true; // before it is written: what may have been written must count as written
        }
        super.sendCommand(line);
    }

    @Override
    protected int readServerResponse() throws MessagingException {
        boolean counts = !command.equals("RSET") && !command.equals("QUIT");
        if (counts) {
            last = null; // so that a reply that does not come leaves none behind
        }
        int code = super.readServerResponse();
        if (counts && code >= 100) {
            SmtpReply reply = new SmtpReply(command, code, getLastServerResponse());
            last = reply;
            if (command.equals("RCPT") && reply.isRefusal()) {
                refused.put(recipient, reply);
            }
        }
        return code;
    }

    /**
     * What became of the message, after {@code sendMessage} or what went before it has returned or thrown.
     *
     * @param failure what was thrown, if anything
     */
    DeliveryOutcome outcome(
            @Nullable MessagingException failure, String messageId, String recipients, Duration greylistDelay) {
        SmtpReply reply = last;
        if (dataEnded) {
            if (reply == null || (reply.code() >= 300 && !reply.isRefusal())) {
                return new DeliveryOutcome.Unknown("no reply to the end of data");
            }
            return reply.isRefusal() ? reply.outcome(recipients, greylistDelay) : accepted(messageId, greylistDelay);
        }
        if (reply != null && reply.isRefusal() && !reply.command().equals("RCPT")) {
            return reply.outcome(recipients, greylistDelay);
        }
        if (!refused.isEmpty() && (reply == null || reply.command().equals("RCPT"))) {
            return allRefused(greylistDelay);
        }
        return notSent(failure, reply);
    }

    private DeliveryOutcome accepted(String messageId, Duration greylistDelay) {
        if (refused.isEmpty()) {
            return new DeliveryOutcome.Accepted(messageId);
        }
        Map<String, DeliveryOutcome> outcomes = new LinkedHashMap<>();
        refused.forEach((address, reply) -> outcomes.put(address, reply.outcome(address, greylistDelay)));
        return new DeliveryOutcome.Partial(messageId, outcomes);
    }

    /** Of several refusals the one that leaves hope, if there is one: nobody has got the message yet. */
    private DeliveryOutcome allRefused(Duration greylistDelay) {
        DeliveryOutcome first = null;
        for (Map.Entry<String, SmtpReply> entry : refused.entrySet()) {
            DeliveryOutcome outcome = entry.getValue().outcome(entry.getKey(), greylistDelay);
            if (outcome.isRetryable()) {
                return outcome;
            }
            first = first == null ? outcome : first;
        }
        return first == null ? new DeliveryOutcome.Transient("no recipient was accepted") : first;
    }

    private static DeliveryOutcome notSent(@Nullable MessagingException failure, @Nullable SmtpReply reply) {
        if (failure instanceof AuthenticationFailedException) {
            return new DeliveryOutcome.Unauthorized(NO_LOGIN);
        }
        return new DeliveryOutcome.Transient(cause(failure, reply));
    }

    /** What went wrong below SMTP, in our own words: the texts of exceptions are not ours to vouch for. */
    private static String cause(@Nullable Throwable failure, @Nullable SmtpReply reply) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof UnknownHostException) {
                return "the host's name could not be resolved";
            } else if (t instanceof ConnectException) {
                return "could not connect";
            } else if (t instanceof SocketTimeoutException) {
                return "the server took too long";
            } else if (t instanceof SSLException) {
                return "TLS could not be agreed on";
            }
        }
        if (reply == null || (failure != null && failure.getCause() instanceof IOException)) {
            return "the connection was lost before the end of data";
        }
        return "the conversation ended after " + reply.code() + " to " + reply.command();
    }

    /** Why there is no conversation, for the health check. */
    String whyNot(@Nullable MessagingException failure) {
        SmtpReply reply = last;
        if (reply != null && reply.isRefusal()) {
            return reply.reason();
        }
        return failure instanceof AuthenticationFailedException ? NO_LOGIN : cause(failure, reply);
    }

    /** The size above which the server has said it takes no mail (RFC 1870); zero if it has not said. */
    long largestMail() {
        String parameter = getExtensionParameter("SIZE");
        return parameter != null && parameter.matches("[0-9]{1,18}") ? Long.parseLong(parameter) : 0;
    }

    Session session() {
        return session;
    }

    /** Ends the conversation politely if it can be; nothing depends on it. */
    void quit() {
        try {
            close();
        } catch (MessagingException e) {
            LOG.debug(
                    "The mail server was not told goodbye cause={}",
                    e.getClass().getSimpleName());
        }
    }
}
