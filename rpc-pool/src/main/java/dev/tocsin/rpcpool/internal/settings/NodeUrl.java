package dev.tocsin.rpcpool.internal.settings;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/** The URL of a node or a relay. What is wrong with one is said without it: it may hold a key. */
public final class NodeUrl {

    private static final Set<String> HTTP = Set.of("http", "https");
    private static final Set<String> WEB_SOCKET = Set.of("ws", "wss");
    private static final Set<String> EITHER = Set.of("http", "https", "ws", "wss");

    private NodeUrl() {}

    public static URI http(String name, String text) {
        return url(name, text, HTTP);
    }

    public static URI webSocket(String name, String text) {
        return url(name, text, WEB_SOCKET);
    }

    public static URI either(String name, String text) {
        return url(name, text, EITHER);
    }

    /** Whether it is one of a WebSocket. */
    public static boolean isWebSocket(URI url) {
        return WEB_SOCKET.contains(url.getScheme().toLowerCase(Locale.ROOT));
    }

    /** Whether both are of one place, be it that one ends with the slash that the other leaves out. */
    public static boolean isSame(URI one, URI other) {
        return withPath(one).equals(withPath(other));
    }

    private static URI withPath(URI url) {
        return url.getRawPath().isEmpty() && url.getRawQuery() == null ? url.resolve("/") : url;
    }

    /** Of a URL, what is no secret. */
    public static String place(URI url) {
        return url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }

    private static URI url(String name, String text, Set<String> schemes) {
        String expected = name + " must be a URL that begins with "
                + String.join(
                        " or ",
                        schemes.stream().sorted().map(scheme -> scheme + "://").toList());
        URI url;
        try {
            url = URI.create(requireNonNull(text, name).strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(expected + "; what was given is no URL");
        }
        if (url.isOpaque()) { // what stands before the colon may be a user
            throw new IllegalArgumentException(expected + "; what was given is no URL");
        }
        if (url.toString().isEmpty()) {
            throw new IllegalArgumentException(expected + "; what was given is blank");
        }
        if (url.getScheme() == null) {
            throw new IllegalArgumentException(expected + "; what was given has no scheme");
        }
        String scheme = url.getScheme().toLowerCase(Locale.ROOT);
        if (!schemes.contains(scheme)) {
            boolean socket = WEB_SOCKET.contains(scheme);
            throw new IllegalArgumentException(
                    expected + ", was " + scheme + "://" + (socket ? "; give WebSocket URLs to webSocket(...)" : ""));
        }
        if (url.getHost() == null) {
            throw new IllegalArgumentException(
                    url.getRawAuthority() == null
                            ? expected + " and names a host"
                            : name
                                    + " must name a host by letters, digits, - and . (Java connects to no name with _ in it);"
                                    + " give the host an alias, or its address");
        }
        if (url.getPort() == 0 || url.getPort() > 65_535) {
            throw new IllegalArgumentException(name + " must have a port of 1 to 65535, was " + url.getPort());
        }
        return url;
    }
}
