package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.internal.node.HealthChecks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class NodeHealthTest {

    private static final String METHOD = "eth_gasPrice";
    private static final Reply GOOD = new Reply.Result("\"0x7\"");

    private final FakeNode a = FakeNode.start().on(METHOD, GOOD);
    private final FakeNode b = FakeNode.start().on(METHOD, GOOD);
    private final FakeNode c = FakeNode.start().on(METHOD, GOOD);
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        a.close();
        b.close();
        c.close();
    }

    /** Nothing here ends because time is over, and a busy machine causes no second request to another node. */
    private RpcPoolBuilder settings() {
        return RpcPool.builder()
                .callTimeout(Duration.ofSeconds(30))
                .hedges(0)
                .retryDelay(Duration.ofMillis(5))
                .selection(SelectionStrategy.roundRobin())
                .unhealthyAfter(2)
                .healthCheckEvery(Duration.ofMillis(50))
                .healthCheckTimeout(Duration.ofSeconds(30))
                .listener(listener);
    }

    private static void awaitState(RpcPool pool, FakeNode node, NodeState state) {
        await().atMost(Duration.ofSeconds(30)).until(() -> state(pool, node), state::equals);
    }

    private static NodeState state(RpcPool pool, FakeNode node) {
        return pool.status().node(node.name()).orElseThrow().state();
    }

    @Test
    void poolWithoutNodesDoesNotOpen() {
        assertThatIllegalStateException().isThrownBy(() -> RpcPool.builder().open());
    }

    @Test
    void openSaysOfEachNodeWhyItCannotBeUsed() {
        a.stop();
        b.chain(5);
        c.on("*", new Reply.Body(503, ""));

        assertThatThrownBy(() -> settings()
                        .chain(1)
                        .primary(a.url(), b.url())
                        .fallback(c.url())
                        .open())
                .isInstanceOfSatisfying(NoNodeException.class, e -> {
                    assertThat(e.causes()).containsOnlyKeys(a.name(), b.name(), c.name());
                    assertThat(e.causes().get(a.name())).contains("cannot connect");
                    assertThat(e.causes().get(b.name())).isEqualTo("serves chain 5, expected chain 1");
                    assertThat(e.causes().get(c.name())).isEqualTo("HTTP 503");
                    assertThat(e).hasMessageContaining(a.name()).hasMessageContaining(c.name());
                });
    }

    @Test
    void openSucceedsWithOneNodeOfThree() throws InterruptedException {
        a.stop();
        b.on("*", new Reply.Stall());
        try (RpcPool pool = settings()
                .healthCheckTimeout(Duration.ofSeconds(2))
                .primary(a.url(), b.url())
                .fallback(c.url())
                .open()) {
            assertThat(pool.chainId()).isEqualTo(1);
            assertThat(pool.call(METHOD).node()).isEqualTo(c.name());
        }
    }

    @Test
    void withoutAChainMostOfTheNodesThatAnswerDecideNotTheFirstNorTheQuickest() throws InterruptedException {
        a.chain(7);
        b.on("eth_chainId", new Reply.Slow(200, new Reply.Result("\"0x1\"")));
        Logger logger = (Logger) LoggerFactory.getLogger(HealthChecks.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.setLevel(Level.WARN);
        logger.addAppender(log);
        try (RpcPool pool =
                settings().primary(a.url(), b.url()).fallback(c.url()).open()) {
            assertThat(pool.chainId()).isEqualTo(1);
            assertThat(state(pool, a)).isEqualTo(NodeState.WRONG_CHAIN);
            assertThat(log.list)
                    .extracting(ILoggingEvent::toString)
                    .contains("[WARN] a node is left out as the pool opens node=" + a.name()
                            + " cause=serves chain 7, expected chain 1");
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }
    }

    @Test
    void withoutAChainNodesOfWhichNoMostAgreeAreRefused() {
        a.chain(7);

        assertThatThrownBy(() -> settings().primary(a.url(), b.url()).open())
                .isInstanceOf(NoNodeException.class)
                .hasMessage("as many nodes serve one chain as another, 1 and 7; give chain(id): " + a.name()
                        + ": serves chain 7; " + b.name() + ": serves chain 1");
    }

    @Test
    void nodeOfAnotherChainIsNeverUsedUntilItIsMended() throws InterruptedException {
        b.chain(5);
        try (RpcPool pool = settings().chain(1).primary(a.url(), b.url()).open()) {
            assertThat(state(pool, b)).isEqualTo(NodeState.WRONG_CHAIN);
            for (int i = 0; i < 20; i++) {
                assertThat(pool.call(METHOD).node()).isEqualTo(a.name());
            }
            a.on(METHOD, new Reply.Body(500, ""));
            assertThatThrownBy(() -> pool.call(METHOD))
                    .isInstanceOfSatisfying(
                            NoNodeException.class,
                            e -> assertThat(e.causes())
                                    .containsEntry(a.name(), "HTTP 500")
                                    .containsEntry(b.name(), "not asked: serves chain 5, expected chain 1"));
            assertThat(b.asked(METHOD)).isZero();

            b.chain(1);
            awaitState(pool, b, NodeState.HEALTHY);
            assertThat(pool.call(METHOD).node()).isEqualTo(b.name());
        }
    }

    @Test
    void nodeThatComesBackAsAnotherChainIsNotUsedAsTheLastResort() throws InterruptedException {
        b.stop();
        try (RpcPool pool = settings()
                .healthCheckEvery(Duration.ofMinutes(10))
                .primary(a.url(), b.url())
                .open()) {
            b.chain(5).restart();
            a.stop();

            assertThatThrownBy(() -> pool.call(METHOD))
                    .isInstanceOfSatisfying(
                            NoNodeException.class,
                            e -> assertThat(e.causes()).containsEntry(b.name(), "serves chain 5, expected chain 1"));
            assertThat(b.asked(METHOD)).isZero();
            assertThat(state(pool, b)).isEqualTo(NodeState.WRONG_CHAIN);
        }
    }

    @Test
    void allNodesOfAnotherChainAreNamedWhenNobodyIsLeft() throws InterruptedException {
        try (RpcPool pool = settings().primary(a.url()).open()) {
            a.chain(9);
            awaitState(pool, a, NodeState.WRONG_CHAIN);

            assertThatThrownBy(() -> pool.call(METHOD))
                    .isInstanceOf(NoNodeException.class)
                    .hasMessageContaining("serves chain 9, expected chain 1");
        }
    }

    @Test
    void nodeDiesAndReturns() throws InterruptedException {
        try (RpcPool pool = settings().primary(a.url(), b.url()).open()) {
            a.stop();
            awaitState(pool, a, NodeState.UNHEALTHY);
            for (int i = 0; i < 4; i++) {
                assertThat(pool.call(METHOD).node()).isEqualTo(b.name());
            }

            a.restart();
            awaitState(pool, a, NodeState.HEALTHY);
            assertThat(IntStream.range(0, 4).mapToObj(i -> node(pool)).toList()).contains(a.name());
            assertThat(listener.of("state"))
                    .anySatisfy(event ->
                            assertThat(event).startsWith("state " + a.name() + " HEALTHY UNHEALTHY cannot connect"));
            assertThat(listener.of("state")).contains("state " + a.name() + " UNHEALTHY HEALTHY answers");
        }
    }

    @Test
    void lastNodeIsStillAskedWhenAllAreUnhealthy() throws InterruptedException {
        try (RpcPool pool = settings().primary(a.url()).open()) {
            a.on("eth_blockNumber", new Reply.Body(500, ""));
            awaitState(pool, a, NodeState.UNHEALTHY);

            assertThat(pool.call(METHOD).asLong()).isEqualTo(7);
        }
    }

    @Test
    void limitsDoNotMakeANodeUnhealthy() throws InterruptedException {
        try (RpcPool pool = settings().primary(a.url()).fallback(b.url()).open()) {
            a.on("*", new Reply.Body(429, "")).on(METHOD, new Reply.Body(429, ""));
            for (int i = 0; i < 5; i++) {
                assertThat(pool.call(METHOD).node()).isEqualTo(b.name());
            }
            long checks = a.asked("eth_chainId");
            await().until(() -> a.asked("eth_chainId") > checks + 3);
            assertThat(state(pool, a)).isEqualTo(NodeState.HEALTHY);
        }
    }

    /** On a busy machine a check that is late would take a turn away. */
    @Test
    void primariesAreAskedInRotation() throws InterruptedException {
        try (RpcPool pool = settings()
                .healthCheckEvery(Duration.ofHours(1))
                .primary(a.url(), b.url(), c.url())
                .open()) {
            List<String> asked =
                    IntStream.range(0, 30).mapToObj(i -> node(pool)).toList();

            for (FakeNode node : List.of(a, b, c)) {
                assertThat(asked).filteredOn(node.name()::equals).hasSize(10);
            }
        }
    }

    @Test
    void fallbackIsAskedOnlyWhenNoPrimaryIsHealthy() throws InterruptedException {
        try (RpcPool pool =
                settings().primary(a.url(), b.url()).fallback(c.url()).open()) {
            a.stop();
            awaitState(pool, a, NodeState.UNHEALTHY);
            IntStream.range(0, 6).forEach(i -> assertThat(node(pool)).isEqualTo(b.name()));
            assertThat(c.asked(METHOD)).isZero();

            b.stop();
            awaitState(pool, b, NodeState.UNHEALTHY);
            assertThat(node(pool)).isEqualTo(c.name());
        }
    }

    @Test
    void listenerThatThrowsHurtsNobody() throws InterruptedException {
        AtomicBoolean heard = new AtomicBoolean();
        RpcPoolListener broken = new RpcPoolListener() {
            @Override
            public void onAttempt(Attempt attempt) {
                throw new IllegalStateException("broken");
            }

            @Override
            public void onNodeState(String node, NodeState before, NodeState after, String cause) {
                heard.set(true);
                throw new IllegalStateException("broken");
            }
        };
        try (RpcPool pool = RpcPool.builder()
                .listener(broken)
                .listener(listener)
                .primary(a.url())
                .open()) {
            assertThat(pool.call(METHOD).asLong()).isEqualTo(7);
        }
        assertThat(heard).isTrue();
        assertThat(listener.of("attempt")).contains("attempt " + a.name() + " " + METHOD + " CALL ANSWERED");
    }

    @Test
    void statusTellsWhatIsKnownOfEachNode() throws InterruptedException {
        b.stop();
        try (RpcPool pool = settings().primary(a.url()).fallback(b.url()).open()) {
            NodeStatus first = pool.status().nodes().getFirst();
            assertThat(first.tier()).isEqualTo(Tier.PRIMARY);
            assertThat(first.head()).hasValue(16);
            assertThat(first.checkLatency()).isPresent();
            assertThat(first.lastCheck()).isPresent();
            assertThat(first.lastError()).isEmpty();
            NodeStatus second = pool.status().nodes().getLast();
            assertThat(second.tier()).isEqualTo(Tier.FALLBACK);
            assertThat(second.head()).isEmpty();
            assertThat(second.errors()).isPositive();
            assertThat(second.lastError()).isPresent();
        }
    }

    private static String node(RpcPool pool) {
        try {
            return pool.call(METHOD).node();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aNodeThatHasOnlyFailedIsShownWithoutAShareOfCallsThatItServed() throws InterruptedException {
        b.on("*", new Reply.Body(404, ""));
        try (RpcPool pool =
                settings().unhealthyAfter(1000).primary(a.url(), b.url()).open()) {
            NodeStatus never = pool.status().node(b.name()).orElseThrow();

            assertThat(never.successRate()).isEmpty();
            assertThat(never.toString())
                    .isEqualTo(
                            b.name()
                                    + " has not passed a check yet: HTTP 404 [UNCHECKED] (primary, head unknown, no answer yet, 0 in flight)");
            assertThat(pool.status().node(a.name()).orElseThrow().successRate()).hasValue(1);
        }
    }

    @Test
    void httpsToANodeThatSpeaksHttpIsToldSo() throws IOException {
        try (ServerSocket http = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> refuseAll(http));
            String name = "127.0.0.1:" + http.getLocalPort();

            assertThatThrownBy(() -> settings().primary("https://" + name).open())
                    .isInstanceOfSatisfying(
                            NoNodeException.class,
                            e -> assertThat(e.causes())
                                    .containsEntry(name, "no TLS: this node speaks http, not https"));
        }
    }

    /** As a node does that cannot read what begins with a TLS greeting. */
    private static void refuseAll(ServerSocket http) {
        while (!http.isClosed()) {
            try (Socket socket = http.accept()) {
                socket.getInputStream().read();
                socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                socket.getInputStream().readAllBytes();
            } catch (IOException e) {
                // closed, here or there
            }
        }
    }
}
