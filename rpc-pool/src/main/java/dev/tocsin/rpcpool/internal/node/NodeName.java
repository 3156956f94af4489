package dev.tocsin.rpcpool.internal.node;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** Names nodes by host and port, never by what may be a secret; the second of the same name is called {@code name#2}. */
public final class NodeName {

    private final Map<String, Integer> given = new HashMap<>();

    public String of(URI url) {
        String host = url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
        int times = given.merge(host, 1, Integer::sum);
        return times == 1 ? host : host + "#" + times;
    }
}
