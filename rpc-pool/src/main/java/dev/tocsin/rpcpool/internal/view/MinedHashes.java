package dev.tocsin.rpcpool.internal.view;

import dev.tocsin.rpcpool.RpcCall;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The blocks of the {@value #MOST} transactions last seen in one: a node that knows nothing of such a transaction is behind. */
final class MinedHashes {

    private static final int MOST = 1000;

    private final ReentrantLock lock = new ReentrantLock(); // guards the map
    private final Map<String, Long> blocks = new LinkedHashMap<>(); // by hash; guarded by lock

    /** What a call asks for by hash alone was seen in a block. */
    void seen(RpcCall call, long block) {
        String hash = hash(call);
        if (hash == null) {
            return;
        }
        lock.lock();
        try {
            blocks.put(hash, block);
            if (blocks.size() > MOST) {
                blocks.remove(blocks.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    /** The block in which it was seen; -1 if it was not. */
    long block(RpcCall call) {
        String hash = hash(call);
        lock.lock();
        try {
            return hash == null ? -1 : blocks.getOrDefault(hash, -1L);
        } finally {
            lock.unlock();
        }
    }

    /** Nobody knows it any more: its block was replaced. */
    void forget(RpcCall call) {
        String hash = hash(call);
        lock.lock();
        try {
            blocks.remove(hash);
        } finally {
            lock.unlock();
        }
    }

    /** Null if it asks for something else, or for a part of it, which need not be there. */
    private static @Nullable String hash(RpcCall call) {
        return call.params().size() == 1 && call.params().getFirst() instanceof String hash ? hash : null;
    }
}
