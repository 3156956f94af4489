package dev.tocsin.runner;

import dev.tocsin.runner.config.ConfigReader;
import dev.tocsin.runner.config.TocsinConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code check-config}: everything that is wrong with a file, without connecting to anything. */
@Command(
        name = "check-config",
        header = "Checks a configuration file, connects to nothing, and prints every error.",
        mixinStandardHelpOptions = true)
final class CheckConfigCommand implements Callable<Integer> {

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path config;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        TocsinConfig checked = ConfigReader.read(config);
        spec.commandLine()
                .getOut()
                .println(config + ": right; " + checked.watches().size() + " watches, "
                        + (checked.nodes().primary().size()
                                + checked.nodes().fallback().size()) + " nodes, "
                        + checked.gateways().size() + " gateways");
        return 0;
    }
}
