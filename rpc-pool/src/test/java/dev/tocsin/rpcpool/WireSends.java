package dev.tocsin.rpcpool;

import dev.tocsin.testsupport.AnvilNode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.utils.Numeric;

/** Accounts that nobody else uses, whose transactions each give one wei; what was said of them is held against what the node itself has. */
final class WireSends {

    private static final long CHAIN = 31_337;
    private static final Duration BROADCAST = Duration.ofSeconds(6); // the pool's own limit
    private static final BigInteger GAS_PRICE = BigInteger.valueOf(2_000_000_000L);

    final Queue<String> falseErrors = new ConcurrentLinkedQueue<>();
    final Queue<String> falseSuccesses = new ConcurrentLinkedQueue<>();
    final Queue<String> hashes = new ConcurrentLinkedQueue<>();
    final AtomicInteger unknown = new AtomicInteger();
    private final RpcPool pool;
    private final AnvilNode anvil;
    private final WireTraffic traffic;
    private final WireHistory history;
    private final String sink;
    private final Duration deadline;
    private final Duration verify;

    /** With how long a call may last, and the verification of a send after it. */
    WireSends(
            RpcPool pool,
            AnvilNode anvil,
            WireTraffic traffic,
            WireHistory history,
            String sink,
            Duration deadline,
            Duration verify) {
        this.pool = pool;
        this.anvil = anvil;
        this.traffic = traffic;
        this.history = history;
        this.sink = sink;
        this.deadline = deadline;
        this.verify = verify;
    }

    static Credentials account(int index) {
        return Credentials.create(Integer.toHexString(7_000_000 + index));
    }

    private String signed(Credentials owner, long nonce) {
        RawTransaction transaction = RawTransaction.createTransaction(
                CHAIN,
                BigInteger.valueOf(nonce),
                BigInteger.valueOf(21_000),
                sink,
                BigInteger.ONE,
                "",
                GAS_PRICE,
                GAS_PRICE);
        return Numeric.toHexString(TransactionEncoder.signMessage(transaction, owner));
    }

    /** One account's transactions, one after the other: by the pool, to all nodes at once, and by a session that reads what it did. */
    void run(Credentials owner, int count) throws InterruptedException {
        for (int nonce = 0; nonce < count; nonce++) {
            String signed = signed(owner, nonce);
            switch (nonce % 3) {
                case 0 -> taken(signed, "send", deadline, () -> pool.send(signed));
                case 1 ->
                    taken(
                            signed,
                            "broadcast",
                            BROADCAST,
                            () -> pool.broadcast(signed).outcome());
                default -> session(owner, nonce, signed);
            }
        }
    }

    private void session(Credentials owner, long nonce, String signed) throws InterruptedException {
        RpcSession session = pool.session();
        String hash = taken(signed, "send of a session", deadline, () -> session.send(signed));
        count(session, owner, nonce + 1);
        RpcResult receipt = null;
        while (receipt == null || receipt.isNull()) {
            receipt = traffic.timed("receipt", deadline, () -> session.call("eth_getTransactionReceipt", hash));
        }
        long block = WireHistory.number(receipt.tree().path("blockNumber"));
        RpcResult balance = traffic.timed("balance", deadline, () -> session.call("eth_getBalance", sink, "latest"));
        if (balance != null && history.isBefore(block, sink, balance.asQuantity())) {
            traffic.wrong.add("a balance of before the receipt: " + balance.asText() + ", of block " + block);
        }
    }

    private void count(RpcSession session, Credentials owner, long expected) throws InterruptedException {
        RpcResult count = traffic.timed(
                "count", deadline, () -> session.call("eth_getTransactionCount", owner.getAddress(), "pending"));
        if (count != null && count.asLong() != expected) {
            traffic.wrong.add("the nonce " + count.asLong() + ", expected " + expected);
        }
    }

    /** Sends the same bytes until it is said that a node has them; the hash. */
    private String taken(String signed, String what, Duration most, WireTraffic.Doing<SendOutcome> doing)
            throws InterruptedException {
        while (true) {
            SendOutcome outcome = traffic.timed(what, most.plus(verify), doing);
            if (outcome == null) {
                continue;
            }
            boolean isThere =
                    anvil.rpc("eth_getTransactionByHash", outcome.hash()).isObject();
            if (outcome.isTaken()) {
                if (!isThere) {
                    falseSuccesses.add(what + " said " + outcome);
                }
                hashes.add(outcome.hash());
                return outcome.hash();
            }
            if (outcome instanceof SendOutcome.Unknown) {
                unknown.incrementAndGet();
            } else if (isThere) {
                falseErrors.add(what + " said " + outcome);
            }
        }
    }
}
