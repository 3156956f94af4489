package dev.tocsin.runner;

import dev.tocsin.runner.config.YamlDuration;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.console.Style;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code demo}: the whole line on an embedded default. */
@Command(
        name = "demo",
        header = "Runs the whole line on an embedded chain, with nothing to install.",
        description = {
            "",
            "Two Ethereum nodes, a mail server and a webhook run inside this process. By default the chain is a SIMULATED market;"
                    + " --replay plays recorded real blocks; --rpc watches real nodes.",
            "",
            "node-a crashes after 10 s and comes back after 16 s (with a short --for after a third and six tenths of it):"
                    + " node-b takes over, no alert is lost or comes twice. Real nodes are left alone.",
            "",
            "Ctrl-C ends the demo in order: no new blocks, what was mined is delivered, then the summary.",
            "",
            "Exit code: 0 if nothing was lost and nothing came twice; 1 if not, or if the demo failed; 2 if an option is wrong.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {

    private final Shutdown shutdown;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            converter = TimeConverter.class,
            description =
                    "Ends after this time, such as 30s or 5m; without it, Ctrl-C ends it (a replay ends with its recording).")
    private @Nullable Duration time;

    @Option(
            names = "--replay",
            paramLabel = "DIR",
            description =
                    "Plays the recorded real blocks and logs below DIR as if they were mined now: whole blocks as gzipped"
                            + " JSON (*.json.gz: chainId, header, receipts) and lines of logs (*.jsonl.gz: one log as eth_getLogs gives"
                            + " it, with chainId, a line). README.md has the fields, under \"The demo\".")
    private @Nullable Path replay;

    @Option(
            names = "--rpc",
            paramLabel = "URL",
            arity = "1..*",
            converter = UrlConverter.class,
            description = "Watches real nodes instead; more than one URL gives failover.")
    private @Nullable List<URI> rpc;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the summary as JSON; its folder must exist.")
    private @Nullable Path json;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = SeedConverter.class,
            description = "Another simulated market; a whole number (default: 1).")
    private @Nullable Long seed;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    DemoCommand(Shutdown shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        Logs.quiet();
        PrintWriter err = spec.commandLine().getErr();
        DemoOptions options = new DemoOptions(
                Optional.ofNullable(time),
                Optional.ofNullable(replay),
                rpc == null ? List.of() : rpc.stream().distinct().toList(),
                Optional.ofNullable(json),
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
        Optional<String> wrong = options.contradiction().or(() -> options.json().flatMap(DemoCommand::whyNotWritable));
        if (wrong.isPresent()) {
            err.println(wrong.get());
            return Main.WRONG;
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Screen screen = new Screen(out, Style.ofStandardOutput(), Style.isTerminal());
        return new Demo(options, screen, err, shutdown).run();
    }

    /** Before anything starts: it would be a pity to notice at the end. */
    private static Optional<String> whyNotWritable(Path file) {
        Path folder = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
        String why;
        if (Files.isDirectory(file)) {
            why = file + " is a folder; expected a file";
        } else if (!Files.exists(folder)) {
            why = "the folder " + folder + " does not exist";
        } else if (!Files.isDirectory(folder)) {
            why = folder + " is not a folder";
        } else if (!Files.isWritable(Files.exists(file) ? file : folder)) {
            why = (Files.exists(file) ? file : folder) + " cannot be written: permission denied";
        } else {
            return Optional.empty();
        }
        return Optional.of("--json: " + why);
    }

    static final class TimeConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            Duration time;
            try {
                time = YamlDuration.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
            if (time.isZero()) {
                throw new TypeConversionException("expected a time above 0, was \"" + value + "\"");
            }
            return time;
        }
    }

    static final class SeedConverter implements ITypeConverter<Long> {
        @Override
        public Long convert(String value) {
            try {
                return Long.valueOf(value);
            } catch (NumberFormatException e) {
                throw new TypeConversionException("expected a whole number, was \"" + value + "\"");
            }
        }
    }

    /** The message never repeats the URL: it may hold a key. */
    static final class UrlConverter implements ITypeConverter<URI> {

        private static final String EXPECTED = "expected a URL that begins with http:// or https:// and names a host";

        @Override
        public URI convert(String value) {
            URI url;
            try {
                url = new URI(value.strip());
            } catch (URISyntaxException e) {
                throw new TypeConversionException(EXPECTED);
            }
            if (!"http".equalsIgnoreCase(url.getScheme()) && !"https".equalsIgnoreCase(url.getScheme())) {
                throw new TypeConversionException(EXPECTED
                        + (url.getScheme() == null || url.isOpaque() ? "" : ", found " + url.getScheme() + "://"));
            }
            if (url.getHost() == null || url.getPort() == 0 || url.getPort() > 65_535) {
                throw new TypeConversionException(EXPECTED);
            }
            return url;
        }
    }
}
