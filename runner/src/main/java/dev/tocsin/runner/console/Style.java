package dev.tocsin.runner.console;

import java.io.Console;

/** Colour, when the output is a terminal that wants it. */
public enum Style {
    /** Plain text: a file, a pipe, {@code NO_COLOR}, or a terminal without colour. */
    PLAIN,
    /** ANSI colours. */
    COLOUR;

    private static final String RESET = "\u001b[0m";

    /**
     * The style for standard output.
     *
     * @return colour on a terminal, unless {@code NO_COLOR} is set or {@code TERM} is {@code dumb}
     */
    public static Style ofStandardOutput() {
        boolean wanted = System.getenv("NO_COLOR") == null && !"dumb".equals(System.getenv("TERM"));
        return wanted && isTerminal() ? COLOUR : PLAIN;
    }

    /**
     * Whether standard output is a terminal. The launcher script knows; without it a console at both ends is taken for one.
     *
     * @return true if a person sees it
     */
    @SuppressWarnings("SystemConsoleNull") // null until Java 21; from 22 on the console itself is asked
    public static boolean isTerminal() {
        String told = System.getProperty("tocsin.terminal");
        if (told != null) {
            return Boolean.parseBoolean(told);
        }
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (ReflectiveOperationException e) {
            return true;
        }
    }

    /**
     * Emphasised.
     *
     * @param text the text
     * @return the text, painted
     */
    public String strong(String text) {
        return bold(text);
    }

    /**
     * For what stands aside.
     *
     * @param text the text
     * @return the text, painted
     */
    public String quiet(String text) {
        return dim(text);
    }

    /**
     * For what happens to the nodes and the chain.
     *
     * @param text the text
     * @return the text, painted
     */
    public String notice(String text) {
        return cyan(text);
    }

    /**
     * Green when it is well, red when not.
     *
     * @param good whether it is well
     * @param text the text
     * @return the text, painted
     */
    public String verdict(boolean good, String text) {
        return good ? green(text) : red(text);
    }

    String bold(String text) {
        return paint("1", text);
    }

    String dim(String text) {
        return paint("2", text);
    }

    String red(String text) {
        return paint("1;31", text);
    }

    String yellow(String text) {
        return paint("33", text);
    }

    String green(String text) {
        return paint("32", text);
    }

    String cyan(String text) {
        return paint("36", text);
    }

    private String paint(String code, String text) {
        return this == PLAIN ? text : "\u001b[" + code + "m" + text + RESET;
    }
}
