package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.RpcPoolBuilder.Pinning;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.web3j.crypto.Credentials;
import org.web3j.crypto.RawTransaction;
import org.web3j.crypto.TransactionEncoder;
import org.web3j.utils.Numeric;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Deploys, calls and reads over nodes of which one lags and one flaps. */
class SessionFlowsTest {

    private static final int FLOWS = 500;
    private static final int MOST_LOOKS = 200;
    static final Credentials OWNER =
            Credentials.create("0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80");

    private LaggingNodes chain = new LaggingNodes(3)
            .late("a", Duration.ofMillis(100))
            .late("b", Duration.ofMillis(700))
            .late("lags", Duration.ofSeconds(7))
            .flapping("flaps", 3);
    private final List<String> anomalies = new ArrayList<>();

    @FunctionalInterface
    private interface Sender {
        SendOutcome send(String signed) throws InterruptedException;
    }

    static String signed(long nonce) {
        RawTransaction transaction = RawTransaction.createTransaction(
                1,
                BigInteger.valueOf(nonce),
                BigInteger.valueOf(21_000),
                OWNER.getAddress(),
                BigInteger.ZERO,
                "",
                BigInteger.ONE,
                BigInteger.ONE);
        return Numeric.toHexString(TransactionEncoder.signMessage(transaction, OWNER));
    }

    /** Deploys a contract, waits for it, calls it twice as a user would, and looks at what has become of it. */
    private void flow(RpcCaller caller, Sender sender, long nonce) throws InterruptedException {
        String contract = LaggingNodes.contract(nonce);
        String deployed = sent(caller, sender, nonce);
        long block = receipt(caller, deployed);
        expect("0x60", caller.call("eth_getCode", contract, "latest").asText(), "the code after the receipt");
        expect("0x0", caller.call("eth_call", Map.of("to", contract), "latest").asText(), "the state before the call");
        String called = sent(caller, sender, nonce + 1);
        long later = receipt(caller, called);
        expect("0x1", caller.call("eth_call", Map.of("to", contract), "latest").asText(), "the state after the call");
        expect(
                nonce + 2,
                caller.call("eth_getTransactionCount", OWNER.getAddress(), "latest")
                        .asLong(),
                "the count");
        expect(block, receipt(caller, deployed), "the block of the receipt");
        if (caller.call("eth_blockNumber").asLong() < later) {
            anomalies.add("the head is below the receipt");
        }
    }

    private String sent(RpcCaller caller, Sender sender, long nonce) throws InterruptedException {
        expect(nonce, pendingCount(caller), "the nonce");
        SendOutcome outcome = sender.send(signed(nonce));
        if (!outcome.isTaken()) {
            anomalies.add(outcome.toString());
        }
        expect(nonce + 1, pendingCount(caller), "the nonce after a send");
        return outcome.hash();
    }

    private static long pendingCount(RpcCaller caller) throws InterruptedException {
        return caller.call("eth_getTransactionCount", OWNER.getAddress(), "pending")
                .asLong();
    }

    /** Once there is one, it stays. */
    private long receipt(RpcCaller caller, String hash) throws InterruptedException {
        RpcResult receipt = caller.call("eth_getTransactionReceipt", hash);
        for (int i = 0; receipt.isNull() && i < MOST_LOOKS; i++) {
            chain.pass(Duration.ofMillis(150));
            receipt = caller.call("eth_getTransactionReceipt", hash);
        }
        if (receipt.isNull() || caller.call("eth_getTransactionReceipt", hash).isNull()) {
            anomalies.add("no receipt");
            return -1;
        }
        return Long.decode(receipt.tree().path("blockNumber").asString());
    }

    private void expect(Object expected, Object was, String what) {
        if (!was.equals(expected)) {
            anomalies.add(what + " was " + was + ", expected " + expected);
        }
    }

    @Test
    void fiveHundredFlowsOfSessionsSeeNoNonceTooLowAndMissNoReceipt() throws InterruptedException {
        try (RpcPool pool = chain.open(Pinning.WHEN_NODES_DIFFER)) {
            for (int i = 0; i < FLOWS; i++) {
                RpcSession session = pool.session();
                flow(session, session::send, 2L * i);
            }
        }

        assertThat(anomalies).isEmpty();
    }

    @Test
    void flowsOverManyMachinesBehindOneAddressSeeTheSame() throws InterruptedException {
        chain = new LaggingNodes(3).flapping("balancer", 3);

        fiveHundredFlowsOfSessionsSeeNoNonceTooLowAndMissNoReceipt();
    }

    @Test
    void withoutSessionsAndPinningTheSameFlowsSeeBoth() throws InterruptedException {
        try (RpcPool pool = chain.open(Pinning.NEVER)) {
            for (int i = 0; i < FLOWS / 50; i++) {
                flow(pool, pool::send, 2L * i);
            }
        }

        assertThat(anomalies)
                .anyMatch(anomaly -> anomaly.startsWith("the nonce"))
                .contains("no receipt");
    }

    private static void saysReceiptIn(SimulatedChain.SimulatedNode node, long block) {
        JsonNode receipt = JsonMapper.shared().readTree("{\"blockNumber\":\"0x" + Long.toHexString(block) + "\"}");
        node.says = call -> call.method().equals("eth_getTransactionReceipt") ? Optional.of(receipt) : Optional.empty();
    }

    @Test
    void sessionSurvivesOneReceiptFarAhead() throws InterruptedException {
        SimulatedChain simulated = new SimulatedChain(Duration.ofSeconds(2));
        saysReceiptIn(simulated.node("liar"), 1_000_000);
        simulated.node("a");
        simulated.node("b");
        try (RpcPool pool =
                simulated.settings().selection(SelectionStrategy.priority()).open()) {
            RpcSession session = pool.session();
            assertThat(session.call("eth_getTransactionReceipt", "0xd").node()).isEqualTo("liar");
            pool.cordon("liar");

            assertThat(session.call("eth_blockNumber").asLong()).isEqualTo(simulated.head());
            assertThat(session.call("eth_getBalance", "0xa", "latest").asLong()).isEqualTo(7);
        }
    }

    @Test
    void receiptFarAheadInASessionIsNotTheTipOfThePool() throws InterruptedException {
        SimulatedChain simulated = new SimulatedChain(Duration.ofSeconds(2));
        saysReceiptIn(simulated.node("liar"), SimulatedChain.FIRST + 500);
        simulated.node("a");
        simulated.node("b");
        try (RpcPool pool =
                simulated.settings().selection(SelectionStrategy.priority()).open()) {
            RpcSession session = pool.session();
            session.call("eth_getTransactionReceipt", "0xd");

            assertThat(session.call("eth_blockNumber").asLong()).isEqualTo(simulated.head());
            assertThat(pool.call("eth_blockNumber").asLong()).isEqualTo(simulated.head());
        }
    }

    @Test
    void sessionKeepsToItsReceiptThoughTheChainIsQuickerThanTheLooksAtHeads() throws InterruptedException {
        SimulatedChain simulated = new SimulatedChain(Duration.ofSeconds(2));
        saysReceiptIn(simulated.node("a"), SimulatedChain.FIRST + 5_000);
        simulated.node("b");
        try (RpcPool pool =
                simulated.settings().selection(SelectionStrategy.priority()).open()) {
            simulated.pass(Duration.ofMillis(10));
            simulated.nodes().forEach(node -> node.head = () -> SimulatedChain.FIRST + 5_000);
            RpcSession session = pool.session();
            session.call("eth_getTransactionReceipt", "0xd");

            assertThat(session.call("eth_blockNumber").asLong()).isEqualTo(SimulatedChain.FIRST + 5_000);
        }
    }

    @Test
    void sessionGivesUpWhatItSawOnceTheNodesHaveStayedBelowIt() throws InterruptedException {
        SimulatedChain simulated = new SimulatedChain(Duration.ofSeconds(2));
        saysReceiptIn(simulated.node("liar"), SimulatedChain.FIRST + 2);
        simulated.node("a");
        simulated.node("b");
        simulated.nodes().forEach(node -> node.head = () -> SimulatedChain.FIRST);
        try (RpcPool pool =
                simulated.settings().selection(SelectionStrategy.priority()).open()) {
            RpcSession session = pool.session();
            session.call("eth_getTransactionReceipt", "0xd");
            pool.cordon("liar");
            assertThat(session.call("eth_blockNumber").asLong()).isEqualTo(SimulatedChain.FIRST + 2);
            for (int i = 0; i < 130; i++) {
                simulated.pass(Duration.ofSeconds(1));
                session.call("eth_blockNumber");
            }

            assertThat(session.call("eth_blockNumber").asLong()).isEqualTo(SimulatedChain.FIRST);
        }
    }
}
