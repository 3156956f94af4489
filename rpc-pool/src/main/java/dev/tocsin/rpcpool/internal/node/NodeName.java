package dev.tocsin.rpcpool.internal.node;

import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Names nodes by host and port, never by what may be a secret; the second of the same name is called {@code name#2}. A name that is free
 * again is given again. Safe for use by many threads.
 */
public final class NodeName {

    private final Set<String> taken = ConcurrentHashMap.newKeySet();

    public String of(URI url) {
        String host = url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort());
        String name = host;
        for (int number = 2; !taken.add(name); number++) {
            name = host + "#" + number;
        }
        return name;
    }

    /** Nobody is called so any more. */
    public void free(String name) {
        taken.remove(name);
    }
}
