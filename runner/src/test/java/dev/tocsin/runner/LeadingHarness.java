package dev.tocsin.runner;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.notification.Gateway;
import dev.tocsin.notification.GatewayHealth;
import dev.tocsin.notification.Message;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.runner.config.ConfigReader;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.demo.DemoChain;
import dev.tocsin.runner.demo.DemoNode;
import dev.tocsin.runner.demo.Draft;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.testsupport.MutableClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A {@link Leading} on a real journal, a real pool and a node of the demo, with one gateway that can be made to hang. */
final class LeadingHarness implements AutoCloseable {

    static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    static final long CHAIN = 1337;
    private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private static final String YAML = """
            nodes: {primary: "http://127.0.0.1:1"}
            stream: {from: %d, poll: 50ms}
            watches:
              - name: transfer
                event: event Transfer(address indexed from, address indexed to, uint256 value)
            gateways:
              hook: {type: webhook, url: "http://127.0.0.1:1/a"}
            coordination: {redis: "redis://127.0.0.1:1"}
            state: {keep: 1h}
            """;

    final Path file;
    final MutableClock clock = MutableClock.at(NOW);
    final DemoChain chain = DemoChain.create(CHAIN, InstantSource.system());
    final DemoNode node = DemoNode.on(chain, "node");
    final Journal journal;
    final RpcPool pool;
    final List<Boolean> led = new CopyOnWriteArrayList<>();
    final Hook hook = new Hook();
    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Leading leading;
    private final AtomicInteger mined = new AtomicInteger();

    LeadingHarness(Path folder) throws IOException, InterruptedException {
        this(folder, 1);
    }

    LeadingHarness(Path folder, long from) throws IOException, InterruptedException {
        file = folder.resolve("state.db");
        node.start();
        journal = Journal.open(file);
        pool = RpcPool.builder()
                .primary(node.http().toString())
                .healthCheckEvery(Duration.ofMillis(100))
                .open();
        TocsinConfig config = ConfigReader.parse("t.yml", YAML.formatted(from), name -> null);
        RunnerListener listener = new RunnerListener() {
            @Override
            public void onLeading(boolean leading) {
                led.add(leading);
            }
        };
        leading =
                new Leading(config, pool, journal, Map.of("hook", hook), registry, listener, clock, clock.nanoTicker());
    }

    /** Keeps what it is sent, once its gate lets it. */
    static final class Hook implements Gateway {
        final Semaphore gate = new Semaphore(1000);
        final List<String> keys = new CopyOnWriteArrayList<>();

        @Override
        public String name() {
            return "hook";
        }

        @Override
        public DeliveryOutcome send(Message message) throws InterruptedException {
            gate.acquire();
            keys.add(message.key());
            return new DeliveryOutcome.Accepted("ok");
        }

        @Override
        public GatewayHealth check() {
            return new GatewayHealth.Up(Duration.ZERO);
        }
    }

    /** Mines a block with one transfer. */
    void mine() {
        String word = "0x" + "0".repeat(63) + "1";
        String hash = "0x" + String.format("%064x", mined.incrementAndGet());
        chain.append(new Draft(
                List.of(new Draft.Transaction(
                        hash,
                        "0x" + "a".repeat(40),
                        "0x" + "b".repeat(40),
                        true,
                        21_000,
                        List.of(new Draft.Log("0x" + "b".repeat(40), List.of(TRANSFER, word, word), word)))),
                ""));
    }

    /** What a gauge of the stream shows. */
    long gauge(String name) {
        return (long) registry.get("tocsin.rpcpool.stream." + name).gauge().value();
    }

    @Override
    public void close() {
        hook.gate.release(1000);
        leading.close();
        pool.close();
        journal.close();
        node.close();
    }
}
