package dev.tocsin.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Pattern;

/**
 * A secret shared with a receiver, and the name under which both know it. Its text form shows the name only.
 *
 * <p>To rotate: give the receiver the new key beside the old one, let the sender use the new one, take the old one away.
 */
public final class SigningKey {
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final int LEAST_BYTES = 16;

    private final String id;
    private final byte[] secret;

    private SigningKey(String id, byte[] secret) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("id must be 1 to 64 characters of A-Z a-z 0-9 . _ -, was '" + id + "'");
        }
        if (secret.length < LEAST_BYTES) {
            throw new IllegalArgumentException(
                    "secret of key " + id + " must have at least " + LEAST_BYTES + " bytes, had " + secret.length);
        }
        this.id = id;
        this.secret = secret;
    }

    /**
     * A key whose secret is text.
     *
     * @param id its public name, sent with every signature; 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
     * @param secret at least 16 bytes in UTF-8; a short or guessable one can be found by trying
     * @return the key
     * @throws IllegalArgumentException if one of them is not so
     */
    public static SigningKey of(String id, String secret) {
        return new SigningKey(id, secret.getBytes(UTF_8));
    }

    /**
     * A key whose secret is bytes.
     *
     * @param id its public name, sent with every signature; 1 to 64 characters of {@code A-Z a-z 0-9 . _ -}
     * @param secret at least 16 bytes; copied
     * @return the key
     * @throws IllegalArgumentException if one of them is not so
     */
    public static SigningKey of(String id, byte[] secret) {
        return new SigningKey(id, secret.clone());
    }

    /**
     * The key's public name.
     *
     * @return the name
     */
    public String id() {
        return id;
    }

    byte[] secret() {
        return secret;
    }

    @Override
    public String toString() {
        return "SigningKey[" + id + "]";
    }
}
