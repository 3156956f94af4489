package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.error.ErrorClass;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RpcPoolMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void poolIsSeenInTheMeters() throws InterruptedException {
        try (FakeNode bad = FakeNode.start().on("eth_gasPrice", new Reply.Body(500, ""));
                FakeNode good = FakeNode.start().on("eth_gasPrice", new Reply.Result("\"0x1\""));
                FakeHeads heads = FakeHeads.start();
                RpcPool pool = RpcPool.builder()
                        .primary(bad.url())
                        .fallback(good.url())
                        .hedges(0) // a failover, however long the first node takes to fail
                        .webSocket(heads.url())
                        .listener(RpcPoolMeters.on(registry))
                        .open()) {
            pool.call("eth_gasPrice");

            assertThat(calls(bad, "unserved")).isEqualTo(1);
            assertThat(calls(good, "served")).isEqualTo(1);
            assertThat(registry.get("tocsin.rpcpool.failovers")
                            .tag("from", bad.name())
                            .counter()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("tocsin.rpcpool.node.healthy")
                            .tag("node", good.name())
                            .gauge()
                            .value())
                    .isEqualTo(1);
            await().until(() -> registry.find("tocsin.rpcpool.heads.connected")
                            .tag("node", heads.name())
                            .gauge()
                    != null);
        }
    }

    @Test
    void sendsAreTimedByOutcomeAndClassOfError() {
        RpcPoolMeters meters = RpcPoolMeters.on(registry);
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
        assertThat(registry.get("tocsin.rpcpool.send.contradictions")
                        .tag("node", "n0")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void methodsBeyondTheBoundShareOneTag() {
        RpcPoolMeters meters = RpcPoolMeters.on(registry);
        for (int i = 0; i < 200; i++) {
            meters.onCall("node", "eth_" + i, Duration.ofMillis(1), true);
        }

        assertThat(registry.find("tocsin.rpcpool.call").timers()).hasSize(65);
        assertThat(registry.get("tocsin.rpcpool.call")
                        .tag("method", "other")
                        .timer()
                        .count())
                .isEqualTo(136);
    }

    private long calls(FakeNode node, String outcome) {
        return registry.get("tocsin.rpcpool.call")
                .tags("node", node.name(), "method", "eth_gasPrice", "outcome", outcome)
                .timer()
                .count();
    }
}
