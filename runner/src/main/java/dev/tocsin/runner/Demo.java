package dev.tocsin.runner;

import dev.tocsin.rpcpool.NoNodeException;
import dev.tocsin.runner.config.ConfigReader;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.console.Style;
import dev.tocsin.runner.demo.RecordingException;
import dev.tocsin.runner.journal.JournalCounts;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    private final PrintWriter err;
    private final Shutdown shutdown;
    private final InstantSource clock = InstantSource.system();

    Demo(DemoOptions options, Screen screen, PrintWriter err, Shutdown shutdown) {
        this.options = options;
        this.screen = screen;
        this.err = err;
        this.shutdown = shutdown;
    }

    /** Runs it to its end; the exit code. */
    int run() throws InterruptedException {
        Path folder = temporaryFolder();
        try (DemoReceivers receivers = DemoReceivers.start(clock, screen);
                DemoSource source = DemoSource.of(options, clock)) {
            return run(source, receivers, folder);
        } catch (RecordingException e) {
            err.println("--replay: " + e.getMessage());
            return Main.WRONG;
        } catch (IOException e) {
            throw new UncheckedIOException("the demo cannot start", e);
        } finally {
            delete(folder);
        }
    }

    private int run(DemoSource source, DemoReceivers receivers, Path folder) throws InterruptedException {
        boolean verified = source.listen(receivers);
        Scoreboard score = new Scoreboard(source::minedAt);
        TocsinConfig config = config(source, receivers, folder);
        try (Runner runner = Runner.start(config, new DemoNotices(score, screen, source::nameOf), screen)) {
            greet(config, source, receivers, runner);
            source.start();
            watch(source, score);
            source.end();
            drain(source, receivers, score, runner);
            screen.progress("");
            JournalCounts counts = runner.journal().counts();
            boolean reported = report(score.summary(
                    options.source(),
                    receivers.deliveries(counts),
                    verified ? receivers.expected() : new TreeMap<>(),
                    receivers.lost(counts),
                    receivers.duplicated()));
            source.failure().ifPresent(why -> err.println("the blocks ended too early: " + why));
            if (screen.isClosed()) {
                err.println(
                        "standard output cannot be written, so the demo ended; it is where the terminal's alerts go");
            }
            return reported && source.failure().isEmpty() && !screen.isClosed() ? 0 : Main.FAILED;
        } catch (StartException e) {
            if (!options.rpc().isEmpty() && e.getCause() instanceof NoNodeException none) {
                err.println("--rpc: no node can be used; expected at least one that answers; " + causes(none));
                return Main.FAILED;
            }
            throw e;
        }
    }

    private static String causes(NoNodeException none) {
        return none.causes().entrySet().stream()
                .map(cause -> cause.getKey() + ": " + cause.getValue())
                .collect(Collectors.joining("; "));
    }

    private void greet(TocsinConfig config, DemoSource source, DemoReceivers receivers, Runner runner) {
        Style style = screen.style();
        screen.line(style.strong("Tocsin demo") + " · " + source.describe());
        source.nodes().forEach((name, url) -> screen.line(("  node     " + name + " " + url).stripTrailing()));
        screen.line("  chain    " + runner.chainId());
        screen.line("  watches  "
                + config.watches().stream().map(watch -> watch.rule().name()).collect(Collectors.joining(", ")));
        screen.line("  mail     smtp://127.0.0.1:" + receivers.smtpPort() + " (a mail server inside this process)");
        screen.line("  webhook  " + receivers.webhook());
        screen.line("  metrics  " + runner.address() + "/metrics  " + runner.address() + "/health  " + runner.address()
                + "/ready");
        screen.line("  ends     " + source.ending());
        screen.line("");
    }

    /** Shows progress until it is over, or nobody can see it. */
    private void watch(DemoSource source, Scoreboard score) throws InterruptedException {
        long shown = 0;
        long began = System.nanoTime();
        while (!shutdown.await(TICK) && !source.isOver(elapsed(began)) && !screen.isClosed()) {
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

    /** Waits until what was mined has been taken in and delivered; it cannot be once the terminal's part is refused. */
    private void drain(DemoSource source, DemoReceivers receivers, Scoreboard score, Runner runner)
            throws InterruptedException {
        long began = System.nanoTime();
        while (elapsed(began).compareTo(DRAIN) < 0 && !screen.isClosed()) {
            boolean taken = score.processed() >= source.head();
            if (taken && runner.journal().counts().allPending() == 0 && receivers.isComplete()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Shows and writes the summary; whether all is well. */
    private boolean report(Summary summary) {
        screen.line("");
        summary.lines(screen.style()).forEach(screen::line);
        if (options.json().isPresent()) {
            Path file = options.json().get();
            try {
                summary.write(file);
                screen.line("  written to               " + file);
            } catch (IOException e) {
                err.println("--json: cannot write " + file + ": " + reason(e));
                return false;
            }
        }
        return summary.clean();
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException gone -> "its folder does not exist any more";
            case AccessDeniedException denied -> "permission denied";
            case FileSystemException refused when refused.getReason() != null -> refused.getReason();
            default -> String.valueOf(e.getMessage());
        };
    }

    private TocsinConfig config(DemoSource source, DemoReceivers receivers, Path folder) {
        Map<String, String> variables = new HashMap<>(Map.of(
                "FROM", source.from(),
                "POLL", source.poll(),
                "SMTP_PORT", Integer.toString(receivers.smtpPort()),
                "WEBHOOK", receivers.webhook().toString(),
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
}
