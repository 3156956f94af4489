package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.RpcPoolBuilder.Pinning;
import dev.tocsin.rpcpool.faults.FaultyNode;
import dev.tocsin.testsupport.AnvilNode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ten thousand calls of all kinds with everything on, over three ways to a real node at which something else goes wrong all the time. */
class WireChaosIT {

    private static final long SEED = 20_261_121;
    private static final int READERS = 32;
    private static final int TURNS = 225; // of one or three calls each
    private static final int SENDERS = 6;
    private static final int SENDS = 45;
    private static final String SINK = "0x00000000000000000000000000000000000051c4";
    private static final Duration DEADLINE = Duration.ofSeconds(3);
    private static final Duration VERIFY = Duration.ofSeconds(2);
    private static final int CONNECTIONS = 24;

    private AnvilNode anvil;
    private WireHistory history;
    private final List<FaultyNode> nodes = new ArrayList<>();
    private RpcPool pool;

    @BeforeEach
    void open() throws InterruptedException {
        anvil = AnvilNode.builder().blockTime(Duration.ofMillis(250)).start();
        history = WireHistory.of(anvil);
        for (int i = 0; i < 3; i++) {
            nodes.add(FaultyNode.before(anvil.uri(), SEED + i));
        }
        for (int i = 0; i < SENDERS; i++) {
            anvil.rpc("anvil_setBalance", WireSends.account(i).getAddress(), "0x8ac7230489e80000");
        }
        String[] urls = nodes.stream().map(node -> node.uri().toString()).toArray(String[]::new);
        pool = RpcPool.builder()
                .primary(urls[0], urls[1])
                .primary(NodeSettings.of(urls[2]).withRateLimit(RateLimit.requests(300)))
                .callTimeout(DEADLINE)
                .verifyTimeout(VERIFY)
                .attempts(10)
                .retryDelay(Duration.ofMillis(20))
                .healthCheckEvery(Duration.ofMillis(500))
                .headPollEvery(Duration.ofMillis(100))
                .maxConnections(CONNECTIONS)
                .pinning(Pinning.ALWAYS)
                .cache(8 << 20)
                .autoBatch(20)
                .open();
    }

    @AfterEach
    void close() {
        pool.close();
        nodes.forEach(FaultyNode::close);
        anvil.close();
    }

    @Test
    void everyCallEndsInTimeEveryAnswerIsRightAndNoConnectionIsLeft() throws Exception {
        WireTraffic traffic;
        WireSends sends;
        int mostSockets;
        try (WireWeather weather = new WireWeather(nodes, SEED).start();
                Delays delays = Delays.start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            traffic = new WireTraffic(pool, anvil, history, weather, SINK, DEADLINE, delays);
            sends = new WireSends(pool, anvil, traffic, history, SINK, DEADLINE, VERIFY);
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < READERS; i++) {
                Random random = new Random(SEED + i);
                callers.add(threads.submit(() -> {
                    for (int turn = 0; turn < TURNS; turn++) {
                        traffic.some(random);
                    }
                    return null;
                }));
            }
            for (int i = 0; i < SENDERS; i++) {
                int index = i;
                callers.add(threads.submit(() -> {
                    sends.run(WireSends.account(index), SENDS);
                    return null;
                }));
            }
            for (Future<?> caller : callers) {
                caller.get(5, TimeUnit.MINUTES);
            }
            mostSockets = weather.mostSockets();
            assertThat(weather.hadBlackout()).isTrue();
        }
        System.out.printf(
                "chaos on the wire: %d calls, %d cut off by the deadline, %d not served, %d agreed on, %d not, %d sends unknown, %d sockets at most%n",
                traffic.calls.get(),
                traffic.cutOff.get(),
                traffic.unserved.size(),
                traffic.agreed.get(),
                traffic.notAgreed.get(),
                sends.unknown.get(),
                mostSockets);

        assertThat(traffic.calls).hasValueGreaterThanOrEqualTo(10_000);
        assertThat(traffic.cutOff).hasPositiveValue();
        assertThat(traffic.wrong).isEmpty();
        assertThat(traffic.late).isEmpty();
        // two bad nodes, and the third over its budget: there is not always somebody who could serve a call
        assertThat(traffic.unserved).hasSizeLessThan(traffic.calls.get() / 100);
        assertThat(traffic.agreed.get()).isGreaterThan(traffic.notAgreed.get());
        assertThat(mostSockets).isBetween(1, 2 * CONNECTIONS);
        eachTransactionIsExecutedOnce(sends);

        pool.close();
        for (FaultyNode node : nodes) {
            await().atMost(Duration.ofSeconds(20)).until(() -> node.openConnections() == 0);
        }
    }

    private void eachTransactionIsExecutedOnce(WireSends sends) throws InterruptedException {
        assertThat(sends.falseErrors).isEmpty();
        assertThat(sends.falseSuccesses).isEmpty();
        assertThat(sends.hashes).hasSize(SENDERS * SENDS).doesNotHaveDuplicates();
        await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> WireTraffic.quantity(anvil.rpc("eth_getBalance", SINK, "latest")),
                        BigInteger.valueOf(SENDERS * SENDS)::equals);
        for (int i = 0; i < SENDERS; i++) {
            String address = WireSends.account(i).getAddress();
            assertThat(WireTraffic.quantity(anvil.rpc("eth_getTransactionCount", address, "latest")))
                    .isEqualTo(SENDS);
        }
        for (String hash : sends.hashes) {
            assertThat(anvil.rpc("eth_getTransactionReceipt", hash)
                            .path("status")
                            .asString())
                    .isEqualTo("0x1");
        }
    }
}
