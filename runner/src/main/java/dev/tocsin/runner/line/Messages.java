package dev.tocsin.runner.line;

import static java.util.Objects.requireNonNull;

import dev.tocsin.alerting.Alert;
import dev.tocsin.alerting.Notification;
import dev.tocsin.alerting.Severity;
import dev.tocsin.notification.Message;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Turns a notification into the message that people read, and messages into the text that the journal keeps. */
final class Messages {

    private static final JsonMapper JSON = new JsonMapper();

    /** How many alerts one message may tell of. */
    static final int MOST_ALERTS = 50;

    private Messages() {}

    static Message of(Notification notification) {
        List<Alert> alerts = notification.alerts();
        Alert first = alerts.getFirst();
        Severity worst = alerts.stream()
                .map(Alert::severity)
                .max(Comparator.naturalOrder())
                .orElse(first.severity());
        boolean withdrawn = first.status() == Alert.Status.RESOLVED;
        String name = notification.groupLabels().getOrDefault("alertname", first.name());
        String count = alerts.size() == 1 ? "" : " (" + alerts.size() + " alerts)";
        String title = "[" + (withdrawn ? "WITHDRAWN" : worst.name()) + "] " + name + count;
        String text = alerts.stream().map(Messages::line).collect(Collectors.joining("\n"))
                + (withdrawn
                        ? "\nThe block left the chain in a reorganisation: what was reported has not happened."
                        : "");
        Map<String, String> facts = new TreeMap<>(notification.groupLabels());
        facts.put("status", withdrawn ? "withdrawn" : "firing");
        facts.put("receiver", notification.receiver());
        facts.put("alerts", alerts.stream().map(Alert::key).collect(Collectors.joining(" ")));
        Instant at = alerts.stream()
                .map(Alert::startsAt)
                .max(Comparator.naturalOrder())
                .orElse(first.startsAt());
        return Message.of(title, text, at)
                .withKey(notification.key())
                .withSeverity(worst.name().toLowerCase(Locale.ROOT))
                .withFacts(facts);
    }

    private static String line(Alert alert) {
        Map<String, String> notes = alert.annotations();
        return notes.getOrDefault("summary", alert.name()) + "\n  chain "
                + alert.labels().getOrDefault("chain", "?") + " block "
                + notes.getOrDefault("block", "?") + " transaction " + notes.getOrDefault("transaction", "?") + " log "
                + notes.getOrDefault("log", "?");
    }

    /** The part of a message that the journal keeps. */
    private record Kept(String title, String text, String key, String severity, Map<String, String> facts, long at) {
        Kept {
            requireNonNull(title, "no title");
            requireNonNull(text, "no text");
            requireNonNull(key, "no key");
            requireNonNull(severity, "no severity");
            facts = Map.copyOf(requireNonNull(facts, "no facts"));
        }
    }

    static String encode(Message message) {
        return JSON.writeValueAsString(new Kept(
                message.title(),
                message.text(),
                message.key(),
                message.severity(),
                message.facts(),
                message.at().toEpochMilli()));
    }

    /** Throws {@link IllegalArgumentException} if the text is no message. */
    static Message decode(String json) {
        try {
            Kept kept = JSON.readValue(json, Kept.class);
            return Message.of(kept.title(), kept.text(), Instant.ofEpochMilli(kept.at()))
                    .withKey(kept.key())
                    .withSeverity(kept.severity())
                    .withFacts(kept.facts());
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }
}
