package dev.tocsin.rpcpool.internal.view;

import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import dev.tocsin.rpcpool.internal.send.SignedTransaction.Origin;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The nonces that come next, of the {@value #MOST} senders that were last told of: after what is in blocks, and after what was sent, as long as
 * that is not lost. What is lost leaves a gap, which comes next. Safe for use by many threads.
 */
final class SentNonces {

    private static final int MOST = 1000;
    private static final int MOST_SENT = 256; // of a sender; of those before it is believed that they get into blocks

    private final ReentrantLock lock = new ReentrantLock(); // guards the map and the accounts
    private final Map<String, Account> accounts = new LinkedHashMap<>(); // by sender in small letters; guarded by lock

    private record Sent(String hash, long at) {}

    /** Guarded by lock. */
    private static final class Account {
        private final NavigableMap<BigInteger, Sent> sent = new TreeMap<>();
        private final NavigableSet<BigInteger> lost = new TreeSet<>();
        private BigInteger inBlocks = BigInteger.ZERO;
        private BigInteger counted = BigInteger.ONE.negate(); // the most that nodes have counted
        private long countedAt; // since when they count so many

        BigInteger next(BigInteger count) {
            BigInteger from = count.max(inBlocks);
            BigInteger next = sent.isEmpty() ? from : from.max(sent.lastKey().add(BigInteger.ONE));
            BigInteger gap = lost.ceiling(from);
            return gap != null && gap.compareTo(next) < 0 ? gap : next;
        }

        private void inBlocks(BigInteger count) {
            inBlocks = inBlocks.max(count);
            sent.headMap(inBlocks).clear();
            lost.headSet(inBlocks).clear();
        }
    }

    /** It was sent, or may have been. */
    void sent(SignedTransaction transaction, long now) {
        transaction
                .origin()
                .ifPresent(origin -> with(origin.sender(), account -> {
                    account.sent.put(origin.nonce(), new Sent(transaction.hash(), now));
                    account.lost.remove(origin.nonce());
                    if (account.sent.size() > MOST_SENT) {
                        account.inBlocks(account.sent.firstKey().add(BigInteger.ONE));
                    }
                    return account;
                }));
    }

    /** Nobody has it: its nonce is free, unless another was sent with it. */
    void lost(SignedTransaction transaction) {
        transaction.origin().ifPresent(origin -> lost(origin, transaction.hash()));
    }

    void lost(Origin origin, String hash) {
        with(origin.sender(), account -> {
            Sent sent = account.sent.get(origin.nonce());
            if (sent != null && sent.hash.equals(hash)) {
                account.sent.remove(origin.nonce());
                account.lost.add(origin.nonce());
            }
            return account;
        });
    }

    /** So many of a sender's transactions are in blocks. */
    void inBlocks(String sender, BigInteger count) {
        with(sender, account -> {
            account.inBlocks(count);
            return account;
        });
    }

    boolean knows(String sender) {
        lock.lock();
        try {
            return accounts.containsKey(key(sender));
        } finally {
            lock.unlock();
        }
    }

    /** The nonce that comes next when a node counts so many. */
    BigInteger next(String sender, BigInteger count) {
        lock.lock();
        try {
            Account account = accounts.get(key(sender));
            return account == null ? count : account.next(count);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The first transaction that nodes do not count, once they have not done so for a time, in which it was not sent either. It may be lost.
     *
     * @param count what a node counts now
     */
    Optional<Doubted> doubted(String sender, BigInteger count, long now, long nanos) {
        return !knows(sender)
                ? Optional.empty()
                : with(sender, account -> {
                    if (count.compareTo(account.counted) > 0) {
                        account.counted = count;
                        account.countedAt = now;
                    }
                    Map.Entry<BigInteger, Sent> first = account.sent.ceilingEntry(account.counted);
                    return first == null || now - account.countedAt < nanos || now - first.getValue().at < nanos
                            ? Optional.empty()
                            : Optional.of(new Doubted(new Origin(sender, first.getKey()), first.getValue().hash));
                });
    }

    /** Nodes still have it: it is not doubted for a time. */
    void known(Doubted doubted, long now) {
        with(doubted.origin.sender(), account -> {
            account.sent.computeIfPresent(doubted.origin.nonce(), (nonce, sent) -> new Sent(sent.hash, now));
            return account;
        });
    }

    /** A transaction that may be lost. */
    record Doubted(Origin origin, String hash) {}

    private <T> T with(String sender, Function<Account, T> work) {
        lock.lock();
        try {
            Account before = accounts.remove(key(sender));
            Account account = before == null ? new Account() : before;
            accounts.put(key(sender), account);
            if (accounts.size() > MOST) {
                accounts.remove(accounts.keySet().iterator().next());
            }
            return work.apply(account);
        } finally {
            lock.unlock();
        }
    }

    private static String key(String sender) {
        return sender.toLowerCase(Locale.ROOT);
    }
}
