package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.node.HealthChecks;
import dev.tocsin.rpcpool.internal.send.Sending;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Over sockets: a node that answers, and one that takes transactions and nothing else. */
class SendOnlyTest {

    private static final String SIGNED = SendingTest.SIGNED;
    private static final String HASH = SignedTransaction.parse(SIGNED).hash();
    private static final Reply TAKEN = new Reply.Result("\"" + HASH + "\"");
    private static final Reply FULL = new Reply.Error(-32000, "txpool is full");
    private static final Reply INVALID = new Reply.Error(-32000, "intrinsic gas too low");
    private static final Reply SEEN = new Reply.Result("{\"hash\":\"" + HASH + "\",\"blockNumber\":null}");
    private static final Reply NULL = new Reply.Result("null");

    private final RecordingListener listener = new RecordingListener();
    private final FakeNode node = unseen(FakeNode.start()).on(Sending.METHOD, TAKEN);
    private final FakeNode sequencer = FakeNode.start()
            .on("*", new Reply.Error(-32601, "the method does not exist/is not available"))
            .on("eth_chainId", new Reply.Error(-32001, "rpc method is not whitelisted"))
            .on(Sending.METHOD, TAKEN);

    @AfterEach
    void close() {
        Stream.of(node, sequencer).forEach(FakeNode::close);
    }

    private static FakeNode unseen(FakeNode node) {
        return node.on("eth_getTransactionByHash", NULL).on("eth_getTransactionReceipt", NULL);
    }

    private RpcPoolBuilder settings() {
        return RpcPool.builder()
                .chain(1)
                .healthCheckEvery(Duration.ofMillis(50))
                .verifyTimeout(Duration.ofMillis(300))
                .listener(listener)
                .primary(node.url());
    }

    private RpcPool open() throws InterruptedException {
        return settings().sendOnly(sequencer.url()).open();
    }

    private NodeStatus status(RpcPool pool) {
        return pool.status().nodes().getLast();
    }

    private void awaitHealthy(RpcPool pool) {
        await().until(() -> status(pool).state() == NodeState.HEALTHY);
    }

    @Test
    void broadcastGoesToItTooAndItsAnswerIsReported() throws InterruptedException {
        try (RpcPool pool = open()) {
            BroadcastReport report = pool.broadcast(SIGNED).awaitAll();

            assertThat(report.outcome()).isEqualTo(new SendOutcome.Accepted(HASH, node.name()));
            assertThat(report.answers().values())
                    .containsExactly(
                            new SendOutcome.Accepted(HASH, node.name()),
                            new SendOutcome.Accepted(HASH, sequencer.name()));
        }
    }

    @Test
    void itIsNeverAskedForAnythingElseAndKnowsNothingOfTheChain() throws InterruptedException {
        try (RpcPool pool = open()) {
            awaitHealthy(pool);
            node.on("eth_call", new Reply.Error(-32005, "too many requests"));
            assertThatThrownBy(() -> pool.call("eth_call")).isInstanceOf(RpcException.class);
            pool.send(SIGNED);

            await().until(() -> sequencer.asked(Sending.METHOD) == 1);
            assertThat(pool.status().head()).hasValue(16);
            assertThat(status(pool).head()).isEmpty();
            assertThat(pool.explain("eth_call").nodes())
                    .extracting(choice -> choice.node().name())
                    .containsExactly(node.name());
        }
        assertThat(sequencer.asked("eth_call")).isZero();
        assertThat(sequencer.asked("eth_blockNumber") + sequencer.asked("eth_syncing"))
                .isZero();
    }

    @Test
    void oneThatDoesNotTellItsChainIsHealthyAndNotAskedForItAgain() throws InterruptedException {
        try (RpcPool pool = open()) {
            awaitHealthy(pool);
            long checks = node.asked("eth_blockNumber");
            await().until(() -> node.asked("eth_blockNumber") > checks + 3);

            assertThat(sequencer.asked("eth_chainId")).isEqualTo(1);
            assertThat(status(pool).state()).isEqualTo(NodeState.HEALTHY);
        }
    }

    @Test
    void oneThatRefusesByHttpIsHealthyToo() throws InterruptedException {
        sequencer.on("eth_chainId", new Reply.Body(403, "forbidden"));
        try (RpcPool pool = open()) {
            awaitHealthy(pool);

            assertThat(pool.broadcast(SIGNED).awaitAll().answers())
                    .containsEntry(sequencer.name(), new SendOutcome.Accepted(HASH, sequencer.name()));
        }
    }

    @Test
    void oneOfAnotherChainGetsNothing() throws InterruptedException {
        sequencer.on("eth_chainId", new Reply.Result("\"0x5\""));
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(HealthChecks.class);
        logger.setLevel(Level.WARN);
        logger.addAppender(log);
        try (RpcPool pool = open()) {
            BroadcastReport early = pool.broadcast(SIGNED).awaitAll(); // before or after its check
            await().until(() -> status(pool).state() == NodeState.WRONG_CHAIN);
            BroadcastReport report = pool.broadcast(SIGNED).awaitAll();

            assertThat(List.of(early, report))
                    .allSatisfy(one -> assertThat(one.answers().get(sequencer.name()))
                            .isInstanceOfSatisfying(
                                    SendOutcome.Rejected.class,
                                    refusal -> assertThat(refusal.errorClass()).isEqualTo(ErrorClass.CHAIN_MISMATCH)));
            pool.send(SIGNED);
            await().untilAsserted(() -> assertThat(log.list)
                    .extracting(ILoggingEvent::toString)
                    .containsOnlyOnce("[WARN] a node is left out as the pool opens node=" + sequencer.name()
                            + " cause=serves chain 5, expected chain 1"));
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
        assertThat(sequencer.asked(Sending.METHOD)).isZero();
    }

    @Test
    void oneThatCannotBeReachedIsUnhealthyAndComesBack() throws InterruptedException {
        sequencer.stop();
        try (RpcPool pool = open()) {
            await().until(() -> status(pool).state() == NodeState.UNHEALTHY);
            assertThat(pool.status().healthy()).isEqualTo(1);
            assertThat(pool.status().hasFitNode()).isTrue();

            sequencer.restart();
            awaitHealthy(pool);
            assertThat(pool.status().healthy()).isEqualTo(1);
        }
    }

    @Test
    void itsYesAloneIsNoSuccessButIsLookedUp() throws InterruptedException {
        node.on(Sending.METHOD, FULL);
        try (RpcPool pool = open()) {
            assertThat(pool.broadcast(SIGNED).outcome())
                    .isInstanceOfSatisfying(
                            SendOutcome.Unknown.class,
                            unknown -> assertThat(unknown.causes())
                                    .containsEntry(
                                            sequencer.name(), "says that it has taken it, no other has shown it"));
            node.on("eth_getTransactionByHash", SEEN);

            assertThat(pool.broadcast(SIGNED).outcome()).isEqualTo(new SendOutcome.AlreadyKnown(HASH, node.name()));
        }
    }

    @Test
    void itsYesDoesNotOutweighThatTheTransactionIsInvalid() throws InterruptedException {
        node.on(Sending.METHOD, INVALID);
        try (RpcPool pool = open()) {
            assertThat(pool.broadcast(SIGNED).awaitAll().outcome())
                    .isEqualTo(new SendOutcome.Rejected(
                            HASH, ErrorClass.TX_INVALID, "intrinsic gas too low", node.name()));
            assertThat(listener.of("contradiction")).isEmpty();
        }
    }

    @Test
    void itsNoDoesNotDecide() throws InterruptedException {
        node.on(Sending.METHOD, FULL);
        sequencer.on(Sending.METHOD, new Reply.Error(-32000, "nonce too low"));
        try (RpcPool pool = open()) {
            assertThat(pool.broadcast(SIGNED).outcome())
                    .isEqualTo(new SendOutcome.Rejected(HASH, ErrorClass.POOL_FULL, "txpool is full", node.name()));
        }
    }

    @Test
    void oneThatHangsDelaysNoSuccess() throws InterruptedException {
        sequencer.on(Sending.METHOD, new Reply.Stall());
        try (RpcPool pool = open()) {
            awaitHealthy(pool);
            BroadcastReport report = pool.broadcast(SIGNED);

            assertThat(report.outcome()).isEqualTo(new SendOutcome.Accepted(HASH, node.name()));
            assertThat(report.isComplete()).isFalse();
            assertThat(pool.send(SIGNED)).isEqualTo(new SendOutcome.Accepted(HASH, node.name()));
        }
    }

    @Test
    void whatIsSentToOneAfterAnotherIsPassedOnOnceItIsTaken() throws InterruptedException {
        try (RpcPool pool = open()) {
            assertThat(pool.send(SIGNED)).isEqualTo(new SendOutcome.Accepted(HASH, node.name()));
            await().until(() -> sequencer.asked(Sending.METHOD) == 1);

            node.on(Sending.METHOD, INVALID);
            assertThat(pool.send(SIGNED)).isInstanceOf(SendOutcome.Rejected.class);
            assertThat(sequencer.asked(Sending.METHOD)).isEqualTo(1);
        }
    }

    @Test
    void itIsAskedInItsTurnWhenNoOtherCanTakeIt() throws InterruptedException {
        node.on(Sending.METHOD, new Reply.Error(-32601, "the method eth_sendRawTransaction does not exist"));
        try (RpcPool pool = open()) {
            assertThat(pool.send(SIGNED)).isInstanceOf(SendOutcome.Unknown.class);

            node.on("eth_getTransactionByHash", SEEN);
            assertThat(pool.send(SIGNED)).isEqualTo(new SendOutcome.AlreadyKnown(HASH, node.name()));
        }
    }

    @Test
    void itIsListedAddedRemovedAndMeasuredAsTheOthers() throws InterruptedException {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (RpcPool pool = settings().listener(RpcPoolMeters.on(registry)).open()) {
            String name = pool.addNode(Tier.SEND_ONLY, sequencer.url());
            awaitHealthy(pool);

            assertThat(status(pool).name()).isEqualTo(name);
            assertThat(status(pool).tier()).isEqualTo(Tier.SEND_ONLY);
            assertThat(registry.get("tocsin.rpcpool.node.healthy")
                            .tag("node", name)
                            .gauge()
                            .value())
                    .isEqualTo(1);
            assertThatThrownBy(() -> pool.removeNode(node.name())).isInstanceOf(IllegalStateException.class);
            pool.removeNode(name);
            assertThat(pool.status().nodes()).extracting(NodeStatus::name).containsExactly(node.name());
            assertThat(pool.broadcast(SIGNED).awaitAll().answers()).containsOnlyKeys(node.name());
        }
    }

    @Test
    void aPoolOfSendOnlyNodesIsNone() {
        assertThatThrownBy(() -> RpcPool.builder().sendOnly(sequencer.url()).open())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a pool needs at least one node that answers calls: call primary(url)");
    }
}
