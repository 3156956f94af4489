package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.TcpProxy;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.utils.Numeric;

/** Sends to a real node by two ways, of which one loses answers. */
class SendIT {

    private static final int TIMES = 100;
    private static final long CHAIN = 31_337;
    private static final String TO = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
    /** Anvil's first account: its key is published by Anvil itself. */
    private static final Credentials OWNER =
            Credentials.create("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private AnvilNode anvil;
    private TcpProxy first;
    private TcpProxy second;
    private final RecordingListener listener = new RecordingListener();
    private RpcPool pool;

    @BeforeEach
    void start() throws InterruptedException {
        anvil = AnvilNode.start();
        first = TcpProxy.to(anvil.uri());
        second = TcpProxy.to(anvil.uri());
        pool = open();
    }

    /** The second way is asked only if the first fails. Nothing is asked of either any more but what a test asks. */
    private RpcPool open() throws InterruptedException {
        long before = lastQuestions();
        RpcPool opened = RpcPool.builder()
                .chain(CHAIN)
                .primary(first.uri("http").toString())
                .fallback(second.uri("http").toString())
                .unhealthyAfter(1_000)
                .listener(listener)
                .healthCheckEvery(Duration.ofHours(1))
                .headPollEvery(Duration.ZERO)
                .open();
        await().pollInterval(Duration.ofMillis(2)).until(() -> lastQuestions() == before + 2); // one for each way
        return opened;
    }

    private long lastQuestions() {
        return listener.of("attempt").stream()
                .filter(attempt -> attempt.contains(" net_peerCount "))
                .count();
    }

    @AfterEach
    void close() {
        pool.close();
        first.close();
        second.close();
        anvil.close();
    }

    private static String signed(long nonce, long wei) {
        BigInteger gwei = BigInteger.valueOf(2_000_000_000L);
        RawTransaction transaction = RawTransaction.createTransaction(
                CHAIN,
                BigInteger.valueOf(nonce),
                BigInteger.valueOf(21_000),
                TO,
                BigInteger.valueOf(wei),
                "",
                gwei,
                gwei);
        return Numeric.toHexString(TransactionEncoder.signMessage(transaction, OWNER));
    }

    private boolean isMined(String hash) throws InterruptedException {
        return anvil.rpc("eth_getTransactionReceipt", hash).isObject();
    }

    /** By a pool that does not know yet that the first way is bad, and so takes it. */
    private SendOutcome sendWithTheFirstAnswerLost(String signed) throws InterruptedException {
        first.heal();
        try (RpcPool fresh = open()) {
            first.cutAfter(0);
            return fresh.send(signed);
        } finally {
            first.heal();
        }
    }

    private long lostAnswers() {
        return listener.of("failover").stream()
                .filter(event ->
                        event.startsWith("failover eth_sendRawTransaction") && event.contains("connection broke"))
                .count();
    }

    /** Anvil mines a moment after it has taken a transaction. */
    private void awaitMined(SendOutcome outcome) {
        await().pollInterval(Duration.ofMillis(2)).until(() -> isMined(outcome.hash()));
    }

    @Test
    void hundredAnswersLostAfterTheNodeTookItGiveNoFalseError() throws InterruptedException {
        for (int nonce = 0; nonce < TIMES; nonce++) {
            SendOutcome outcome = sendWithTheFirstAnswerLost(signed(nonce, 1));

            assertThat(outcome.isTaken()).as("%s", outcome).isTrue();
            assertThat(outcome).isNotInstanceOf(SendOutcome.Accepted.class);
            awaitMined(outcome);
        }
        assertThat(lostAnswers()).isEqualTo(TIMES);
    }

    @Test
    void hundredAnswersLostWithAForeignTransactionInTheBlockGiveNoFalseSuccess() throws InterruptedException {
        for (int nonce = 0; nonce < TIMES; nonce++) {
            SendOutcome foreign = pool.send(signed(nonce, 2));
            awaitMined(foreign);

            SendOutcome outcome = sendWithTheFirstAnswerLost(signed(nonce, 1));

            assertThat(outcome)
                    .as("nonce %d", nonce)
                    .isInstanceOfSatisfying(
                            SendOutcome.Replaced.class,
                            replaced -> assertThat(replaced.by()).isEqualTo(Optional.of(foreign.hash())));
        }
        assertThat(lostAnswers()).isEqualTo(TIMES);
    }

    @Test
    void codeOfTheReadmeRuns() throws InterruptedException {
        String signedTransaction = signed(0, 1);
        // @start region="readme-send"
        List<String> says = new ArrayList<>();
        SendOutcome sent = pool.send(signedTransaction);
        says.add(
                switch (sent) {
                    case SendOutcome.Accepted accepted -> "taken by " + accepted.node();
                    case SendOutcome.AlreadyKnown known -> "known to " + known.node();
                    case SendOutcome.Mined mined -> "in block " + mined.blockNumber();
                    case SendOutcome.Replaced replaced -> "the nonce is used: " + replaced.message();
                    case SendOutcome.Rejected rejected -> "refused: " + rejected.errorClass();
                    case SendOutcome.Unknown unknown -> "may be on its way, look for " + unknown.hash();
                });

        BroadcastReport everywhere = pool.broadcast(signedTransaction); // idempotent: it is known by now, or mined
        everywhere.awaitAll().answers().forEach((node, answer) -> says.add(node + ": " + answer));
        // @end

        assertThat(everywhere.outcome().isTaken()).isTrue();
        assertThat(says.getFirst()).isEqualTo("taken by 127.0.0.1:" + first.port());
        assertThat(says).hasSize(3);
    }

    @Test
    void sameTransactionSentTwiceIsKnownWhileItWaitsAndMinedAfterwards() throws InterruptedException {
        anvil.rpc("evm_setAutomine", false);
        assertThat(pool.send(signed(0, 1))).isInstanceOf(SendOutcome.Accepted.class);
        assertThat(pool.send(signed(0, 1))).isInstanceOf(SendOutcome.AlreadyKnown.class);

        anvil.mine(1);

        assertThat(pool.send(signed(0, 1))).isInstanceOf(SendOutcome.Mined.class);
    }

    @Test
    void transactionThatCannotReplaceTheWaitingOneIsRejectedAndNotSaidToBeKnown() throws InterruptedException {
        anvil.rpc("evm_setAutomine", false);
        pool.send(signed(0, 2));

        assertThat(pool.send(signed(0, 1)))
                .isInstanceOfSatisfying(
                        SendOutcome.Rejected.class,
                        rejected -> assertThat(rejected.errorClass()).isEqualTo(ErrorClass.REPLACEMENT_UNDERPRICED));
    }

    @Test
    void hundredBroadcastsWithAWayThatLosesAnswersAreTaken() throws InterruptedException {
        for (int nonce = 0; nonce < TIMES; nonce++) {
            first.heal();
            try (RpcPool fresh = open()) {
                first.cutAfter(0);

                BroadcastReport report = fresh.broadcast(signed(nonce, 1));

                assertThat(report.outcome().isTaken()).as("%s", report).isTrue();
                assertThat(report.awaitAll().answers().values())
                        .hasSize(2)
                        .anyMatch(SendOutcome.Unknown.class::isInstance);
                awaitMined(report.outcome());
            }
        }
    }

    @Test
    void hundredForeignTransactionsWithTheNonceGiveNoFalseSuccess() throws InterruptedException {
        for (int nonce = 0; nonce < TIMES; nonce++) {
            SendOutcome foreign = pool.send(signed(nonce, 2));
            awaitMined(foreign);

            SendOutcome outcome = pool.send(signed(nonce, 1));

            assertThat(outcome)
                    .as("nonce %d", nonce)
                    .isInstanceOfSatisfying(
                            SendOutcome.Replaced.class,
                            replaced -> assertThat(replaced.by()).isEqualTo(Optional.of(foreign.hash())));
            assertThat(isMined(outcome.hash())).as("nonce %d", nonce).isFalse();
        }
    }
}
