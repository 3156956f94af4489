package dev.tocsin.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The signature on a webhook request: makes it for the sender, verifies it for the receiver.
 *
 * <p>The header {@value #HEADER} is {@code t=<unix seconds>,kid=<key id>,v1=<hex>}, where {@code v1} is HMAC-SHA256 with the key's secret
 * over {@code t "." method "." path "." body}: the method in upper case, the path as sent (raw, without query), the body's bytes as
 * they came. Fields of names not known here are ignored.
 *
 * <p>The signature does not stop a replay within the tolerance; the message's key, which is in the signed body, does: a receiver
 * remembers keys at least as long as the tolerance is.
 */
public final class WebhookSignature {
    /** The header's name. */
    public static final String HEADER = "Tocsin-Signature";

    /** How far the signature's time may lie from the receiver's, unless said otherwise: 300 s. */
    public static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final int LONGEST_HEADER = 512;
    private static final Pattern FIELD = Pattern.compile("([a-z0-9]{1,16})=([A-Za-z0-9._-]{1,128})");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,11}");
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    private WebhookSignature() {}

    /** What verifying a signature found. */
    public enum Verdict {
        /** Made with a known key over this very request, at a time near enough. */
        VALID,
        /** There is no header, or it does not have the form described above. */
        MALFORMED,
        /** None of the receiver's keys has that id. */
        UNKNOWN_KEY,
        /** Time, method, path or body are not those that were signed, or the secret is another. */
        MISMATCH,
        /** Genuine, but its time is too far from the receiver's: a replay, or a wrong clock. */
        OUT_OF_TOLERANCE;

        /**
         * Whether the request may be trusted.
         *
         * @return true for {@link #VALID} alone
         */
        public boolean isValid() {
            return this == VALID;
        }
    }

    /**
     * Signs a request.
     *
     * @param key with what
     * @param method the HTTP method in upper case
     * @param path the path as sent, raw, without query; {@code /} if empty
     * @param body the body's bytes as sent
     * @param at the time of signing
     * @return the header's value
     */
    public static String sign(SigningKey key, String method, String path, byte[] body, Instant at) {
        String seconds = Long.toString(at.getEpochSecond());
        String mac = HexFormat.of().formatHex(mac(key, seconds, method, path, body));
        return "t=" + seconds + ",kid=" + key.id() + ",v1=" + mac;
    }

    /**
     * Verifies a request's signature with the default {@link #TOLERANCE}.
     *
     * @param header the value of the header {@value #HEADER}; an empty text if there is none
     * @param method the HTTP method in upper case
     * @param path the path as received, raw, without query
     * @param body the body's bytes as received, before any parsing
     * @param keys the keys that are valid now; two while one is being rotated
     * @param now the receiver's time
     * @return what was found
     */
    public static Verdict verify(
            String header, String method, String path, byte[] body, Collection<SigningKey> keys, Instant now) {
        return verify(header, method, path, body, keys, now, TOLERANCE);
    }

    /**
     * Verifies a request's signature. The comparison takes the same time wherever the difference lies.
     *
     * @param header the value of the header {@value #HEADER}; an empty text if there is none
     * @param method the HTTP method in upper case
     * @param path the path as received, raw, without query
     * @param body the body's bytes as received, before any parsing
     * @param keys the keys that are valid now; two while one is being rotated
     * @param now the receiver's time
     * @param tolerance how far the signature's time may lie before or after {@code now}; zero or more
     * @return what was found
     */
    public static Verdict verify(
            String header,
            String method,
            String path,
            byte[] body,
            Collection<SigningKey> keys,
            Instant now,
            Duration tolerance) {
        Map<String, String> fields = fields(header);
        String seconds = fields.getOrDefault("t", "");
        String kid = fields.getOrDefault("kid", "");
        String signature = fields.getOrDefault("v1", "");
        if (!SECONDS.matcher(seconds).matches()
                || kid.isEmpty()
                || !HEX.matcher(signature).matches()) {
            return Verdict.MALFORMED;
        }
        for (SigningKey key : keys) {
            if (key.id().equals(kid)) {
                byte[] expected = mac(key, seconds, method, path, body);
                if (!MessageDigest.isEqual(expected, HexFormat.of().parseHex(signature))) {
                    return Verdict.MISMATCH;
                }
                Instant at = Instant.ofEpochSecond(Long.parseLong(seconds));
                boolean near = Duration.between(at, now).abs().compareTo(tolerance) <= 0;
                return near ? Verdict.VALID : Verdict.OUT_OF_TOLERANCE;
            }
        }
        return Verdict.UNKNOWN_KEY;
    }

    /** The header's fields by name; none if it is not made of fields, or if one is there twice. */
    private static Map<String, String> fields(String header) {
        Map<String, String> fields = new HashMap<>();
        if (header.length() > LONGEST_HEADER) {
            return fields;
        }
        for (String part : header.split(",", -1)) {
            Matcher field = FIELD.matcher(part.strip());
            if (!field.matches() || fields.put(field.group(1), field.group(2)) != null) {
                return Map.of();
            }
        }
        return fields;
    }

    private static byte[] mac(SigningKey key, String seconds, String method, String path, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.secret(), "HmacSHA256"));
            mac.update((seconds + "." + method + "." + path + ".").getBytes(UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK has no HmacSHA256, which every JDK must have", e);
        }
    }
}
