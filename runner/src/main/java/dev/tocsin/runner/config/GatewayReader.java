package dev.tocsin.runner.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code gateways}. */
final class GatewayReader {

    private enum Type {
        TERMINAL,
        SMTP,
        WEBHOOK,
        SLACK
    }

    Map<String, GatewayConfig> read(YamlSection root) {
        Map<String, GatewayConfig> gateways = new LinkedHashMap<>();
        if (!root.has("gateways")) {
            root.problem("gateways", "is missing; expected at least one way to reach people");
        }
        root.namedSections("gateways", (name, section) -> {
            if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
                section.problem(
                        "type", "a gateway's name must be 1 to 64 letters, digits, . _ and -, was \"" + name + "\"");
            }
            String type = section.required("type", "one of terminal, smtp, webhook, slack");
            if (!type.isEmpty()) {
                gateway(section, section.choice("type", Type.class, Type.TERMINAL))
                        .ifPresent(gateway -> gateways.put(name, gateway));
            }
        });
        return gateways;
    }

    private static Optional<GatewayConfig> gateway(YamlSection section, Type type) {
        return switch (type) {
            case TERMINAL -> Optional.of(new GatewayConfig.Terminal());
            case SMTP -> Optional.of(smtp(section));
            case WEBHOOK -> {
                section.required("url", "a URL that begins with https:// or http://");
                Optional<String> secret = section.parsed("secret", GatewayReader::secret);
                yield section.parsed("url", value -> ConfigReader.url(value, Set.of("http", "https")))
                        .map(url -> new GatewayConfig.Webhook(url, secret));
            }
            case SLACK -> {
                section.required("url", "the address of a Slack incoming webhook");
                yield section.parsed("url", value -> ConfigReader.url(value, Set.of("http", "https")))
                        .map(GatewayConfig.Slack::new);
            }
        };
    }

    private static String secret(String text) {
        if (text.length() < 16) {
            throw new IllegalArgumentException("expected at least 16 characters, had " + text.length());
        }
        return text;
    }

    private static GatewayConfig smtp(YamlSection section) {
        GatewayConfig.Security security =
                section.choice("security", GatewayConfig.Security.class, GatewayConfig.Security.STARTTLS);
        int usual = security == GatewayConfig.Security.TLS ? 465 : security == GatewayConfig.Security.NONE ? 25 : 587;
        String host = section.required("host", "the name of a mail server");
        int port = section.integer("port", usual, 1, 65_535);
        Optional<String> user = section.text("user");
        Optional<String> password = section.text("password");
        if (section.has("user") != section.has("password")) {
            section.problem(
                    section.has("user") ? "password" : "user", "user and password belong together; one is missing");
        }
        String from = mailAddress(section, "from", section.required("from", "a mail address"));
        List<String> to = section.texts("to");
        if (user.isPresent() && security == GatewayConfig.Security.NONE) {
            section.problem("security", "a password is not sent in the clear; expected starttls or tls");
        }
        if (to.isEmpty()) {
            section.problem("to", "is missing; expected at least one mail address");
        }
        to.forEach(address -> mailAddress(section, "to", address));
        return new GatewayConfig.Smtp(
                host,
                port,
                security,
                user.flatMap(name -> password.map(secret -> new GatewayConfig.Login(name, secret))),
                from,
                to);
    }

    private static String mailAddress(YamlSection section, String key, String address) {
        if (!address.isEmpty() && !address.matches("[^@\\s<>]+@[^@\\s<>]+")) {
            section.problem(key, "expected a mail address such as ops@example.org, was \"" + address + "\"");
        }
        return address;
    }
}
