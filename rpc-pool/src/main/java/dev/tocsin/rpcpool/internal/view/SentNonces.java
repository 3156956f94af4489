package dev.tocsin.rpcpool.internal.view;

import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** The nonces that come next, of the {@value #MOST} senders that were last told of. Safe for use by many threads. */
final class SentNonces {

    private static final int MOST = 1000;

    private final ReentrantLock lock = new ReentrantLock(); // guards the map
    private final Map<String, BigInteger> next = new LinkedHashMap<>(); // by sender in small letters; guarded by lock

    void sent(SignedTransaction.Origin origin) {
        atLeast(origin.sender(), origin.nonce().add(BigInteger.ONE));
    }

    /** Never goes back. */
    void atLeast(String sender, BigInteger count) {
        String key = sender.toLowerCase(Locale.ROOT);
        lock.lock();
        try {
            BigInteger before = next.remove(key);
            next.put(key, before == null ? count : before.max(count));
            if (next.size() > MOST) {
                next.remove(next.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    Optional<BigInteger> next(String sender) {
        lock.lock();
        try {
            return Optional.ofNullable(next.get(sender.toLowerCase(Locale.ROOT)));
        } finally {
            lock.unlock();
        }
    }
}
