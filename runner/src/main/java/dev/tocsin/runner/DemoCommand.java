package dev.tocsin.runner;

import dev.tocsin.runner.config.YamlDuration;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.console.Style;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code demo}: the whole line on an embedded default. */
@Command(
        name = "demo",
        header = "Runs the whole line on an embedded chain, with nothing to install.",
        description = {
            "",
            "Two Ethereum nodes, a mail server and a webhook run inside this process. By default the chain is a SIMULATED market;"
                    + " --replay plays recorded real blocks; --rpc watches real nodes."
        },
        mixinStandardHelpOptions = true,
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
            description = "Plays the recorded real blocks and logs below DIR as if they were mined now.")
    private @Nullable Path replay;

    @Option(
            names = "--rpc",
            paramLabel = "URL",
            arity = "1..*",
            description = "Watches real nodes instead; more than one URL gives failover.")
    private @Nullable List<URI> rpc;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes the summary as JSON.")
    private @Nullable Path json;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Another simulated market (default: 1).")
    private long seed;

    DemoCommand(Shutdown shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        Logs.quiet();
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Screen screen = new Screen(out, Style.ofStandardOutput(), Style.isTerminal());
        DemoOptions options = new DemoOptions(
                Optional.ofNullable(time),
                Optional.ofNullable(replay),
                rpc == null ? List.of() : List.copyOf(rpc),
                Optional.ofNullable(json),
                seed);
        return new Demo(options, screen, shutdown).run();
    }

    static final class TimeConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String value) {
            try {
                return YamlDuration.parse(value);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
