package dev.tocsin.runner;

import dev.tocsin.runner.config.ConfigException;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.ArgSpec;

/** The command line. Exit code 0: done; 1: failed while running; 2: the command line or the configuration is wrong. */
@Command(
        name = "tocsin",
        description = "Watches a chain, decides what matters, and wakes the right person.",
        subcommands = {
            DemoCommand.class,
            RunCommand.class,
            CheckConfigCommand.class,
            RpcCommand.class,
            CommandLine.HelpCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Start with: tocsin demo"})
public final class Main implements Runnable {

    static final int FAILED = 1;
    static final int WRONG = 2;

    @CommandLine.Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandLine.Model.CommandSpec spec;

    private Main() {}

    /**
     * Runs a command and exits with its code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        Shutdown shutdown = Shutdown.hook();
        int code = commandLine(shutdown).execute(args);
        shutdown.exit(code);
    }

    static CommandLine commandLine(Shutdown shutdown) {
        return new CommandLine(new Main(), new Commands(shutdown))
                .registerConverter(Integer.class, Main::wholeNumber)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setHelpFactory(SpacedHelp::new)
                // the library's own writer hides that System.out could not be written
                .setOut(new PrintWriter(System.out, true, System.out.charset()))
                .setParameterExceptionHandler((exception, args) -> wrong(exception))
                .setExecutionExceptionHandler((exception, line, parsed) -> fail(exception, line.getErr()));
    }

    private static Integer wholeNumber(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new CommandLine.TypeConversionException("expected a whole number, was \"" + text + "\"");
        }
    }

    /** Without a command: the help. */
    @Override
    public void run() {
        spec.commandLine().usage(spec.commandLine().getOut());
    }

    /** One sentence, and where to read more. */
    private static int wrong(CommandLine.ParameterException exception) {
        CommandLine line = exception.getCommandLine();
        line.getErr().println(sentence(exception));
        CommandLine.UnmatchedArgumentException.printSuggestions(exception, line.getErr());
        line.getErr().println("Try: " + line.getCommandSpec().qualifiedName() + " --help");
        return WRONG;
    }

    private static String sentence(CommandLine.ParameterException exception) {
        if (exception instanceof CommandLine.UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
            boolean command = exception.getCommandLine().getParent() == null;
            return "Unknown " + (command ? "command" : "argument") + ": '"
                    + unmatched.getUnmatched().getFirst() + "'";
        }
        return String.valueOf(exception.getMessage());
    }

    /** One line for each problem; a stack trace only for what is our own mistake. */
    private static int fail(Exception exception, PrintWriter err) throws Exception {
        if (exception instanceof ConfigException wrong) {
            wrong.problems().forEach(err::println);
            err.println(
                    wrong.problems().size() == 1 ? "1 error" : wrong.problems().size() + " errors");
            return WRONG;
        }
        if (exception instanceof StartException) {
            err.println(exception.getMessage());
            return FAILED;
        }
        throw exception;
    }

    /** Shows {@code -c FILE} where the library shows {@code -c=FILE}; both are understood. */
    private static final class SpacedHelp extends CommandLine.Help {
        SpacedHelp(CommandLine.Model.CommandSpec spec, ColorScheme colors) {
            super(spec, colors);
        }

        @Override
        public IParamLabelRenderer parameterLabelRenderer() {
            return new SpacedLabels(super.parameterLabelRenderer());
        }
    }

    private record SpacedLabels(CommandLine.Help.IParamLabelRenderer usual)
            implements CommandLine.Help.IParamLabelRenderer {
        @Override
        public Text renderParameterLabel(ArgSpec arg, Ansi ansi, List<Ansi.IStyle> styles) {
            Text label = usual.renderParameterLabel(arg, ansi, styles);
            return label.plainString().startsWith(usual.separator())
                    ? ansi.text(separator())
                            .concat(label.substring(usual.separator().length()))
                    : label;
        }

        @Override
        public String separator() {
            return " ";
        }
    }

    /** Makes the commands, which want to know when to stop. */
    private record Commands(Shutdown shutdown) implements CommandLine.IFactory {
        @Override
        public <K> K create(Class<K> type) throws Exception {
            if (type == RunCommand.class) {
                return type.cast(new RunCommand(shutdown));
            }
            if (type == DemoCommand.class) {
                return type.cast(new DemoCommand(shutdown));
            }
            return CommandLine.defaultFactory().create(type);
        }
    }

    /** The version that the build wrote into the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"tocsin " + (version == null ? "(not built as a jar)" : version)};
        }
    }
}
