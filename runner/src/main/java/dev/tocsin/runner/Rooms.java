package dev.tocsin.runner;

import dev.tocsin.coordination.Coordination;
import dev.tocsin.coordination.CoordinationException;
import dev.tocsin.coordination.CoordinationMeters;
import dev.tocsin.coordination.LocalCoordination;
import dev.tocsin.coordination.redis.RedisCoordination;
import dev.tocsin.metrics.HealthStatus;
import dev.tocsin.notification.Gateway;
import dev.tocsin.notification.GatewayMeters;
import dev.tocsin.notification.SlackWebhook;
import dev.tocsin.notification.WebhookGateway;
import dev.tocsin.notification.email.SmtpGateway;
import dev.tocsin.notification.email.SmtpGatewayBuilder;
import dev.tocsin.notification.email.SmtpSecurity;
import dev.tocsin.rpcpool.NoNodeException;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.PoolStatus;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.RpcPoolBuilder;
import dev.tocsin.rpcpool.RpcPoolListener;
import dev.tocsin.rpcpool.RpcPoolMeters;
import dev.tocsin.rpcpool.SelectionStrategy;
import dev.tocsin.runner.config.GatewayConfig;
import dev.tocsin.runner.config.Place;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.console.TerminalGateway;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.runner.journal.JournalException;
import dev.tocsin.runner.journal.StateLock;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;

/** Furnishes each room from its part of the configuration; a failure names the place in the file. */
final class Rooms {

    private static final Duration ALONE = Duration.ofSeconds(10);

    private Rooms() {}

    static Journal journal(TocsinConfig config, Closing closing) {
        try {
            if (config.coordination().isEmpty()) {
                return alone(config.state().file(), closing);
            }
            closing.add(StateLock.share(config.state().file()));
            return closing.add(Journal.open(config.state().file()));
        } catch (JournalException e) {
            throw new StartException(config.state().place().problem(String.valueOf(e.getMessage())), e);
        }
    }

    /** A state file that is new and in which nobody has worked is taken away again, under the lock: the start failed. */
    private static Journal alone(Path file, Closing closing) {
        closing.add(StateLock.take(file));
        AtomicBoolean needless = new AtomicBoolean(Files.notExists(file));
        closing.add(() -> {
            if (needless.get()) {
                Files.deleteIfExists(file);
            }
        });
        Journal journal = closing.add(Journal.open(file));
        closing.add(() -> needless.compareAndSet(true, journal.newestToken() == 0));
        return journal;
    }

    static RpcPool pool(TocsinConfig config, MeterRegistry registry, RunnerListener listener)
            throws InterruptedException {
        TocsinConfig.Nodes nodes = config.nodes();
        Strangers strangers = new Strangers();
        RpcPoolBuilder builder = RpcPool.builder()
                .primary(texts(nodes.primary()))
                .fallback(texts(nodes.fallback()))
                .webSocket(texts(nodes.webSocket()))
                .callTimeout(nodes.timeout())
                .attempts(nodes.attempts())
                .retryDelay(nodes.retryDelay())
                .healthCheckEvery(nodes.healthCheck())
                .maxConnections(nodes.maxConnections())
                .selection(strategy(nodes.selection()))
                .hedges(nodes.hedges() / 100.0)
                .listener(RpcPoolMeters.on(registry))
                .listener(new PoolEvents(listener))
                .listener(strangers);
        nodes.chain().ifPresent(builder::chain);
        try {
            return builder.open();
        } catch (NoNodeException e) {
            String causes = e.causes().entrySet().stream()
                    .map(cause -> cause.getKey() + ": " + cause.getValue())
                    .collect(Collectors.joining("; "));
            String chain =
                    nodes.chain().isPresent() ? " for chain " + nodes.chain().getAsLong() : "";
            Place place = strangers.seen.get() ? nodes.chainPlace() : nodes.place();
            throw new StartException(
                    place.problem("no node can be used; expected at least one that answers" + chain + "; " + causes),
                    e);
        }
    }

    private static SelectionStrategy strategy(TocsinConfig.Selection selection) {
        return switch (selection) {
            case FASTEST -> SelectionStrategy.fastest();
            case PRIORITY -> SelectionStrategy.priority();
            case ROUND_ROBIN -> SelectionStrategy.roundRobin();
            case HIGHEST_HEAD -> SelectionStrategy.highestHead();
        };
    }

    static Map<String, Gateway> gateways(TocsinConfig config, Screen screen, MeterRegistry registry, Closing closing) {
        GatewayMeters meters = GatewayMeters.on(registry);
        Map<String, Gateway> gateways = new LinkedHashMap<>();
        config.gateways()
                .forEach((name, wanted) -> gateways.put(
                        name, closing.add(gateway(name, wanted, screen).reportingTo(meters))));
        return gateways;
    }

    static Coordination coordination(TocsinConfig config, MeterRegistry registry, Closing closing) {
        CoordinationMeters meters = CoordinationMeters.on(registry);
        if (config.coordination().isEmpty()) {
            return closing.add(LocalCoordination.builder()
                    .label(config.instance())
                    .listener(meters)
                    .open());
        }
        TocsinConfig.Redis redis = config.coordination().get();
        // a command may take a tenth of the lease: two attempts and the pause between them fit well before it runs out
        Duration command = redis.lease().dividedBy(10);
        RedisClient client = closing.add(RedisClient.builder()
                .hostAndPort(redis.url().getHost(), redis.url().getPort())
                .clientConfig(DefaultJedisClientConfig.builder(redis.url())
                        .timeoutMillis((int) command.toMillis())
                        .build())
                .build());
        try {
            return closing.add(RedisCoordination.over(client)
                    .namespace(redis.namespace())
                    .label(config.instance())
                    .listener(meters)
                    .commandTimeout(command)
                    .retryDelay(command.dividedBy(5))
                    .open());
        } catch (CoordinationException e) {
            throw new StartException(
                    redis.place()
                            .problem("expected a Redis that answers at "
                                    + redis.url().getHost() + ":" + redis.url().getPort() + "; " + e.getMessage()),
                    e);
        }
    }

    static Duration lease(TocsinConfig config) {
        return config.coordination().map(TocsinConfig.Redis::lease).orElse(ALONE);
    }

    /** How many are well; if none is, why. */
    static HealthStatus nodes(RpcPool pool) {
        PoolStatus status = pool.status();
        String detail = status.healthy() + " of " + status.nodes().size() + " healthy";
        if (status.healthy() > 0) {
            return HealthStatus.up(detail);
        }
        return HealthStatus.down(status.nodes().stream()
                .map(node -> node.name() + " " + node.lastError().orElse("has not answered yet"))
                .collect(Collectors.joining("; ", detail + ": ", "")));
    }

    private static Gateway gateway(String name, GatewayConfig config, Screen screen) {
        return switch (config) {
            case GatewayConfig.Terminal ignored -> new TerminalGateway(name, screen);
            case GatewayConfig.Slack slack -> SlackWebhook.to(slack.url()).named(name);
            case GatewayConfig.Webhook webhook -> {
                WebhookGateway gateway = WebhookGateway.to(webhook.url()).named(name);
                yield webhook.secret()
                        .map(secret -> gateway.signedWith(GatewayConfig.Webhook.signingKey(secret)))
                        .orElse(gateway);
            }
            case GatewayConfig.Smtp smtp -> smtp(name, smtp);
        };
    }

    private static Gateway smtp(String name, GatewayConfig.Smtp smtp) {
        SmtpGatewayBuilder builder = SmtpGateway.builder()
                .name(name)
                .host(smtp.host())
                .port(smtp.port())
                .security(
                        switch (smtp.security()) {
                            case NONE -> SmtpSecurity.NONE;
                            case STARTTLS -> SmtpSecurity.STARTTLS;
                            case TLS -> SmtpSecurity.TLS;
                        })
                .from(smtp.from())
                .to(smtp.to().toArray(String[]::new));
        smtp.login().ifPresent(login -> builder.login(login.user(), login.password()));
        return builder.build();
    }

    private static String[] texts(List<URI> urls) {
        return urls.stream().map(URI::toString).toArray(String[]::new);
    }

    /** Whether a node answered for another chain than the configured one. */
    private static final class Strangers implements RpcPoolListener {
        private final AtomicBoolean seen = new AtomicBoolean();

        @Override
        public void onNodeState(String node, NodeState before, NodeState after, String cause) {
            if (after == NodeState.WRONG_CHAIN) {
                seen.set(true);
            }
        }
    }

    /** Passes on what the pool tells. */
    private record PoolEvents(RunnerListener listener) implements RpcPoolListener {
        @Override
        public void onNodeState(String node, NodeState before, NodeState after, String cause) {
            listener.onNode(node, before, after, cause);
        }

        @Override
        public void onFailover(String method, String from, String to, String cause) {
            listener.onFailover(from, to, cause);
        }

        @Override
        public void onHeadSubscription(String node, boolean connected, String cause) {
            listener.onHeads(node, connected, cause);
        }
    }
}
