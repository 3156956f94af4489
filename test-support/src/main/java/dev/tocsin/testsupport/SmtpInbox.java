package dev.tocsin.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.subethamail.smtp.MessageContext;
import org.subethamail.smtp.MessageHandler;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

/**
 * A real SMTP server on loopback that keeps what it accepts and refuses what it is told to refuse. Safe for use by many threads.
 */
public final class SmtpInbox implements AutoCloseable {
    private final SMTPServer server;
    private final int port;
    private final List<ReceivedMail> mails = new CopyOnWriteArrayList<>();
    private final Map<Step, Queue<Refusal>> refusals = new ConcurrentHashMap<>();
    private final Map<String, Refusal> refusedRecipients = new ConcurrentHashMap<>();
    private volatile Duration answerDelay = Duration.ZERO;

    /** Where in the conversation a refusal comes. */
    public enum Step {
        /** After {@code MAIL FROM}. */
        SENDER,
        /** After {@code RCPT TO}. */
        RECIPIENT,
        /** After the message. */
        DATA
    }

    private record Refusal(int code, String text) {}

    private SmtpInbox(int port, @Nullable String user, @Nullable String password) {
        this.port = port;
        SMTPServer.Builder builder = SMTPServer.port(port)
                .bindAddress(FreePort.loopback())
                .hostName("inbox.test")
                .insertReceivedHeaders(false)
                .messageHandlerFactory(Conversation::new);
        if (user != null) {
            builder.requireAuth()
                    .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory((name, given, context) -> {
                        if (!user.equals(name) || !given.equals(password)) {
                            throw new LoginFailedException();
                        }
                    }));
        }
        server = builder.build();
    }

    /**
     * Starts a server on a free port.
     *
     * @return the running server
     */
    public static SmtpInbox start() {
        return on(FreePort.next());
    }

    /**
     * Starts a server on a given port, for instance where one was closed before.
     *
     * @param port a free port
     * @return the running server
     */
    public static SmtpInbox on(int port) {
        SmtpInbox inbox = new SmtpInbox(port, null, null);
        inbox.server.start();
        return inbox;
    }

    /**
     * Starts a server on a free port that wants a login.
     *
     * @param user the only user
     * @param password that user's password
     * @return the running server
     */
    public static SmtpInbox withLogin(String user, String password) {
        SmtpInbox inbox = new SmtpInbox(FreePort.next(), user, password);
        inbox.server.start();
        return inbox;
    }

    /**
     * Where it listens.
     *
     * @return {@code 127.0.0.1}
     */
    public String host() {
        return "127.0.0.1";
    }

    /**
     * Where it listens.
     *
     * @return a port
     */
    public int port() {
        return port;
    }

    /**
     * What was accepted so far, oldest first.
     *
     * @return a copy
     */
    public List<ReceivedMail> mails() {
        return List.copyOf(mails);
    }

    /**
     * Waits until so many mails have been accepted.
     *
     * @param count at least how many
     * @param atMost how long to wait
     * @return what was accepted so far, oldest first
     * @throws InterruptedException if interrupted while waiting
     * @throws AssertionError if the time passed
     */
    public List<ReceivedMail> awaitMails(int count, Duration atMost) throws InterruptedException {
        Waiting.until(
                () -> mails.size() >= count, atMost, () -> "only " + mails.size() + " of " + count + " mails arrived");
        return mails();
    }

    /**
     * Refuses once; may be called several times, the refusals are used one after the other.
     *
     * @param step where in the conversation
     * @param code the reply's code, 400 to 599
     * @param text the reply's text
     */
    public void refuseNext(Step step, int code, String text) {
        refusals.computeIfAbsent(step, s -> new ConcurrentLinkedQueue<>()).add(new Refusal(code, text));
    }

    /**
     * Refuses every mail to an address.
     *
     * @param address the recipient
     * @param code the reply's code, 400 to 599
     * @param text the reply's text
     */
    public void refuseRecipient(String address, int code, String text) {
        refusedRecipients.put(address, new Refusal(code, text));
    }

    /**
     * Holds the answer to each message back that long once the mail is accepted: a sender that is killed in between does not know of it.
     *
     * @param time zero for none
     */
    public void answerAfter(Duration time) {
        answerDelay = time;
    }

    /** Forgets the mails received so far. */
    public void clear() {
        mails.clear();
    }

    /** Stops the server. */
    @Override
    public void close() {
        server.stop();
    }

    private void refuseIfTold(Step step) throws RejectException {
        Queue<Refusal> queue = refusals.get(step);
        refuse(queue == null ? null : queue.poll());
    }

    private static void refuse(@Nullable Refusal refusal) throws RejectException {
        if (refusal != null) {
            throw new RejectException(refusal.code(), refusal.text());
        }
    }

    /** One mail on its way in. */
    private final class Conversation implements MessageHandler {
        private final List<String> recipients = new ArrayList<>();
        private String sender = "";

        Conversation(MessageContext context) {}

        @Override
        public void from(String from) throws RejectException {
            refuseIfTold(Step.SENDER);
            sender = from;
        }

        @Override
        public void recipient(String recipient) throws RejectException {
            refuse(refusedRecipients.get(recipient));
            refuseIfTold(Step.RECIPIENT);
            recipients.add(recipient);
        }

        @Override
        public @Nullable String data(InputStream data) throws RejectException, IOException {
            byte[] raw = data.readAllBytes();
            refuseIfTold(Step.DATA);
            mails.add(new ReceivedMail(Instant.now(), sender, recipients, raw));
            try {
                Waiting.pause(answerDelay);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return null;
        }

        @Override
        public void done() {}
    }
}
