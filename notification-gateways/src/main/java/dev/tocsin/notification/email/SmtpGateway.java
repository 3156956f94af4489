package dev.tocsin.notification.email;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.notification.Gateway;
import dev.tocsin.notification.GatewayHealth;
import dev.tocsin.notification.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Sends messages as mail through one SMTP server to a fixed list of recipients.
 *
 * <p>The mail has a text part, and an HTML part beside it if the message has HTML. Its {@code Message-ID} and its header {@code
 * X-Tocsin-Key} are derived from the message's key and are the same at every attempt, so that a receiver can drop a repeat. Titles cannot
 * add headers.
 *
 * <p>Replies become outcomes: 4yz transient, with a pause of {@code greylistDelay} asked for by 450 and 451; 530, 534, 535, 538
 * unauthorized; 5.1.x, 5.2.1 and, as answers to RCPT, 550, 551, 553 an invalid recipient; 5.3.4 and 552, like a mail above the size the server announces, too large; 5.7.x, 554 and every
 * other 5yz an invalid request. A connection lost before the end of data is transient, after it unknown. If some recipients are refused
 * the others get the mail, and the outcome is partial.
 *
 * <p>One connection a message, opened and closed by it. Every conversation runs on a platform thread of its own, since the mail library
 * blocks inside monitors, which would hold a virtual thread's carrier; the caller waits for it at most {@code timeout}, then the
 * connection is cut. Immutable, safe for use by many threads.
 */
public final class SmtpGateway implements Gateway {
    private final SmtpGatewayBuilder settings;
    private final Semaphore connections;
    private final AtomicLong conversations = new AtomicLong();

    SmtpGateway(SmtpGatewayBuilder settings) {
        this.settings = settings;
        this.connections = new Semaphore(settings.maxConnections);
    }

    /**
     * Starts a gateway; host, sender and at least one recipient must be given.
     *
     * @return a builder with every default
     */
    public static SmtpGatewayBuilder builder() {
        return new SmtpGatewayBuilder();
    }

    @Override
    public String name() {
        return settings.name;
    }

    @Override
    public DeliveryOutcome send(Message message) throws InterruptedException {
        return within(
                conversation -> deliver(conversation, message),
                DeliveryOutcome.Transient::new,
                DeliveryOutcome.Unknown::new);
    }

    private DeliveryOutcome deliver(SmtpConversation conversation, Message message) {
        SmtpLetter letter;
        try {
            letter =
                    SmtpLetter.of(message, settings.from, settings.recipients, settings.domain, conversation.session());
        } catch (MessagingException e) {
            return new DeliveryOutcome.InvalidRequest("the message cannot be written as a mail");
        }
        MessagingException failure = null;
        try {
            connect(conversation);
            long limit = conversation.largestMail();
            if (limit > 0 && letter.bytes() > limit) {
                return new DeliveryOutcome.TooLarge(letter.bytes() + " bytes; the server takes " + limit);
            }
            conversation.sendMessage(letter, letter.getAllRecipients());
        } catch (MessagingException e) {
            failure = e;
        }
        return conversation.outcome(failure, letter.messageId(), recipients(), settings.greylistDelay);
    }

    /**
     * {@inheritDoc}
     *
     * <p>Connects, logs in if there is a login, and sends NOOP.
     */
    @Override
    public GatewayHealth check() throws InterruptedException {
        return within(this::ping, GatewayHealth.Down::new, GatewayHealth.Down::new);
    }

    private GatewayHealth ping(SmtpConversation conversation) {
        long start = System.nanoTime();
        MessagingException failure = null;
        try {
            connect(conversation);
            if (conversation.isConnected()) { // sends NOOP
                return new GatewayHealth.Up(Duration.ofNanos(System.nanoTime() - start));
            }
        } catch (MessagingException e) {
            failure = e;
        }
        return new GatewayHealth.Down(conversation.whyNot(failure));
    }

    private void connect(SmtpConversation conversation) throws MessagingException {
        conversation.connect(settings.host, settings.port(), settings.user, settings.password);
    }

    /** Talks on a thread of its own until done or cut at the deadline. */
    private <T> T within(Function<SmtpConversation, T> talk, Function<String, T> notSent, Function<String, T> unknown)
            throws InterruptedException {
        long start = System.nanoTime();
        long budget = settings.timeout.toNanos();
        if (!connections.tryAcquire(budget, TimeUnit.NANOSECONDS)) {
            return notSent.apply("all " + settings.maxConnections + " connections were busy for " + settings.timeout);
        }
        SmtpSockets sockets = new SmtpSockets(settings.tls);
        SmtpConversation conversation = new SmtpConversation(Session.getInstance(properties(sockets)));
        CompletableFuture<T> result = new CompletableFuture<>();
        startTalking(conversation, talk, result);
        try {
            return result.get(budget - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            sockets.cut(); // first cut, then look: after the cut no end of data can go out any more
            String reason = "no end within " + settings.timeout;
            return conversation.hasEndedData() ? unknown.apply(reason) : notSent.apply(reason);
        } catch (InterruptedException e) {
            sockets.cut();
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a bug in the conversation with the mail server", e.getCause());
        }
    }

    private <T> void startTalking(
            SmtpConversation conversation, Function<SmtpConversation, T> talk, CompletableFuture<T> result) {
        Thread.ofPlatform()
                .daemon()
                .name("tocsin-smtp-" + conversations.incrementAndGet())
                .start(() -> {
                    try {
                        result.complete(talk.apply(conversation));
                    } catch (RuntimeException | Error e) {
                        result.completeExceptionally(e);
                    } finally {
                        conversation.quit(); // the caller has its outcome and does not wait for this
                        connections.release();
                    }
                });
    }

    private Properties properties(SmtpSockets sockets) {
        Properties p = new Properties();
        p.put("mail.smtp.socketFactory", sockets.plain());
        p.put("mail.smtp.ssl.socketFactory", sockets.tls());
        p.setProperty("mail.smtp.socketFactory.fallback", "false");
        p.setProperty("mail.smtp.connectiontimeout", String.valueOf(settings.connectTimeout.toMillis()));
        p.setProperty("mail.smtp.timeout", String.valueOf(settings.timeout.toMillis()));
        p.setProperty("mail.smtp.ssl.enable", String.valueOf(settings.security == SmtpSecurity.TLS));
        p.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        p.setProperty("mail.smtp.starttls.enable", String.valueOf(settings.security == SmtpSecurity.STARTTLS));
        p.setProperty("mail.smtp.starttls.required", String.valueOf(settings.security == SmtpSecurity.STARTTLS));
        p.setProperty("mail.smtp.auth", String.valueOf(settings.user != null));
        p.setProperty("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
        p.setProperty("mail.smtp.from", settings.from.getAddress());
        p.setProperty("mail.smtp.sendpartial", "true");
        if (settings.helloName != null) {
            p.setProperty("mail.smtp.localhost", settings.helloName);
        }
        return p;
    }

    private String recipients() {
        return settings.recipients.stream().map(InternetAddress::getAddress).collect(Collectors.joining(", "));
    }

    @Override
    public String toString() {
        return "SmtpGateway[" + name() + ", " + settings.host + ":" + settings.port() + ", " + settings.security + "]";
    }
}
