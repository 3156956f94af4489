package dev.tocsin.runner;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code rpc}: tools for those who run nodes or pay for them. */
@Command(
        name = "rpc",
        header = "Tools about nodes: classify.",
        subcommands = ClassifyCommand.class,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND")
final class RpcCommand implements Runnable {

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    /** Without a command: the help. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }
}
