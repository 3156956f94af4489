package dev.tocsin.notification.email;

/** How the connection to a mail server is protected. */
public enum SmtpSecurity {
    /** Begin in clear and switch to TLS before anything else; a server that cannot is not used. Usual port 587. */
    STARTTLS(587),
    /** TLS from the first byte. Usual port 465. */
    TLS(465),
    /** Not at all: everybody on the way can read and change the mail. For a server on the same machine. Usual port 25. */
    NONE(25);

    private final int port;

    SmtpSecurity(int port) {
        this.port = port;
    }

    int port() {
        return port;
    }
}
