package dev.tocsin.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A named condition with labels, firing or resolved.
 *
 * <p>Labels tell alerts apart and decide where they go; annotations are for those who read them and decide nothing. The name is the label
 * {@code alertname}. Immutable; each method that sets something returns a changed copy. Safe for use by many threads.
 *
 * {@snippet file="dev/tocsin/alerting/AlertTest.java" region="alert"}
 */
public final class Alert {
    private final SortedMap<String, String> labels;
    private final SortedMap<String, String> annotations;
    private final @Nullable String givenKey;
    private final Instant startsAt;
    private final @Nullable Instant resolvedAt;
    private final String fingerprint;

    private Alert(
            SortedMap<String, String> labels,
            SortedMap<String, String> annotations,
            @Nullable String givenKey,
            Instant startsAt,
            @Nullable Instant resolvedAt) {
        this.labels = Collections.unmodifiableSortedMap(labels);
        this.annotations = Collections.unmodifiableSortedMap(annotations);
        this.givenKey = givenKey;
        this.startsAt = startsAt;
        this.resolvedAt = resolvedAt != null && resolvedAt.isBefore(startsAt) ? startsAt : resolvedAt;
        this.fingerprint = fingerprint(labels);
    }

    /** Whether the condition holds. */
    public enum Status {
        /** It holds. */
        FIRING,
        /** It held, and does so no more; or it turned out never to have held. */
        RESOLVED
    }

    /**
     * A firing alert with no other label than its name.
     *
     * @param name the value of the label {@code alertname}; not blank
     * @return the alert
     * @throws IllegalArgumentException if the name is blank
     */
    public static Alert firing(String name) {
        TreeMap<String, String> labels = new TreeMap<>();
        labels.put(LabelNames.ALERT_NAME, checkName(name));
        return new Alert(labels, new TreeMap<>(), null, Instant.EPOCH, null);
    }

    /**
     * A copy with a label set. Setting {@code alertname} renames the alert.
     *
     * @param name letters, digits and {@code _}, not beginning with a digit
     * @param value any text; an empty one takes the label away, since for Prometheus it is the same as none
     * @return the copy
     * @throws IllegalArgumentException if the name is no label name, or if the name of the alert would become blank
     */
    public Alert label(String name, String value) {
        LabelNames.check(name);
        Objects.requireNonNull(value, "value");
        if (name.equals(LabelNames.ALERT_NAME)) {
            checkName(value);
        }
        return new Alert(with(labels, name, value), annotations, givenKey, startsAt, resolvedAt);
    }

    /**
     * A copy with an annotation set.
     *
     * @param name any text but an empty one
     * @param value any text; an empty one takes the annotation away
     * @return the copy
     * @throws IllegalArgumentException if the name is empty
     */
    public Alert annotation(String name, String value) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
        if (name.isEmpty()) {
            throw new IllegalArgumentException("annotation name must not be empty");
        }
        return new Alert(labels, with(annotations, name, value), givenKey, startsAt, resolvedAt);
    }

    /**
     * A copy with another key.
     *
     * @param key what makes two alerts the same occurrence, for example chain, block hash, transaction, log index and rule; not blank
     * @return the copy
     * @throws IllegalArgumentException if the key is blank
     */
    public Alert key(String key) {
        Objects.requireNonNull(key, "key");
        if (key.isBlank()) {
            throw new IllegalArgumentException("key must not be blank");
        }
        return new Alert(labels, annotations, key, startsAt, resolvedAt);
    }

    /**
     * A copy with another start.
     *
     * @param startsAt since when the condition has held
     * @return the copy
     */
    public Alert startsAt(Instant startsAt) {
        Objects.requireNonNull(startsAt, "startsAt");
        return new Alert(labels, annotations, givenKey, startsAt, resolvedAt);
    }

    /**
     * A resolved copy. It has the same key and labels, so it goes where the firing alert went.
     *
     * @param at when the condition ceased; if that is before the start (two clocks need not agree), the start is taken
     * @return the copy
     */
    public Alert resolved(Instant at) {
        Objects.requireNonNull(at, "at");
        return new Alert(labels, annotations, givenKey, startsAt, at);
    }

    /**
     * The name.
     *
     * @return the label {@code alertname}
     */
    public String name() {
        return labels.getOrDefault(LabelNames.ALERT_NAME, "");
    }

    /**
     * The severity.
     *
     * @return what the label {@code severity} names; {@link Severity#INFO} if there is no such label or if it names none
     */
    public Severity severity() {
        return Severity.of(labelOrEmpty(LabelNames.SEVERITY)).orElse(Severity.INFO);
    }

    /**
     * The labels, with the name among them.
     *
     * @return sorted by name, unmodifiable; no value is empty
     */
    public SortedMap<String, String> labels() {
        return labels;
    }

    /**
     * The annotations.
     *
     * @return sorted by name, unmodifiable; no value is empty
     */
    public SortedMap<String, String> annotations() {
        return annotations;
    }

    /**
     * What makes two alerts the same occurrence.
     *
     * @return the key that was set; else the fingerprint, with {@code @} and the start behind it if the start is known, so that the same
     *     condition, when it comes back, is another occurrence
     */
    public String key() {
        if (givenKey != null) {
            return givenKey;
        }
        return startsAt.equals(Instant.EPOCH) ? fingerprint : fingerprint + '@' + startsAt;
    }

    /**
     * A number over the labels, equal to that of Alertmanager for the same labels.
     *
     * @return 16 hexadecimal digits
     */
    public String fingerprint() {
        return fingerprint;
    }

    /**
     * Whether the condition holds.
     *
     * @return resolved, if {@link #resolved} was called
     */
    public Status status() {
        return resolvedAt == null ? Status.FIRING : Status.RESOLVED;
    }

    /**
     * Since when the condition has held.
     *
     * @return the start; {@link Instant#EPOCH} if it was not said
     */
    public Instant startsAt() {
        return startsAt;
    }

    /**
     * When the condition ceased.
     *
     * @return the end, never before the start; empty while the alert is firing
     */
    public Optional<Instant> resolvedAt() {
        return Optional.ofNullable(resolvedAt);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Alert that
                && labels.equals(that.labels)
                && annotations.equals(that.annotations)
                && Objects.equals(givenKey, that.givenKey)
                && startsAt.equals(that.startsAt)
                && Objects.equals(resolvedAt, that.resolvedAt);
    }

    @Override
    public int hashCode() {
        return Objects.hash(labels, annotations, givenKey, startsAt, resolvedAt);
    }

    /** Name, status, labels and key, for logs; not a format to be read by programs. */
    @Override
    public String toString() {
        return "Alert[" + name() + ' ' + status() + ' ' + labels + " key=" + key() + ']';
    }

    /** A label that is not there is the same as an empty one. */
    String labelOrEmpty(String name) {
        return labels.getOrDefault(name, "");
    }

    private static String checkName(String name) {
        Objects.requireNonNull(name, "name");
        if (name.isBlank()) {
            throw new IllegalArgumentException("alert name must not be blank");
        }
        return name;
    }

    private static SortedMap<String, String> with(Map<String, String> map, String name, String value) {
        TreeMap<String, String> copy = new TreeMap<>(map);
        if (value.isEmpty()) {
            copy.remove(name);
        } else {
            copy.put(name, value);
        }
        return copy;
    }

    /** FNV-1a of 64 bits over name, 0xFF, value, 0xFF of each label in order: Alertmanager, {@code LabelSet.Fingerprint}. */
    static String fingerprint(SortedMap<String, String> labels) {
        long hash = 0xcbf29ce484222325L;
        for (Map.Entry<String, String> label : labels.entrySet()) {
            hash = fnv(hash, label.getKey());
            hash = fnv(hash, label.getValue());
        }
        return HexFormat.of().toHexDigits(hash);
    }

    private static long fnv(long seed, String text) {
        long hash = seed;
        for (byte b : text.getBytes(UTF_8)) {
            hash = (hash ^ (b & 0xFF)) * 0x100000001b3L;
        }
        return (hash ^ 0xFF) * 0x100000001b3L;
    }
}
