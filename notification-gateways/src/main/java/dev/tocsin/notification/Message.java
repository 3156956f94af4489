package dev.tocsin.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What is to be said, independent of the gateway that says it. Immutable; each {@code withX} returns a changed copy.
 *
 * <p>Texts are plain: each gateway escapes and cuts them for its own medium. Unpaired surrogates are replaced by a question mark.
 *
 * @param key what identifies this message over all attempts and gateways; 1 to 255 characters of visible ASCII
 * @param title the headline; not blank
 * @param text the body, lines separated by {@code \n}; may be empty
 * @param html the body as HTML for gateways that can show it, already safe to show; empty if there is none
 * @param severity one word, such as {@code info}, {@code warning}, {@code critical}; 1 to 32 characters of {@code A-Z a-z 0-9 _ -}
 * @param facts named details, sorted by name; names are not blank
 * @param at when what it is about happened
 */
public record Message(
        String key,
        String title,
        String text,
        Optional<String> html,
        String severity,
        SortedMap<String, String> facts,
        Instant at) {
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Pattern SEVERITY = Pattern.compile("[A-Za-z0-9_-]{1,32}");

    /**
     * Checks and copies its parts.
     *
     * @param key what identifies this message
     * @param title the headline
     * @param text the body
     * @param html the body as HTML
     * @param severity one word
     * @param facts named details
     * @param at when it happened
     * @throws IllegalArgumentException if the key, the title, the severity or a fact's name is not as described above
     */
    public Message {
        if (!KEY.matcher(key).matches()) {
            throw new IllegalArgumentException("key must be 1 to 255 characters of visible ASCII, was '" + key + "'");
        }
        if (title.isBlank()) {
            throw new IllegalArgumentException("title must not be blank");
        }
        if (!SEVERITY.matcher(severity).matches()) {
            throw new IllegalArgumentException("severity must be one word of A-Z a-z 0-9 _ -, was '" + severity + "'");
        }
        title = wellFormed(title);
        text = wellFormed(text);
        html = html.map(Message::wellFormed);
        facts = copyOf(facts);
        requireNonNull(at, "at");
    }

    /**
     * A message about something that happened just now, by this machine's clock.
     *
     * @param title the headline; not blank
     * @param text the body; may be empty
     * @return a message of severity {@code info} whose key is derived from title, text and time
     */
    public static Message of(String title, String text) {
        return of(title, text, Instant.now()); // for those who have no clock to pass; the other factory takes the time
    }

    /**
     * A message about something that happened at a given time.
     *
     * @param title the headline; not blank
     * @param text the body; may be empty
     * @param at when it happened
     * @return a message of severity {@code info} whose key is derived from title, text and time
     */
    public static Message of(String title, String text, Instant at) {
        return new Message(
                keyOf(title, text, at), title, text, Optional.empty(), "info", Collections.emptySortedMap(), at);
    }

    /**
     * The same message under another key.
     *
     * @param key 1 to 255 characters of visible ASCII, derived from what the message is about
     * @return a changed copy
     * @throws IllegalArgumentException if the key is not so
     */
    public Message withKey(String key) {
        return new Message(key, title, text, html, severity, facts, at);
    }

    /**
     * The same message with a body for gateways that can show HTML.
     *
     * @param html the HTML; what comes from outside must have been escaped in it
     * @return a changed copy
     */
    public Message withHtml(String html) {
        return new Message(key, title, text, Optional.of(html), severity, facts, at);
    }

    /**
     * The same message with another severity.
     *
     * @param severity one word
     * @return a changed copy
     * @throws IllegalArgumentException if it is not one word of {@code A-Z a-z 0-9 _ -}
     */
    public Message withSeverity(String severity) {
        return new Message(key, title, text, html, severity, facts, at);
    }

    /**
     * The same message with one more fact.
     *
     * @param name what the fact is called; not blank
     * @param value what it says
     * @return a changed copy; a fact of that name is replaced
     */
    public Message withFact(String name, String value) {
        SortedMap<String, String> more = new TreeMap<>(facts);
        more.put(name, value);
        return new Message(key, title, text, html, severity, more, at);
    }

    /**
     * The same message with these facts and no others.
     *
     * @param facts names, not blank, and values
     * @return a changed copy
     */
    public Message withFacts(Map<String, String> facts) {
        return new Message(key, title, text, html, severity, new TreeMap<>(facts), at);
    }

    private static String keyOf(String title, String text, Instant at) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] hash = digest.digest((at + "\0" + title + "\0" + text).getBytes(UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
        }
    }

    private static SortedMap<String, String> copyOf(SortedMap<String, String> facts) {
        SortedMap<String, String> copy = new TreeMap<>();
        facts.forEach((name, value) -> {
            if (name.isBlank()) {
                throw new IllegalArgumentException("a fact's name must not be blank");
            }
            copy.put(wellFormed(name), wellFormed(value));
        });
        return Collections.unmodifiableSortedMap(copy);
    }

    private static String wellFormed(String text) {
        return new String(text.getBytes(UTF_8), UTF_8); // the encoder puts ? for what is no character
    }
}
