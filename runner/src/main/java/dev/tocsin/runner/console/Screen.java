package dev.tocsin.runner.console;

import java.io.PrintStream;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Standard output with lines that scroll and, on a terminal, one line of progress that stays at the bottom. Safe for use by
 * many threads.
 */
public final class Screen {

    private static final String ERASE = "\r\u001b[K";

    private final PrintStream out;
    private final Style style;
    private final boolean terminal;
    private final ReentrantLock lock = new ReentrantLock(); // guards progress and the order of what is printed
    private String progress = ""; // guarded by lock

    /**
     * Makes a screen.
     *
     * @param out where to print
     * @param style colour or not
     * @param terminal whether a line can be printed over
     */
    public Screen(PrintStream out, Style style, boolean terminal) {
        this.out = out;
        this.style = style;
        this.terminal = terminal;
    }

    /**
     * The style to print in.
     *
     * @return the style
     */
    public Style style() {
        return style;
    }

    /**
     * Prints a line (or several).
     *
     * @param text without a line break at its end
     */
    public void line(String text) {
        lock.lock();
        try {
            if (terminal && !progress.isEmpty()) {
                out.print(ERASE);
            }
            out.println(text);
            if (terminal && !progress.isEmpty()) {
                out.print(progress);
            }
            out.flush();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Shows how far things are: over the last progress on a terminal, as a line elsewhere.
     *
     * @param text one line; empty removes it
     */
    public void progress(String text) {
        lock.lock();
        try {
            if (terminal) {
                out.print(ERASE + text);
                progress = text;
            } else if (!text.isEmpty()) {
                out.println(text);
            }
            out.flush();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether a person sees it.
     *
     * @return true on a terminal
     */
    public boolean terminal() {
        return terminal;
    }
}
