package dev.tocsin.alerting;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one receiver is told about one group: either its firing alerts, or its resolved ones, never both.
 *
 * <p>The key is derived from the content, so the same content has the same key whenever and wherever it is made; whoever delivers under the
 * key and remembers it delivers once. Annotations and times are not part of it.
 *
 * @param receiver the receiver's name
 * @param groupLabels the labels by which the group was made, those that its alerts have; sorted, unmodifiable
 * @param alerts the alerts in the order in which they were given; at least one, all of the same status
 * @param key 64 hexadecimal digits when made by {@link #of}: SHA-256 over receiver, group labels, sorted alert keys and status
 */
public record Notification(String receiver, SortedMap<String, String> groupLabels, List<Alert> alerts, String key) {
    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if there is no alert, or if some are firing and some resolved
     */
    public Notification {
        Objects.requireNonNull(receiver, "receiver");
        Objects.requireNonNull(key, "key");
        groupLabels = Collections.unmodifiableSortedMap(new TreeMap<>(groupLabels));
        alerts = List.copyOf(alerts);
        if (alerts.isEmpty()) {
            throw new IllegalArgumentException("alerts must not be empty");
        }
        if (alerts.stream().map(Alert::status).distinct().count() > 1) {
            throw new IllegalArgumentException("alerts must be all firing or all resolved");
        }
    }

    /**
     * A notification with the key that its content gives.
     *
     * @param receiver the receiver's name
     * @param groupLabels the labels by which the group was made
     * @param alerts the alerts; at least one, all of the same status
     * @return the notification
     * @throws IllegalArgumentException if there is no alert, or if some are firing and some resolved
     */
    public static Notification of(String receiver, SortedMap<String, String> groupLabels, List<Alert> alerts) {
        return new Notification(receiver, groupLabels, alerts, keyOf(receiver, groupLabels, alerts));
    }

    /**
     * The status of all its alerts.
     *
     * @return firing or resolved
     */
    public Alert.Status status() {
        return alerts.getFirst().status();
    }

    /** Receiver, status, group and key, for logs; the alerts are only counted. */
    @Override
    public String toString() {
        return "Notification[" + receiver + ' ' + status() + ' ' + groupLabels + " alerts=" + alerts.size() + " key="
                + key + ']';
    }

    private static String keyOf(String receiver, SortedMap<String, String> groupLabels, List<Alert> alerts) {
        MessageDigest digest = sha256();
        put(digest, receiver);
        put(digest, groupLabels.size());
        for (Map.Entry<String, String> label : groupLabels.entrySet()) {
            put(digest, label.getKey());
            put(digest, label.getValue());
        }
        put(digest, alerts.size());
        alerts.stream().map(Alert::key).sorted().forEach(key -> put(digest, key));
        alerts.stream().map(Alert::status).distinct().forEach(status -> put(digest, status.name()));
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Each text goes in with its length before it, so that no two different contents give the same bytes. */
    private static void put(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        put(digest, bytes.length);
        digest.update(bytes);
    }

    private static void put(MessageDigest digest, int number) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java platform has no SHA-256, which every one must have", e);
        }
    }
}
