package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.hex.Hex;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.json.JsonMapper;

/** A chain in memory with the rules of a node's pool: one transaction for a nonce, replaced by a tenth more. Its account signs as text. */
final class FakeChain implements Chain, SendChannel, Signer {
    static final String ACCOUNT = "0x" + "a".repeat(40);
    static final BigInteger GWEI = BigInteger.valueOf(1_000_000_000);

    /** A transaction as it was signed. */
    record Sent(UnsignedTransaction fields, String hash) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, UnsignedTransaction> signed = new HashMap<>();
    private final TreeMap<Long, Sent> waiting = new TreeMap<>();
    private final Map<String, TransactionReceipt> receipts = new HashMap<>();
    final List<Sent> executed = new ArrayList<>();
    final List<Sent> seen = new ArrayList<>();
    volatile long height = 100;
    volatile BigInteger baseFee = GWEI.multiply(BigInteger.TEN);
    volatile boolean isLegacy;
    volatile boolean minesAtOnce = true;
    volatile boolean fails;
    volatile Trial trial = new Trial.Passed(100_000);
    volatile boolean executionReverts;
    volatile Function<String, Optional<SendOutcome>> answer = hash -> Optional.empty();
    private long next;

    @Override
    public String address() {
        return ACCOUNT;
    }

    @Override
    public String sign(UnsignedTransaction transaction) {
        String hex = Hex.of(transaction.toString().getBytes(StandardCharsets.UTF_8));
        locked(() -> signed.put(hex, transaction));
        return hex;
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SendOutcome send(String signedHex) {
        return locked(() -> {
            String hash = Hex.keccak256(signedHex);
            UnsignedTransaction fields = signed.get(signedHex);
            seen.add(new Sent(fields, hash));
            return answer.apply(hash).orElseGet(() -> take(new Sent(fields, hash)));
        });
    }

    private SendOutcome take(Sent sent) {
        if (receipts.containsKey(sent.hash())) {
            return new SendOutcome.Mined(sent.hash(), receipts.get(sent.hash()).blockNumber(), "fake");
        }
        if (sent.fields().nonce() < next) {
            return new SendOutcome.Replaced(sent.hash(), Optional.empty(), "nonce too low", "fake");
        }
        Sent old = waiting.get(sent.fields().nonce());
        if (old != null && old.hash().equals(sent.hash())) {
            return new SendOutcome.AlreadyKnown(sent.hash(), "fake");
        }
        if (old != null && !isTenthMore(old.fields().price(), sent.fields().price())) {
            return new SendOutcome.Rejected(
                    sent.hash(), ErrorClass.REPLACEMENT_UNDERPRICED, "replacement transaction underpriced", "fake");
        }
        waiting.put(sent.fields().nonce(), sent);
        if (minesAtOnce) {
            mine();
        }
        return new SendOutcome.Accepted(sent.hash(), "fake");
    }

    private static boolean isTenthMore(GasPrice old, GasPrice fresh) {
        return isTenthMore(old.mostWei(), fresh.mostWei())
                && (!(old instanceof GasPrice.Dynamic a)
                        || !(fresh instanceof GasPrice.Dynamic b)
                        || isTenthMore(a.tipWei(), b.tipWei()));
    }

    private static boolean isTenthMore(BigInteger old, BigInteger fresh) {
        return fresh.multiply(BigInteger.TEN).compareTo(old.multiply(BigInteger.valueOf(11))) >= 0;
    }

    /** A block with all that can be in it. */
    void mine() {
        locked(() -> {
            height++;
            while (waiting.containsKey(next)) {
                Sent sent = waiting.remove(next++);
                boolean isSuccess = !executionReverts;
                if (isSuccess) {
                    executed.add(sent);
                }
                receipts.put(sent.hash(), receipt(sent.hash(), isSuccess));
            }
            return true;
        });
    }

    private TransactionReceipt receipt(String hash, boolean isSuccess) {
        return new TransactionReceipt(
                hash,
                height,
                "0xb" + height,
                isSuccess,
                50_000,
                baseFee,
                JsonMapper.shared().createObjectNode());
    }

    /** Its block, in which it was alone, is no longer of the chain, and it waits again. */
    void orphan(Sent sent) {
        locked(() -> {
            receipts.remove(sent.hash());
            next = sent.fields().nonce();
            return waiting.put(next, sent);
        });
    }

    /** Somebody else's transactions use the account's next nonces. */
    void foreign(int count) {
        locked(() -> {
            next += count;
            height++;
            return waiting.headMap(next).values().removeIf(sent -> true);
        });
    }

    /** A block has somebody else's transaction. */
    void executed(String hash) {
        locked(() -> receipts.put(hash, receipt(hash, true)));
    }

    /** All that was ever sent comes once more. */
    void sendAgain() {
        locked(() -> {
            seen.forEach(this::take);
            return true;
        });
    }

    /** The pool forgets what waits. */
    void forget() {
        locked(() -> {
            waiting.clear();
            return true;
        });
    }

    BigInteger executedWei() {
        return locked(
                () -> executed.stream().map(sent -> sent.fields().valueWei()).reduce(BigInteger.ZERO, BigInteger::add));
    }

    @Override
    public long chainId() {
        return 1;
    }

    @Override
    public Fees fees() {
        answering();
        BigInteger price = baseFee.add(GWEI);
        return new Fees(isLegacy ? Optional.empty() : Optional.of(baseFee), GWEI, price);
    }

    @Override
    public Trial simulate(String from, TransactionRequest request, Optional<Long> block) {
        answering();
        return trial;
    }

    @Override
    public Trial estimate(String from, TransactionRequest request) {
        answering();
        return trial;
    }

    @Override
    public long height(String tag) {
        answering();
        return tag.equals("finalized") ? height - 10 : height;
    }

    @Override
    public long nonce(String address, String block) {
        answering();
        return locked(() -> next);
    }

    @Override
    public Optional<TransactionReceipt> receipt(String hash) {
        answering();
        return locked(() -> Optional.ofNullable(receipts.get(hash)));
    }

    @Override
    public Optional<TransactionReceipt> receipt(long block, Set<String> hashes) {
        answering();
        return locked(() -> hashes.stream()
                .map(receipts::get)
                .filter(receipt -> receipt != null && receipt.blockNumber() == block)
                .findFirst());
    }

    @Override
    public Optional<String> blockHash(long number) {
        answering();
        return Optional.of("0xb" + number);
    }

    private void answering() {
        if (fails) {
            throw new RpcException("no node answers", null);
        }
    }
}
