package dev.tocsin.runner;

import dev.tocsin.runner.config.ConfigReader;
import dev.tocsin.runner.config.TocsinConfig;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The configuration file on a command line: {@code -c FILE}, or {@code FILE} alone. */
final class ConfigFile {

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration file; -c may be left out.")
    private @Nullable Path option;

    @Parameters(arity = "0..1", paramLabel = "FILE", hidden = true)
    private @Nullable Path alone;

    @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec command;

    /** The name of the file, as it was given. */
    Path path() {
        Path given = option == null ? alone : option;
        if (given == null || (option != null && alone != null)) {
            throw new CommandLine.ParameterException(
                    command.commandLine(),
                    (given == null ? "The configuration file is missing" : "There are two configuration files")
                            + "; expected " + command.qualifiedName() + " -c FILE");
        }
        return given;
    }

    TocsinConfig read() {
        return ConfigReader.read(path());
    }
}
