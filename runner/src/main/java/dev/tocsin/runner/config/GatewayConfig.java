package dev.tocsin.runner.config;

import dev.tocsin.notification.SigningKey;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/** One gateway of the file. Secrets are never in {@code toString}. */
public sealed interface GatewayConfig {

    /**
     * Prints alerts to the terminal the runner was started in.
     */
    record Terminal() implements GatewayConfig {}

    /** How the connection to a mail server is protected. */
    enum Security {
        /** Not at all: for a server on the same machine. */
        NONE,
        /** Begins in clear and must switch to TLS before anything is said. */
        STARTTLS,
        /** TLS from the first byte. */
        TLS
    }

    /**
     * Email over SMTP.
     *
     * @param host the server
     * @param port its port
     * @param security how the connection is protected
     * @param login user and password, if the server wants them
     * @param from the sender's address
     * @param to the recipients' addresses
     */
    record Smtp(String host, int port, Security security, Optional<Login> login, String from, List<String> to)
            implements GatewayConfig {}

    /**
     * User and password.
     *
     * @param user the user
     * @param password the secret
     */
    record Login(String user, String password) {
        @Override
        public String toString() {
            return "Login[user=" + user + "]";
        }
    }

    /**
     * A POST, signed when there is a secret.
     *
     * @param url where to; may hold a secret
     * @param secret the signing secret
     */
    record Webhook(URI url, Optional<String> secret) implements GatewayConfig {
        /** The public name of the signing key, sent with every signature. */
        private static final String SIGNER = "tocsin";

        /**
         * The key that a secret makes.
         *
         * @param secret the signing secret
         * @return the key
         * @throws IllegalArgumentException if the secret is too short
         */
        public static SigningKey signingKey(String secret) {
            return SigningKey.of(SIGNER, secret);
        }

        @Override
        public String toString() {
            return "Webhook[host=" + url.getHost() + "]";
        }
    }

    /**
     * A Slack incoming webhook.
     *
     * @param url the secret address that Slack gave out
     */
    record Slack(URI url) implements GatewayConfig {
        @Override
        public String toString() {
            return "Slack[]";
        }
    }
}
