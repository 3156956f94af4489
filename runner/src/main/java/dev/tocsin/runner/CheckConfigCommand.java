package dev.tocsin.runner;

import dev.tocsin.runner.config.TocsinConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code check-config}: everything that is wrong with a file, without connecting to anything. */
@Command(
        name = "check-config",
        header = "Checks a configuration file, connects to nothing, and prints every error.",
        customSynopsis = "tocsin check-config -c FILE",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class CheckConfigCommand implements Callable<Integer> {

    @CommandLine.Mixin
    private final ConfigFile config = new ConfigFile();

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    @Override
    public Integer call() {
        TocsinConfig checked = config.read();
        int nodes =
                checked.nodes().primary().size() + checked.nodes().fallback().size();
        spec.commandLine()
                .getOut()
                .println(checked.file() + ": valid; " + count(checked.watches().size(), "watch", "watches") + ", "
                        + count(nodes, "node", "nodes") + ", "
                        + count(checked.gateways().size(), "gateway", "gateways"));
        return 0;
    }

    private static String count(int number, String one, String several) {
        return number + " " + (number == 1 ? one : several);
    }
}
