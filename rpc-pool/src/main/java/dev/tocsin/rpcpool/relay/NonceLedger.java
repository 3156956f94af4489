package dev.tocsin.rpcpool.relay;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The nonces that private transactions have taken, which no public node can know. A claim ends when its transaction is settled, its nonce is used,
 * or its last block is over. Bounded. Safe for use by many threads.
 */
final class NonceLedger {

    private final int most;
    private final ReentrantLock lock = new ReentrantLock(); // guards the map; nothing is called under it
    private final Map<String, Claim> byHash = new HashMap<>(); // guarded by lock

    NonceLedger(int most) {
        this.most = most;
    }

    /** One transaction's; {@code transaction} is null for one of a bundle. */
    record Claim(
            String hash,
            String sender,
            BigInteger nonce,
            long lastBlock,
            @Nullable PrivateTransaction transaction) {
        Claim {
            sender = sender.toLowerCase(Locale.ROOT);
        }
    }

    enum Entered {
        NOW,
        /** There is a claim of that hash, which stays; that of a bundle gives way to that of a transaction. */
        BEFORE,
        FULL
    }

    Entered enter(Claim claim) {
        lock.lock();
        try {
            Claim before = byHash.get(claim.hash());
            if (before != null && (before.transaction() != null || claim.transaction() == null)) {
                return Entered.BEFORE;
            }
            if (before == null && byHash.size() >= most) {
                return Entered.FULL;
            }
            byHash.put(claim.hash(), claim);
            return Entered.NOW;
        } finally {
            lock.unlock();
        }
    }

    void end(String hash) {
        endAll(claim -> claim.hash().equals(hash));
    }

    /** Ends the account's claims on nonces below the next one that the chain takes. */
    void settle(String sender, BigInteger confirmed) {
        String account = sender.toLowerCase(Locale.ROOT);
        endAll(claim -> claim.sender().equals(account) && claim.nonce().compareTo(confirmed) < 0);
    }

    /** Ends the claims whose last block is over. */
    void expire(long head) {
        endAll(claim -> claim.lastBlock() < head);
    }

    Optional<PrivateTransaction> transaction(String hash) {
        lock.lock();
        try {
            return Optional.ofNullable(byHash.get(hash)).map(Claim::transaction);
        } finally {
            lock.unlock();
        }
    }

    /** The nonces that an account has claimed. */
    Set<BigInteger> claimed(String sender) {
        String account = sender.toLowerCase(Locale.ROOT);
        Set<BigInteger> nonces = new HashSet<>();
        lock.lock();
        try {
            for (Claim claim : byHash.values()) {
                if (claim.sender().equals(account)) {
                    nonces.add(claim.nonce());
                }
            }
        } finally {
            lock.unlock();
        }
        return nonces;
    }

    int size() {
        lock.lock();
        try {
            return byHash.size();
        } finally {
            lock.unlock();
        }
    }

    private void endAll(Predicate<Claim> ended) {
        lock.lock();
        try {
            byHash.values().removeIf(ended);
        } finally {
            lock.unlock();
        }
    }
}
