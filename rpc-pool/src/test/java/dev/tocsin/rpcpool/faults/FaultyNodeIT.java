package dev.tocsin.rpcpool.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.RpcPoolBuilder;
import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.testsupport.AnvilNode;
import java.math.BigInteger;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.utils.Numeric;

/** The kit before a real node. */
class FaultyNodeIT {

    private static final String TO = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
    /** Anvil's first account: its key is published by Anvil itself. */
    private static final Credentials OWNER =
            Credentials.create("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private AnvilNode anvil;

    @BeforeEach
    void start() throws InterruptedException {
        anvil = AnvilNode.start();
    }

    @AfterEach
    void close() {
        anvil.close();
    }

    private static String signed() {
        BigInteger gwei = BigInteger.valueOf(2_000_000_000L);
        RawTransaction transaction = RawTransaction.createTransaction(
                31_337, BigInteger.ZERO, BigInteger.valueOf(21_000), TO, BigInteger.ONE, "", gwei, gwei);
        return Numeric.toHexString(TransactionEncoder.signMessage(transaction, OWNER));
    }

    @Test
    void laggingNodeShowsTheStateOfItsBlock() throws InterruptedException {
        try (FaultyNode node = FaultyNode.before(anvil.uri());
                RpcPool pool = RpcPool.builder()
                        .primary(node.uri().toString())
                        .pinning(RpcPoolBuilder.Pinning.NEVER) // what the node says is to be seen as it is
                        .open()) {
            anvil.mine(20);
            String hash = pool.send(signed()).hash();
            anvil.mine(3);
            assertThat(pool.call("eth_getTransactionReceipt", hash).isNull()).isFalse();

            node.inject(Fault.lag(10));

            assertThat(pool.call("eth_blockNumber").asLong()).isEqualTo(anvil.blockNumber() - 10);
            assertThat(pool.call("eth_getTransactionReceipt", hash).isNull()).isTrue();
            assertThat(pool.call("eth_getBalance", TO, "latest").asQuantity())
                    .isLessThan(BigInteger.TEN.pow(22).add(BigInteger.ONE));
        }
    }

    @Test
    void codeOfTheReadmeRuns() throws InterruptedException {
        String signedTransaction = signed();
        // @start region="readme-faults"
        try (FaultyNode first = FaultyNode.before(anvil.uri());
                FaultyNode second = FaultyNode.before(anvil.uri(), 42); // the seed of its chance
                RpcPool pool = RpcPool.builder()
                        .primary(first.uri().toString())
                        .fallback(second.uri().toString())
                        .open()) {
            first.inject(Fault.lostAnswer().on("eth_sendRawTransaction"));
            second.inject(
                    Fault.latency(Duration.ofMillis(5), Duration.ofMillis(10)),
                    Fault.stall(Duration.ofSeconds(2)).on("eth_getLogs").share(0.05),
                    Fault.lag(10).flapping(Duration.ofMillis(700)));

            SendOutcome sent = pool.send(signedTransaction);

            assertThat(sent.isTaken()).isTrue(); // the first node has it, but could not say so
            assertThat(first.calls("eth_sendRawTransaction")).isPositive();
            first.refuse(); // connections, until heal()
            assertThat(pool.call("eth_chainId").node()).endsWith(":" + second.port());
        }
        // @end
    }
}
