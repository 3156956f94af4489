package dev.tocsin.benchmarks.rpcpool;

import dev.tocsin.testsupport.AnvilNode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.Hash;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.utils.Numeric;

/**
 * Signed transactions of accounts that nobody else uses.
 *
 * @param lanes one for each account, its nonces in order
 */
record Transactions(List<List<String>> lanes) {

    private static final long CHAIN = 31_337;
    private static final String TO = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
    private static final BigInteger GAS_PRICE_WEI = BigInteger.valueOf(2_000_000_000L);
    private static final Duration MINED_WITHIN = Duration.ofSeconds(10);

    /** Makes transactions, and their accounts rich. */
    static Transactions signed(AnvilNode anvil, int accounts, int count, int series) throws InterruptedException {
        List<List<String>> lanes = new ArrayList<>();
        for (int i = 0; i < accounts; i++) {
            Credentials owner = Credentials.create(Integer.toHexString(1_000_000 + series * 1_000 + i));
            anvil.rpc("anvil_setBalance", owner.getAddress(), "0x8ac7230489e80000");
            List<String> lane = new ArrayList<>();
            for (int nonce = 0; nonce * accounts + i < count; nonce++) {
                RawTransaction transaction = RawTransaction.createTransaction(
                        CHAIN,
                        BigInteger.valueOf(nonce),
                        BigInteger.valueOf(21_000),
                        TO,
                        BigInteger.ONE,
                        "",
                        GAS_PRICE_WEI,
                        GAS_PRICE_WEI);
                lane.add(Numeric.toHexString(TransactionEncoder.signMessage(transaction, owner)));
            }
            lanes.add(List.copyOf(lane));
        }
        return new Transactions(List.copyOf(lanes));
    }

    /** Waits until every one is in a block. */
    void awaitMined(AnvilNode anvil) throws InterruptedException {
        long start = System.nanoTime();
        for (String signed : lanes.stream().flatMap(List::stream).toList()) {
            while (!anvil.rpc("eth_getTransactionReceipt", Hash.sha3(signed)).isObject()) {
                if (System.nanoTime() - start > MINED_WITHIN.toNanos()) {
                    throw new IllegalStateException(
                            "a transaction that was sent is in no block, so no error was false");
                }
                LockSupport.parkNanos(50_000_000);
            }
        }
    }
}
