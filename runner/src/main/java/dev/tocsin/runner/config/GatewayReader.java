package dev.tocsin.runner.config;

import static java.util.Objects.requireNonNull;

import dev.tocsin.notification.SlackWebhook;
import dev.tocsin.notification.WebhookGateway;
import dev.tocsin.notification.email.SmtpGateway;
import dev.tocsin.notification.email.SmtpGatewayBuilder;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code gateways}. What a setting may be is asked of the gateway that it is for. */
final class GatewayReader {

    /** The names that stand in the file, and those of them that can be made. */
    record Gateways(Set<String> names, Map<String, GatewayConfig> right) {}

    private enum Type {
        TERMINAL,
        SMTP,
        WEBHOOK,
        SLACK
    }

    Gateways read(YamlSection root) {
        Set<String> names = new LinkedHashSet<>();
        Map<String, GatewayConfig> gateways = new LinkedHashMap<>();
        if (root.isMissing("gateways")) {
            root.missing("gateways", "at least one way to reach people");
        }
        root.namedSections("gateways", (name, section) -> {
            if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
                section.problem(
                        "type", "a gateway's name must be 1 to 64 letters, digits, . _ and -, was \"" + name + "\"");
            }
            names.add(name);
            Optional<Type> type = section.required(
                    "type", "one of terminal, smtp, webhook, slack", value -> YamlSection.constant(Type.class, value));
            if (type.isEmpty()) {
                section.names(); // which keys belong there is not known
            }
            type.flatMap(known -> gateway(section, known)).ifPresent(gateway -> gateways.put(name, gateway));
        });
        return new Gateways(names, gateways);
    }

    private static Optional<GatewayConfig> gateway(YamlSection section, Type type) {
        return switch (type) {
            case TERMINAL -> Optional.of(new GatewayConfig.Terminal());
            case SMTP -> Optional.of(smtp(section));
            case WEBHOOK -> {
                Optional<String> secret = section.parsed("secret", GatewayReader::secret);
                yield section.required(
                                "url",
                                "a URL that begins with https:// or http://",
                                value -> accepted(url(value), WebhookGateway::to))
                        .map(url -> new GatewayConfig.Webhook(url, secret));
            }
            case SLACK ->
                section.required(
                                "url",
                                "the address of a Slack incoming webhook",
                                value -> accepted(url(value), SlackWebhook::to))
                        .map(GatewayConfig.Slack::new);
        };
    }

    private static URI url(String text) {
        return ConfigReader.url(text, Set.of("http", "https"));
    }

    /** The gateway speaks of the key by another name than the file does. */
    private static String secret(String text) {
        try {
            return accepted(text, GatewayConfig.Webhook::signingKey);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected a secret of at least 16 bytes", e);
        }
    }

    /** The value, once the gateway has taken it; what was made of it is let go. */
    private static <T> T accepted(T value, Function<T, ?> gateway) {
        requireNonNull(gateway.apply(value), "gateway");
        return value;
    }

    private static GatewayConfig smtp(YamlSection section) {
        GatewayConfig.Security security =
                section.choice("security", GatewayConfig.Security.class, GatewayConfig.Security.STARTTLS);
        int usual = security == GatewayConfig.Security.TLS ? 465 : security == GatewayConfig.Security.NONE ? 25 : 587;
        SmtpGatewayBuilder trial = SmtpGateway.builder();
        String host = section.required("host", "the name of a mail server", value -> accepted(value, trial::host))
                .orElse("");
        int port = section.integer("port", usual, 1, 65_535);
        Optional<String> user = section.text("user");
        Optional<String> password = section.text("password");
        if (section.has("user") != section.has("password")) {
            section.problem(
                    section.has("user") ? "password" : "user", "user and password belong together; one is missing");
        }
        String from = section.required("from", "a mail address", value -> accepted(value, trial::from))
                .orElse("");
        List<String> to = section.atLeastOne("to", "at least one mail address", value -> accepted(value, trial::to));
        if (user.isPresent() && security == GatewayConfig.Security.NONE) {
            section.problem("security", "a password is not sent in the clear; expected starttls or tls");
        }
        return new GatewayConfig.Smtp(
                host,
                port,
                security,
                user.flatMap(name -> password.map(secret -> new GatewayConfig.Login(name, secret))),
                from,
                to);
    }
}
