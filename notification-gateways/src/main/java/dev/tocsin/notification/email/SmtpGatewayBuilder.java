package dev.tocsin.notification.email;

import static java.util.Objects.requireNonNull;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.io.UnsupportedEncodingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Collects the settings of an {@link SmtpGateway}; each is checked at once. Not safe for use by several threads. */
public final class SmtpGatewayBuilder {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:-]{1,64}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.:_\\[\\]-]{1,253}");
    private static final Duration LONGEST = Duration.ofMinutes(15);

    String name = "email";
    String host = "";
    SmtpSecurity security = SmtpSecurity.STARTTLS;

    @Nullable String user;

    @Nullable String password;

    InternetAddress from = new InternetAddress();
    List<InternetAddress> recipients = List.of();
    String domain = "";

    @Nullable String helloName;

    Duration connectTimeout = Duration.ofSeconds(5);
    Duration timeout = Duration.ofSeconds(30);
    Duration greylistDelay = Duration.ofMinutes(5);
    int maxConnections = 4;
    SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
    private int port;

    SmtpGatewayBuilder() {}

    private SmtpGatewayBuilder(SmtpGatewayBuilder other) {
        name = other.name;
        host = other.host;
        security = other.security;
        user = other.user;
        password = other.password;
        from = other.from;
        recipients = other.recipients;
        domain = other.domain;
        helloName = other.helloName;
        connectTimeout = other.connectTimeout;
        timeout = other.timeout;
        greylistDelay = other.greylistDelay;
        maxConnections = other.maxConnections;
        tls = other.tls;
        port = other.port;
    }

    /**
     * What the gateway is called.
     *
     * @param name default {@code email}; 1 to 64 characters of {@code A-Z a-z 0-9 . _ : -}
     * @return this builder
     */
    public SmtpGatewayBuilder name(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "name must be 1 to 64 characters of A-Z a-z 0-9 . _ : -, was '" + name + "'");
        }
        this.name = name;
        return this;
    }

    /**
     * The mail server; required.
     *
     * @param host its host name, which its certificate must bear, or its address
     * @return this builder
     */
    public SmtpGatewayBuilder host(String host) {
        this.host = hostName(host, "host");
        return this;
    }

    /**
     * The mail server's port.
     *
     * @param port default 587 with STARTTLS, 465 with TLS, 25 with none; 1 to 65535
     * @return this builder
     */
    public SmtpGatewayBuilder port(int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port must be 1 to 65535, was " + port);
        }
        this.port = port;
        return this;
    }

    /**
     * How the connection is protected.
     *
     * @param security default {@link SmtpSecurity#STARTTLS}
     * @return this builder
     */
    public SmtpGatewayBuilder security(SmtpSecurity security) {
        this.security = requireNonNull(security, "security");
        return this;
    }

    /**
     * What the server's certificate is checked with.
     *
     * @param context default the JDK's; one that trusts everybody gives mail and password to whoever is in between
     * @return this builder
     */
    public SmtpGatewayBuilder sslContext(SSLContext context) {
        this.tls = context.getSocketFactory();
        return this;
    }

    /**
     * Logs in, by PLAIN or LOGIN, which is why the connection must be protected.
     *
     * @param user the name; default no login
     * @param password the password, a secret that is in no text or log of ours
     * @return this builder
     */
    public SmtpGatewayBuilder login(String user, String password) {
        this.user = requireNonNull(user, "user");
        this.password = requireNonNull(password, "password");
        return this;
    }

    /**
     * The sender; required.
     *
     * @param address {@code a@b.example} or {@code Name <a@b.example>}
     * @return this builder
     * @throws IllegalArgumentException if it is no address
     */
    public SmtpGatewayBuilder from(String address) {
        this.from = parsed(address, "from");
        return this;
    }

    /**
     * The recipients; at least one is required. They see each other, and a repeat for one of them goes to all: where that matters, use
     * one gateway for each.
     *
     * @param addresses each {@code a@b.example} or {@code Name <a@b.example>}; replaces what was given before
     * @return this builder
     * @throws IllegalArgumentException if one is no address
     */
    public SmtpGatewayBuilder to(String... addresses) {
        List<InternetAddress> parsed = new ArrayList<>();
        for (String address : addresses) {
            parsed.add(parsed(address, "to"));
        }
        this.recipients = List.copyOf(parsed);
        return this;
    }

    /**
     * The right side of message ids.
     *
     * @param domain default the sender's domain; changing it makes receivers see repeats as new mails
     * @return this builder
     */
    public SmtpGatewayBuilder messageIdDomain(String domain) {
        this.domain = hostName(domain, "messageIdDomain");
        return this;
    }

    /**
     * The name by which we greet the server.
     *
     * @param helloName default this machine's full host name, which is looked up for every conversation; give one where that is slow
     * @return this builder
     */
    public SmtpGatewayBuilder helloName(String helloName) {
        this.helloName = hostName(helloName, "helloName");
        return this;
    }

    /**
     * How long connecting may take.
     *
     * @param connectTimeout default 5 s; 1 ms to 15 min
     * @return this builder
     */
    public SmtpGatewayBuilder connectTimeout(Duration connectTimeout) {
        this.connectTimeout = checked(connectTimeout, "connectTimeout");
        return this;
    }

    /**
     * How long an attempt may take as a whole, waiting for a free connection included.
     *
     * @param timeout default 30 s; 1 ms to 15 min. Too short makes deliveries unknown that were accepted, and so repeats
     * @return this builder
     */
    public SmtpGatewayBuilder timeout(Duration timeout) {
        this.timeout = checked(timeout, "timeout");
        return this;
    }

    /**
     * The pause a 450 or 451 asks for. A greylisting server refuses everybody's first attempt and wants the second some minutes later.
     *
     * @param greylistDelay default 5 min; 1 ms to 15 min. Too short prolongs the refusal at some servers
     * @return this builder
     */
    public SmtpGatewayBuilder greylistDelay(Duration greylistDelay) {
        this.greylistDelay = checked(greylistDelay, "greylistDelay");
        return this;
    }

    /**
     * How many conversations there are at one time; further senders wait.
     *
     * @param maxConnections default 4; 1 to 100. Many servers refuse a client with too many
     * @return this builder
     */
    public SmtpGatewayBuilder maxConnections(int maxConnections) {
        if (maxConnections < 1 || maxConnections > 100) {
            throw new IllegalArgumentException("maxConnections must be 1 to 100, was " + maxConnections);
        }
        this.maxConnections = maxConnections;
        return this;
    }

    /**
     * Makes the gateway. Opens no connection.
     *
     * @return an immutable gateway
     * @throws IllegalStateException if host, sender or recipients are missing, or there is a login without protection
     */
    public SmtpGateway build() {
        require(!host.isEmpty(), "host must be given");
        require(from.getAddress() != null, "from must be given");
        require(!recipients.isEmpty(), "to must name at least one recipient");
        require(user == null || security != SmtpSecurity.NONE, "login needs security STARTTLS or TLS, was NONE");
        SmtpGatewayBuilder settings = new SmtpGatewayBuilder(this);
        if (domain.isEmpty()) {
            String address = from.getAddress();
            settings.domain = address.substring(address.lastIndexOf('@') + 1);
        }
        return new SmtpGateway(settings);
    }

    int port() {
        return port == 0 ? security.port() : port;
    }

    private static void require(boolean fulfilled, String rule) {
        if (!fulfilled) {
            throw new IllegalStateException(rule);
        }
    }

    private static String hostName(String value, String setting) {
        if (!HOST.matcher(value).matches()) {
            throw new IllegalArgumentException(setting + " must be a host name or address, was '" + value + "'");
        }
        return value;
    }

    private static InternetAddress parsed(String address, String setting) {
        try {
            InternetAddress parsed = new InternetAddress(address, true);
            // the parser leaves out what follows the closing bracket, line breaks included
            boolean whole = address.indexOf('<') < 0 || address.endsWith(">");
            boolean plain = whole
                    && address.chars().noneMatch(Character::isISOControl)
                    && parsed.getAddress().matches("[\\x21-\\x7e]+@[A-Za-z0-9.-]+");
            if (!plain || parsed.isGroup()) {
                throw new IllegalArgumentException(setting + " must be one address in ASCII, was '" + address + "'");
            }
            if (parsed.getPersonal() != null) {
                parsed.setPersonal(parsed.getPersonal(), "UTF-8");
            }
            return parsed;
        } catch (AddressException | UnsupportedEncodingException e) {
            throw new IllegalArgumentException(setting + " must be an address, was '" + address + "'", e);
        }
    }

    private static Duration checked(Duration value, String name) {
        if (value.toMillis() < 1 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " must be 1 ms to 15 min, was " + value);
        }
        return value;
    }

    @Override
    public String toString() {
        return "SmtpGatewayBuilder[" + name + ", " + host + "]";
    }
}
