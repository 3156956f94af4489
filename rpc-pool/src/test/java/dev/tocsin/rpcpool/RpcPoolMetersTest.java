package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.ScriptedTransport.fails;
import static dev.tocsin.rpcpool.ScriptedTransport.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.RpcPoolListener.Attempt;
import dev.tocsin.rpcpool.RpcPoolListener.Call;
import dev.tocsin.rpcpool.RpcPoolListener.Outcome;
import dev.tocsin.rpcpool.RpcPoolListener.Purpose;
import dev.tocsin.rpcpool.error.ErrorClass;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.search.MeterNotFoundException;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class RpcPoolMetersTest {

    private static final String METHOD = "eth_gasPrice";
    private static final String CONNECTED = "tocsin.rpcpool.heads.connected";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ScriptedTransport nodes = new ScriptedTransport();

    private RpcPoolBuilder settings() {
        return RpcPool.builder()
                .selection(SelectionStrategy.priority())
                .retryDelay(Duration.ZERO)
                .listener(RpcPoolMeters.on(registry, "mine"));
    }

    @Test
    void callsAndAttemptsAreTimedByOutcomeAndClass() throws InterruptedException {
        nodes.node("bad", fails("down")).node("good", says("\"0x1\""));
        try (RpcPool pool = nodes.open(settings())) {
            pool.call(METHOD);

            assertThat(timer("call", "method", METHOD, "outcome", "answered", "class", "none"))
                    .isEqualTo(1);
            assertThat(attempts("bad", "failed", "transport_not_sent")).isEqualTo(1);
            assertThat(attempts("good", "answered", "none")).isEqualTo(1);
            assertThat(count("failovers", "from", "bad")).isEqualTo(1);
        }
    }

    private long attempts(String node, String outcome, String error) {
        return timer("attempt", "node", node, "method", METHOD, "purpose", "call", "outcome", outcome, "class", error);
    }

    private long timer(String meter, String... tags) {
        return registry.get("tocsin.rpcpool." + meter)
                .tags("pool", "mine", "chain", "1")
                .tags(tags)
                .timer()
                .count();
    }

    private double count(String meter, String... tags) {
        return registry.get("tocsin.rpcpool." + meter)
                .tags("pool", "mine")
                .tags(tags)
                .counter()
                .count();
    }

    private double gauge(String meter, String... tags) {
        return registry.get("tocsin.rpcpool." + meter)
                .tags("pool", "mine", "chain", "1")
                .tags(tags)
                .gauge()
                .value();
    }

    @Test
    void everyNodeHasItsGaugesAndTheReasonWhyItIsNotAsked() throws InterruptedException {
        nodes.node("a", says("\"0x1\"")).node("b", says("\"0x1\""));
        try (RpcPool pool = nodes.open(settings())) {
            pool.cordon("b");

            assertThat(gauge("node.healthy", "node", "a")).isEqualTo(1);
            assertThat(gauge("node.state", "node", "a", "state", "healthy")).isEqualTo(1);
            assertThat(gauge("node.state", "node", "a", "state", "wrong_chain")).isZero();
            assertThat(gauge("node.head", "node", "a")).isEqualTo(1);
            assertThat(gauge("node.in.flight", "node", "a")).isZero();
            assertThat(gauge("node.latency", "node", "a")).isNotNaN();
            assertThat(gauge("node.broken", "node", "a")).isZero();
            for (Exclusion reason : Exclusion.values()) {
                String tag = reason.name().toLowerCase(java.util.Locale.ROOT);
                assertThat(gauge("node.excluded", "node", "a", "reason", tag)).isZero();
                assertThat(gauge("node.excluded", "node", "b", "reason", tag))
                        .isEqualTo(reason == Exclusion.CORDONED ? 1 : 0);
            }
        }
    }

    @Test
    void gaugesGoWithTheirNodeAndWithThePool() throws InterruptedException {
        nodes.node("a", says("\"0x1\"")).node("b", says("\"0x1\""));
        try (RpcPool pool = nodes.open(settings())) {
            pool.removeNode("b");

            assertThat(registry.find("tocsin.rpcpool.node.head")
                            .tag("node", "b")
                            .gauge())
                    .isNull();
            assertThat(registry.find("tocsin.rpcpool.node.head")
                            .tag("node", "a")
                            .gauge())
                    .isNotNull();
        }
        assertThat(registry.find("tocsin.rpcpool.node.head").gauges()).isEmpty();
        assertThat(registry.find("tocsin.rpcpool.node.excluded").gauges()).isEmpty();
    }

    @Test
    void oneLookAtThePoolServesAllGaugesOfAScrape() throws InterruptedException {
        MockClock clock = new MockClock();
        SimpleMeterRegistry clocked = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
        AtomicInteger looks = new AtomicInteger();
        nodes.node("a", says("\"0x1\"")).node("b", says("\"0x1\""));
        try (RpcPool pool = nodes.open(RpcPool.builder())) {
            RpcPoolMeters meters = RpcPoolMeters.on(clocked);
            meters.onOpen(() -> {
                looks.incrementAndGet();
                return pool.status();
            });
            looks.set(0);

            assertThat(clocked.find("tocsin.rpcpool.node.excluded").gauges())
                    .hasSize(2 * Exclusion.values().length)
                    .allMatch(gauge -> gauge.value() == 0);
            assertThat(looks).hasValue(1);

            pool.cordon("b");
            clock.add(Duration.ofSeconds(15));

            assertThat(clocked.find("tocsin.rpcpool.node.excluded").gauges())
                    .filteredOn(gauge -> gauge.value() == 1)
                    .singleElement()
                    .satisfies(gauge -> assertThat(gauge.getId().getTags())
                            .contains(Tag.of("node", "b"), Tag.of("reason", "cordoned")));
            assertThat(looks).hasValue(2);
        }
    }

    @Test
    void aPoolThatIsOpenedAgainIsSeenAgain() throws InterruptedException {
        nodes.node("a", says("\"0x1\""));
        nodes.open(settings()).close();
        ScriptedTransport again = new ScriptedTransport().node("a", says("\"0x1\""));
        try (RpcPool pool = again.open(settings())) {
            assertThat(pool.chainId()).isEqualTo(1);
            assertThat(gauge("node.head", "node", "a")).isEqualTo(1);
        }
    }

    @Test
    void connectionsForHeadsAreSeen() throws InterruptedException {
        try (FakeNode node = FakeNode.start();
                FakeHeads heads = FakeHeads.start();
                RpcPool pool =
                        settings().primary(node.url()).webSocket(heads.url()).open()) {
            assertThat(pool.chainId()).isEqualTo(1);
            await().atMost(Duration.ofSeconds(30))
                    .ignoreExceptionsInstanceOf(MeterNotFoundException.class)
                    .until(() -> gauge("heads.connected", "node", heads.name()) == 1);
        }
    }

    @Test
    void aConnectionToldOfWhileThePoolOpensIsSeen() throws InterruptedException {
        nodes.node("a", says("\"0x1\""));
        Random random = new Random(1);
        try (RpcPool pool = nodes.open(RpcPool.builder())) {
            PoolStatus status = pool.status();
            for (int round = 0; round < 2_000; round++) {
                SimpleMeterRegistry fresh = new SimpleMeterRegistry();
                RpcPoolMeters meters = RpcPoolMeters.on(fresh);
                Phaser both = new Phaser(2);
                Thread opening = Thread.ofPlatform().start(() -> {
                    both.arriveAndAwaitAdvance();
                    meters.onOpen(() -> status);
                });
                both.arriveAndAwaitAdvance();
                LockSupport.parkNanos(random.nextInt(300_000)); // so that they meet at every point
                meters.onHeadSubscription("heads", true, "");
                opening.join();

                assertThat(fresh.find(CONNECTED).gauges()).singleElement().satisfies(gauge -> {
                    assertThat(gauge.getId().getTag("chain")).isEqualTo("1");
                    assertThat(gauge.value()).isEqualTo(1);
                });
            }
        }
    }

    @Test
    void aConnectionIsSeenWithItsStateFromTheBeginning() {
        List<Double> first = new ArrayList<>();
        registry.config().onMeterAdded(gauge -> first.add(((Gauge) gauge).value()));

        RpcPoolMeters.on(registry, "mine").onHeadSubscription("heads", true, "");

        assertThat(first).containsExactly(1.0);
    }

    @Test
    void errorsThatNobodyKnowsDisputesAndHedgesAreCounted() {
        RpcPoolMeters meters = RpcPoolMeters.on(registry, "mine");
        meters.onUnclassified("a", METHOD, -1, "wibble");
        meters.onDispute("a", METHOD, false);
        meters.onHedgeEnd(METHOD, "a", "b", true);
        meters.onHedgeEnd(METHOD, "a", "b", false);

        assertThat(count("unclassified", "node", "a")).isEqualTo(1);
        assertThat(count("disputes", "node", "a")).isEqualTo(1);
        assertThat(count("hedges", "late", "a", "outcome", "won")).isEqualTo(1);
        assertThat(count("hedges", "late", "a", "outcome", "lost")).isEqualTo(1);
    }

    @Test
    void sendsAreTimedByOutcomeAndClassOfError() {
        RpcPoolMeters meters = RpcPoolMeters.on(registry, "mine");
        Duration took = Duration.ofMillis(1);
        SendOutcome.Rejected refused = new SendOutcome.Rejected("0x1", ErrorClass.UNDERPRICED, "too low", "n0");
        meters.onSend(new SendOutcome.Accepted("0x1", "n0"), took);
        meters.onSend(new SendOutcome.AlreadyKnown("0x1", "n0"), took);
        meters.onSend(new SendOutcome.Mined("0x1", 7, "n0"), took);
        meters.onSend(new SendOutcome.Replaced("0x1", Optional.empty(), "nonce too low", "n0"), took);
        meters.onSend(refused, took);
        meters.onSend(new SendOutcome.Unknown("0x1", Map.of()), took);
        meters.onSendContradiction(refused);

        assertThat(registry.find("tocsin.rpcpool.send").timers())
                .extracting(timer ->
                        timer.getId().getTag("outcome") + " " + timer.getId().getTag("class"))
                .containsExactlyInAnyOrder(
                        "accepted none",
                        "already_known none",
                        "mined none",
                        "replaced none",
                        "rejected underpriced",
                        "unknown none");
        assertThat(count("send.contradictions", "node", "n0")).isEqualTo(1);
    }

    @Test
    void answersFromMemoryAreToldFromThoseOfNodes() throws InterruptedException {
        String hash = "0x" + "ab".repeat(32);
        nodes.node("a", says("{\"hash\":\"" + hash + "\",\"number\":\"0x1\"}"));
        try (RpcPool pool = nodes.open(settings().cache(1 << 20))) {
            for (int i = 0; i < 3; i++) {
                pool.call("eth_getBlockByHash", hash, false);
            }

            assertThat(timer("call", "method", "eth_getBlockByHash", "by", "nodes"))
                    .isEqualTo(1);
            assertThat(timer("call", "method", "eth_getBlockByHash", "by", "pool"))
                    .isEqualTo(2);
        }
    }

    @Test
    void methodsThatAreNotKnownShareOneTag() {
        RpcPoolMeters meters = RpcPoolMeters.on(registry);
        Duration took = Duration.ofMillis(1);
        for (int i = 0; i < 2_000; i++) {
            String method = "eth_" + i;
            meters.onCall(new Call(method, Outcome.ANSWERED, Optional.empty(), 1, took));
            meters.onAttempt(new Attempt("a", method, Purpose.CALL, Outcome.ANSWERED, Optional.empty(), took));
        }
        meters.onCall(new Call("batch", Outcome.ANSWERED, Optional.empty(), 1, took));

        assertThat(registry.find("tocsin.rpcpool.call").timers())
                .extracting(timer -> timer.getId().getTag("method") + " " + timer.count())
                .containsExactlyInAnyOrder("other 2000", "batch 1");
        assertThat(registry.find("tocsin.rpcpool.attempt").timers())
                .extracting(Timer::count)
                .containsExactly(2_000L);
    }

    @Test
    void prometheusSeesHistograms() throws InterruptedException {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (FakeNode node = FakeNode.start().on(METHOD, new Reply.Result("\"0x1\""));
                RpcPool pool = RpcPool.builder()
                        .primary(node.url())
                        .listener(RpcPoolMeters.on(prometheus))
                        .open()) {
            pool.call(METHOD);

            assertThat(prometheus.scrape())
                    .contains(
                            "tocsin_rpcpool_call_seconds_bucket{by=\"nodes\",chain=\"1\",class=\"none\",method=\"eth_gasPrice\","
                                    + "outcome=\"answered\",pool=\"default\",le=\"10.0\"} 1",
                            "tocsin_rpcpool_attempt_seconds_bucket{chain=\"1\",class=\"none\",method=\"eth_gasPrice\","
                                    + "node=\"" + node.name() + "\",outcome=\"answered\",pool=\"default\","
                                    + "purpose=\"call\",le=\"10.0\"} 1",
                            "tocsin_rpcpool_node_latency_seconds{");
        }
    }
}
