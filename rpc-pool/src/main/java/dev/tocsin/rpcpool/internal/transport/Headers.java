package dev.tocsin.rpcpool.internal.transport;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What is sent to a node beside each request, by the node's URL: its user info, and headers that providers ask for. All of it is secret. */
public final class Headers {

    /** Nothing but what a URL says. */
    public static final Headers NONE = new Headers(url -> Map.of());

    private static final String AUTHORIZATION = "Authorization";
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e\\t]*[\\x21-\\x7e])?");
    /** Those that are the connection's, or ours. */
    private static final Set<String> OURS = Set.of(
            "accept",
            "connection",
            "content-length",
            "content-type",
            "expect",
            "host",
            "transfer-encoding",
            "upgrade",
            "sec-websocket-key",
            "sec-websocket-version",
            "sec-websocket-extensions",
            "sec-websocket-accept",
            "sec-websocket-protocol");

    private final Function<URI, Map<String, String>> byUrl;

    /** With who knows a node's headers, none if it has none. */
    public Headers(Function<URI, Map<String, String>> byUrl) {
        this.byUrl = byUrl;
    }

    /** Makes sure that it can be sent. The message repeats neither, for they may have been interchanged. */
    public static void check(String name, String value) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name must be a header's name: letters, digits and signs such as -");
        }
        if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("name must not be a header that the connection sets itself");
        }
        if (!VALUE.matcher(value).matches()) {
            throw new IllegalArgumentException("value must be visible ASCII characters, with spaces between them");
        }
    }

    /** Names and values for a node. */
    Map<String, String> of(URI url) {
        Map<String, String> own = byUrl.apply(url);
        String user = url.getUserInfo();
        if (user == null) {
            return own;
        }
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.put(AUTHORIZATION, "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
        all.putAll(own);
        return all;
    }

    /** What sets a header. */
    @FunctionalInterface
    public interface Setter {
        void set(String name, String value);
    }

    /** Sets them. */
    public void forEach(URI url, Setter setter) {
        of(url).forEach(setter::set);
    }

    /** Values, and the parts of those that begin with a scheme. */
    List<String> secrets(URI url) {
        List<String> secrets = new ArrayList<>();
        for (String value : of(url).values()) {
            secrets.add(value);
            int space = value.indexOf(' ');
            if (space > 0) {
                secrets.add(value.substring(space + 1).strip());
            }
        }
        return secrets;
    }

    /** The URL without what is sent as a header. */
    public static URI withoutUserInfo(URI url) {
        if (url.getUserInfo() == null) {
            return url;
        }
        return URI.create(url.toString().replaceFirst("//[^@/]*@", "//"));
    }
}
