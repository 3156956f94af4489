package dev.tocsin.runner;

import dev.tocsin.notification.DeliveryOutcome;
import dev.tocsin.rpcpool.LogBatch;
import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.runner.config.ConfigReader;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.console.Style;
import dev.tocsin.runner.demo.DemoMailbox;
import dev.tocsin.runner.demo.DemoWebhook;
import dev.tocsin.runner.demo.RecordingException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs the line on a chain of its own (or on real nodes), shows what happens, and adds it up. */
final class Demo {

    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration DRAIN = Duration.ofSeconds(20);
    private static final int USUAL_PORT = 9464;

    private final DemoOptions options;
    private final Screen screen;
    private final Shutdown shutdown;
    private final InstantSource clock = InstantSource.system();

    Demo(DemoOptions options, Screen screen, Shutdown shutdown) {
        this.options = options;
        this.screen = screen;
        this.shutdown = shutdown;
    }

    /** Runs it to its end; the exit code. */
    int run() throws InterruptedException {
        Path folder = temporaryFolder();
        try (DemoMailbox mailbox = DemoMailbox.start(clock);
                DemoSource source = DemoSource.of(options, clock);
                DemoWebhook webhook = DemoWebhook.start(clock, source::onReceived)) {
            return run(source, mailbox, webhook, folder);
        } catch (RecordingException e) {
            screen.line(String.valueOf(e.getMessage()));
            return Main.WRONG;
        } catch (IOException e) {
            throw new UncheckedIOException("the demo cannot start", e);
        } finally {
            delete(folder);
        }
    }

    private int run(DemoSource source, DemoMailbox mailbox, DemoWebhook webhook, Path folder)
            throws InterruptedException {
        TocsinConfig config = config(source, mailbox, webhook, folder);
        Scoreboard score = new Scoreboard(source::minedAt);
        try (Runner runner = Runner.start(config, new Told(score, screen, source), screen)) {
            greet(source, mailbox, webhook, runner);
            source.start();
            watch(source, score);
            source.end();
            drain(source, score, runner);
            screen.progress("");
            long lost = source.missing()
                    + runner.journal().counts().allPending()
                    + Math.max(0, score.delivered("email") - mailbox.keys().size());
            long duplicated = source.repeated() + webhook.repeats() + mailbox.repeats();
            Summary summary = score.summary(options.source(), lost, duplicated);
            int code = report(summary);
            source.failure().ifPresent(why -> screen.line("the blocks ended too early: " + why));
            return source.failure().isPresent() ? Main.FAILED : code;
        }
    }

    private void greet(DemoSource source, DemoMailbox mailbox, DemoWebhook webhook, Runner runner) {
        Style style = screen.style();
        screen.line(style.strong("Tocsin demo") + " · " + source.describe());
        source.nodes().forEach((name, url) -> screen.line("  node     " + name + " " + url));
        screen.line("  chain    " + runner.chainId());
        screen.line("  mail     smtp://127.0.0.1:" + mailbox.port() + " (a mail server inside this process)");
        screen.line("  webhook  " + webhook.uri());
        screen.line("  metrics  " + runner.address() + "/metrics  " + runner.address() + "/health  " + runner.address()
                + "/ready");
        screen.line("  ends     " + source.ending());
        screen.line("");
    }

    /** Shows progress until it is over. */
    private void watch(DemoSource source, Scoreboard score) throws InterruptedException {
        long shown = 0;
        long began = System.nanoTime();
        while (!shutdown.await(TICK) && !source.isOver(elapsed(began))) {
            source.outage(elapsed(began), screen);
            long seconds = elapsed(began).toSeconds();
            if (screen.terminal() || seconds >= shown + 5) {
                shown = seconds;
                screen.progress(screen.style().quiet(seconds + " s · " + score.progress()));
            }
        }
    }

    private static Duration elapsed(long began) {
        return Duration.ofNanos(System.nanoTime() - began);
    }

    /** Waits until what was mined has been taken in and delivered. */
    private void drain(DemoSource source, Scoreboard score, Runner runner) throws InterruptedException {
        long began = System.nanoTime();
        while (elapsed(began).compareTo(DRAIN) < 0) {
            boolean taken = score.processed() >= source.head();
            if (taken && runner.journal().counts().allPending() == 0 && source.missing() == 0) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private int report(Summary summary) {
        screen.line("");
        summary.lines(screen.style()).forEach(screen::line);
        if (options.json().isPresent()) {
            Path file = options.json().get();
            try {
                summary.write(file);
                screen.line("  written to               " + file);
            } catch (IOException e) {
                screen.line("cannot write " + file + ": " + e.getMessage());
                return Main.FAILED;
            }
        }
        return summary.clean() ? 0 : Main.FAILED;
    }

    private TocsinConfig config(DemoSource source, DemoMailbox mailbox, DemoWebhook webhook, Path folder) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "FROM", source.from(),
                "POLL", source.poll(),
                "SMTP_PORT", Integer.toString(mailbox.port()),
                "WEBHOOK", webhook.uri().toString(),
                "WEBHOOK_SECRET", UUID.randomUUID().toString(),
                "STATE", folder.resolve("tocsin.db").toString(),
                "HTTP_PORT", Integer.toString(httpPort())));
        String yaml = resource("demo.yml")
                .replace("${NODES}", list(source.http()))
                .replace("${WEBSOCKETS}", list(source.webSocket()));
        return ConfigReader.parse("demo.yml", yaml, variables::get);
    }

    private static String list(List<URI> urls) {
        return urls.stream().map(url -> "\"" + url + "\"").collect(Collectors.joining(", ", "[", "]"));
    }

    /** The usual port, so that a person finds it; any other when that one is taken. */
    private static int httpPort() {
        try (ServerSocket probe = new ServerSocket(USUAL_PORT, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        } catch (IOException e) {
            return 0;
        }
    }

    private static String resource(String name) {
        try (InputStream in = Demo.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("tocsin-demo-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary folder", e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }

    /** Shows what happens to the nodes, and passes everything on to the score. */
    private record Told(Scoreboard score, Screen screen, DemoSource source) implements RunnerListener {

        @Override
        public void onBatch(LogBatch batch, Map<String, Integer> decoded, int matches, int alerts, int withdrawn) {
            score.onBatch(batch, decoded, matches, alerts, withdrawn);
            if (!batch.retracted().isEmpty()) {
                screen.line(screen.style()
                        .notice("── reorganisation: " + batch.retracted().size() + " blocks from "
                                + batch.retracted().getLast().number() + " on were replaced, " + withdrawn
                                + " alerts withdrawn"));
            }
        }

        @Override
        public void onDelivered(String gateway, String key, Instant seenAt, Instant at) {
            score.onDelivered(gateway, key, seenAt, at);
        }

        @Override
        public void onDead(String gateway, String key, DeliveryOutcome outcome) {
            score.onDead(gateway, key, outcome);
        }

        @Override
        public void onFailover(String from, String to, String cause) {
            screen.line(screen.style()
                    .notice("── failover from " + source.nameOf(from) + " to " + source.nameOf(to) + ": " + cause));
            score.onFailover(from, to, cause);
        }

        @Override
        public void onNode(String node, NodeState before, NodeState after, String cause) {
            if (before == NodeState.UNKNOWN && after == NodeState.HEALTHY) {
                return;
            }
            String word = after == NodeState.HEALTHY ? "is healthy again" : "is out: " + cause;
            screen.line(screen.style().notice("── " + source.nameOf(node) + " " + word));
        }
    }
}
