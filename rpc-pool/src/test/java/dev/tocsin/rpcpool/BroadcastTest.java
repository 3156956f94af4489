package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.send.Sending;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sends over sockets. */
class BroadcastTest {

    private static final String SIGNED = SendingTest.SIGNED;
    private static final String HASH = SignedTransaction.parse(SIGNED).hash();
    private static final Reply TAKEN = new Reply.Result("\"" + HASH + "\"");
    private static final Reply INVALID = new Reply.Error(-32000, "intrinsic gas too low");

    private final List<FakeNode> nodes =
            IntStream.range(0, 4).mapToObj(i -> FakeNode.start()).toList();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        nodes.forEach(FakeNode::close);
    }

    private RpcPool pool(int count) throws InterruptedException {
        RpcPoolBuilder builder = RpcPool.builder()
                .chain(1)
                .healthCheckEvery(Duration.ofHours(1))
                .verifyTimeout(Duration.ofMillis(300))
                .listener(listener);
        nodes.subList(0, count).forEach(node -> builder.primary(node.url()));
        return builder.open();
    }

    private void all(Reply reply) {
        nodes.forEach(node -> node.on(Sending.METHOD, reply));
    }

    @Test
    void nodeThatHangsDelaysSuccessByLessThanTenMilliseconds() throws InterruptedException {
        all(TAKEN);
        try (RpcPool pool = pool(3)) {
            broadcasts(pool, 20); // warms up
            Duration healthy = broadcasts(pool, 20);
            nodes.getFirst().on(Sending.METHOD, new Reply.Stall());

            Duration withOneThatHangs = broadcasts(pool, 20);

            assertThat(withOneThatHangs).isLessThan(healthy.plusMillis(10));
            assertThat(pool.drain(Duration.ofMillis(1))).isFalse(); // nobody waits for it at the end either
        }
    }

    /** The median. */
    private static Duration broadcasts(RpcPool pool, int times) throws InterruptedException {
        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            long began = System.nanoTime();
            assertThat(pool.broadcast(SIGNED).outcome()).isInstanceOf(SendOutcome.Accepted.class);
            took.add(Duration.ofNanos(System.nanoTime() - began));
        }
        return took.stream().sorted().toList().get(times / 2);
    }

    @Test
    void reportHasTheAnswerOfEveryNodeInTheEnd() throws InterruptedException {
        all(TAKEN);
        nodes.get(1).on(Sending.METHOD, new Reply.Slow(200, new Reply.Error(-32000, "already known")));
        nodes.get(2).on(Sending.METHOD, new Reply.Slow(100, new Reply.Error(-32000, "txpool is full")));
        nodes.get(3).chain(5);
        try (RpcPool pool = pool(4)) {
            BroadcastReport report = pool.broadcast(SIGNED);

            assertThat(report.isComplete()).isFalse();
            assertThat(report.answers().get(nodes.get(1).name())).isInstanceOf(SendOutcome.Unknown.class);
            assertThat(report.awaitAll().isComplete()).isTrue();
            assertThat(report.answers().values())
                    .containsExactly(
                            new SendOutcome.Accepted(HASH, nodes.get(0).name()),
                            new SendOutcome.AlreadyKnown(HASH, nodes.get(1).name()),
                            new SendOutcome.Rejected(
                                    HASH,
                                    ErrorClass.POOL_FULL,
                                    "txpool is full",
                                    nodes.get(2).name()),
                            new SendOutcome.Rejected(
                                    HASH,
                                    ErrorClass.CHAIN_MISMATCH,
                                    "not asked: serves chain 5, expected chain 1",
                                    nodes.get(3).name()));
            assertThat(nodes.get(3).asked(Sending.METHOD)).isZero();
        }
    }

    @Test
    void sevenInTenDecideThatItIsInvalid() throws InterruptedException {
        all(INVALID);
        nodes.getFirst().on(Sending.METHOD, new Reply.Stall());
        try (RpcPool pool = pool(4)) {
            BroadcastReport report = pool.broadcast(SIGNED);

            assertThat(report.outcome()).isInstanceOf(SendOutcome.Rejected.class);
            assertThat(report.isComplete()).isFalse();
        }
    }

    @Test
    void twoOfThreeDoNotDecideThatItIsInvalid() throws InterruptedException {
        all(INVALID);
        nodes.getFirst().on(Sending.METHOD, new Reply.Slow(300, TAKEN));
        try (RpcPool pool = pool(3)) {
            assertThat(pool.broadcast(SIGNED).outcome()).isInstanceOf(SendOutcome.Accepted.class);
        }
    }

    @Test
    void policiesOfThreeDoNotDecideForTheFourth() throws InterruptedException {
        all(new Reply.Error(-32000, "txpool is full"));
        nodes.getFirst().on(Sending.METHOD, new Reply.Slow(300, TAKEN));
        try (RpcPool pool = pool(4)) {
            assertThat(pool.broadcast(SIGNED).outcome()).isInstanceOf(SendOutcome.Accepted.class);
        }
    }

    @Test
    void successAgainstASevereRefusalIsTold() throws InterruptedException {
        all(TAKEN);
        nodes.get(0).on(Sending.METHOD, new Reply.Slow(100, INVALID));
        nodes.get(1).on(Sending.METHOD, INVALID);
        nodes.get(2).on(Sending.METHOD, new Reply.Slow(50, TAKEN));
        try (RpcPool pool = pool(3)) {
            pool.broadcast(SIGNED).awaitAll();

            await().untilAsserted(() -> assertThat(listener.of("contradiction"))
                    .containsExactly(
                            "contradiction " + nodes.get(1).name() + " TX_INVALID",
                            "contradiction " + nodes.get(0).name() + " TX_INVALID"));
            assertThat(listener.of("send")).hasSize(1);
        }
    }

    /** Two healthy ones, one that is behind, one that syncs. */
    private RpcPool poolOfWhichTwoAreBehind() throws InterruptedException {
        nodes.forEach(node -> node.on("eth_blockNumber", new Reply.Result("\"0x100\"")));
        nodes.get(2).on("eth_blockNumber", new Reply.Result("\"0x10\""));
        nodes.get(3).on("eth_syncing", new Reply.Result("{\"currentBlock\":\"0x10\"}"));
        nodes.forEach(node -> node.on("eth_getTransactionByHash", new Reply.Result("null"))
                .on("eth_getTransactionReceipt", new Reply.Result("null")));
        RpcPool pool = pool(4);
        await().until(
                        () -> pool.status().nodes().stream()
                                .map(NodeStatus::state)
                                .toList(),
                        List.of(NodeState.HEALTHY, NodeState.HEALTHY, NodeState.BEHIND, NodeState.SYNCING)::equals);
        return pool;
    }

    @Test
    void nodesThatAreBehindOrSyncRelayItTooAndTheirAnswersAreReported() throws InterruptedException {
        all(TAKEN);
        try (RpcPool pool = poolOfWhichTwoAreBehind()) {
            assertThat(pool.broadcast(SIGNED).awaitAll().answers().values())
                    .containsExactlyElementsOf(nodes.stream()
                            .<SendOutcome>map(node -> new SendOutcome.Accepted(HASH, node.name()))
                            .toList());
        }
    }

    @Test
    void whatNodesThatAreBehindSayOfFundsDoesNotDecide() throws InterruptedException {
        all(new Reply.Error(-32000, "insufficient funds for gas * price + value"));
        nodes.get(0).on(Sending.METHOD, new Reply.Slow(200, TAKEN));
        nodes.get(1).on(Sending.METHOD, new Reply.Slow(300, TAKEN));
        try (RpcPool pool = poolOfWhichTwoAreBehind()) {
            assertThat(pool.broadcast(SIGNED).outcome())
                    .isEqualTo(new SendOutcome.Accepted(HASH, nodes.getFirst().name()));
        }
    }

    @Test
    void aNodeThatIsBehindAndTakesItDoesNotSayThatItsNonceIsFree() throws InterruptedException {
        all(TAKEN);
        nodes.get(0).on(Sending.METHOD, new Reply.Slow(100, new Reply.Error(-32000, "nonce too low")));
        nodes.get(1).on(Sending.METHOD, new Reply.Slow(100, new Reply.Error(-32000, "nonce too low")));
        try (RpcPool pool = poolOfWhichTwoAreBehind()) {
            assertThat(pool.broadcast(SIGNED).outcome().isTaken()).isFalse();
        }
    }

    @Test
    void interruptOfTheCallerDoesNotStopWhatIsUnderWay() throws Exception {
        all(new Reply.Slow(300, TAKEN));
        try (RpcPool pool = pool(3)) {
            CompletableFuture<BroadcastReport> report = new CompletableFuture<>();
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    report.complete(pool.broadcast(SIGNED));
                } catch (InterruptedException e) {
                    report.completeExceptionally(e);
                }
            });
            await().until(() -> nodes.getFirst().asked(Sending.METHOD) == 1);
            caller.interrupt();

            assertThat(report.get().outcome()).isInstanceOf(SendOutcome.Unknown.class);
            assertThat(report.get().awaitAll().answers().values())
                    .hasSize(3)
                    .allMatch(SendOutcome.Accepted.class::isInstance);
        }
    }

    @Test
    void closedPoolSendsNothing() throws InterruptedException {
        RpcPool pool = pool(2);
        pool.close();

        assertThatThrownBy(() -> pool.send(SIGNED)).isInstanceOf(RpcException.class);
        assertThatThrownBy(() -> pool.broadcast(SIGNED)).isInstanceOf(RpcException.class);
        assertThat(nodes.getFirst().asked(Sending.METHOD)).isZero();
    }

    @Test
    void closeEndsTheBroadcastsUnderWay() throws InterruptedException {
        all(new Reply.Stall());
        nodes.get(1).on(Sending.METHOD, TAKEN);
        RpcPool pool = pool(3);
        BroadcastReport report = pool.broadcast(SIGNED);

        assertThat(pool.drain(Duration.ofMillis(1))).isFalse();
        pool.close();

        await().atMost(Duration.ofSeconds(2)).until(report::isComplete);
    }

    @Test
    void whatIsNoHexReachesNoNode() throws InterruptedException {
        try (RpcPool pool = pool(1)) {
            assertThatIllegalArgumentException().isThrownBy(() -> pool.send("0xabc"));
            assertThatIllegalArgumentException().isThrownBy(() -> pool.broadcast("f86c"));
            assertThat(nodes.getFirst().asked(Sending.METHOD)).isZero();
        }
    }

    @Test
    void answerWithAnotherHashIsNotBelieved() throws InterruptedException {
        all(new Reply.Result("\"0x" + "77".repeat(32) + "\""));
        nodes.forEach(node -> node.on("eth_getTransactionByHash", new Reply.Result("null"))
                .on("eth_getTransactionReceipt", new Reply.Result("null")));
        try (RpcPool pool = pool(2)) {
            assertThat(pool.send(SIGNED))
                    .isInstanceOfSatisfying(
                            SendOutcome.Unknown.class,
                            unknown ->
                                    assertThat(unknown.causes().values()).containsOnly("answered with another hash"));
        }
    }
}
