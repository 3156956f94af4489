package dev.tocsin.rpcpool.relay;

import java.math.BigInteger;
import java.security.SignatureException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.web3j.crypto.SignedRawTransaction;
import org.web3j.crypto.TransactionDecoder;
import org.web3j.crypto.transaction.type.Transaction1559;

/** Blocks with transactions, made by the test. Safe for use by many threads. */
final class TestChain implements ChainFacts {

    private static final Map<String, String> SENDERS = new ConcurrentHashMap<>();

    private final Map<String, List<Long>> minedBy =
            new ConcurrentHashMap<>(); // the blocks of an account's transactions
    private final List<List<String>> blocks = new CopyOnWriteArrayList<>(); // the first is number 1

    static SignedRawTransaction decode(String signed) {
        return (SignedRawTransaction) TransactionDecoder.decode(signed);
    }

    /** Found once: it takes a while. */
    static String sender(String signed) {
        return SENDERS.computeIfAbsent(signed, text -> {
            try {
                return decode(text).getFrom().toLowerCase(Locale.ROOT);
            } catch (SignatureException e) {
                throw new IllegalArgumentException(e);
            }
        });
    }

    TestChain mine(String... signed) {
        long number = blocks.size() + 1L;
        for (String one : signed) {
            minedBy.computeIfAbsent(sender(one), key -> new CopyOnWriteArrayList<>())
                    .add(number);
        }
        blocks.add(List.of(signed));
        return this;
    }

    TestChain mineEmpty(int count) {
        for (int i = 0; i < count; i++) {
            mine();
        }
        return this;
    }

    @Override
    public long head() {
        return blocks.size();
    }

    @Override
    public long confirmed(String address) {
        return confirmed(address, head());
    }

    long confirmed(String address, long block) {
        return minedBy.getOrDefault(address.toLowerCase(Locale.ROOT), List.of()).stream()
                .filter(number -> number <= block)
                .count();
    }

    boolean contains(String signed) {
        return blocks.stream().anyMatch(block -> block.contains(signed));
    }

    /** All transactions, in order. */
    List<String> all() {
        return blocks.stream().flatMap(List::stream).toList();
    }

    List<String> block(long number) {
        return blocks.get((int) number - 1);
    }

    /** What it pays at most for a unit of gas. */
    static BigInteger fee(String signed) {
        return ((Transaction1559) decode(signed).getTransaction()).getMaxFeePerGas();
    }

    /** The hashes of a block's transactions. */
    List<String> hashes(long block) {
        List<String> hashes = new ArrayList<>();
        blocks.get((int) block - 1).forEach(signed -> hashes.add(SignedBy.hash(signed)));
        return hashes;
    }
}
