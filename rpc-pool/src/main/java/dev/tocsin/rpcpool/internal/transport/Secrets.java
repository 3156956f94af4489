package dev.tocsin.rpcpool.internal.transport;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What of a node's URL and headers may be a key, and texts without it: nodes and gateways like to repeat their URL in what they say of an error. */
public final class Secrets {

    private static final int SHORTEST_IN_PATH = 6;
    private static final int SHORTEST_ELSEWHERE = 3;
    /** Segments of a path that are no keys, and whose loss would make an error unreadable. */
    private static final Set<String> WORDS = Set.of(
            "mainnet", "testnet", "ethereum", "polygon", "arbitrum", "optimism", "sepolia", "holesky", "jsonrpc");

    /** In any case. The longest first, so that nothing is left over of one that contains another. */
    private final List<Pattern> secrets;

    private Secrets(Set<String> secrets) {
        this.secrets = secrets.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(secret -> Pattern.compile(secret, Pattern.LITERAL | Pattern.CASE_INSENSITIVE))
                .toList();
    }

    /** Of a URL alone. */
    public static Secrets of(URI url) {
        return of(url, Headers.NONE);
    }

    /** Of a URL and what is sent to it. */
    public static Secrets of(URI url, Headers headers) {
        Set<String> found = new HashSet<>(headers.secrets(url));
        Predicate<String> isLong = part -> part.length() >= SHORTEST_ELSEWHERE;
        add(found, url.getRawUserInfo(), ":", isLong);
        add(found, url.getRawPath(), "/", part -> part.length() >= SHORTEST_IN_PATH && !WORDS.contains(part));
        String query = url.getRawQuery();
        for (String pair : query == null ? new String[0] : query.split("&", -1)) {
            add(found, pair.substring(pair.indexOf('=') + 1), "&", isLong);
        }
        return new Secrets(found);
    }

    /** The text with three asterisks for each secret, in whatever case it is written. */
    public String scrub(String text) {
        String clean = text;
        for (Pattern secret : secrets) {
            clean = secret.matcher(clean).replaceAll("***");
        }
        return clean;
    }

    private static void add(Set<String> found, @Nullable String raw, String separator, Predicate<String> isSecret) {
        if (raw == null) {
            return;
        }
        for (String part : raw.split(separator, -1)) {
            if (isSecret.test(part)) {
                found.add(part);
                found.add(URLDecoder.decode(part, StandardCharsets.UTF_8));
            }
        }
    }
}
