package dev.tocsin.runner.console;

import dev.tocsin.notification.Message;
import java.io.PrintStream;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Standard output with lines that scroll and, on a terminal, one line of progress that stays at the bottom. Once it could not
 * be written (its pipe was closed, its disk is full), nothing is written any more. Safe for use by many threads.
 */
public final class Screen {

    private static final String ERASE = "\r\u001b[K";
    private static final String CUT =
            "\u001b[?7l"; // a terminal that is too narrow shows the beginning, and does not scroll
    private static final String WRAP = "\u001b[?7h";

    private final PrintStream out;
    private final Style style;
    private final boolean terminal;
    private final ReentrantLock lock = new ReentrantLock(); // guards what follows and the order of what is printed
    private String progress = ""; // guarded by lock
    private boolean closed; // guarded by lock
    private volatile Consumer<Message> reader = message -> {};

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
     * @return whether it was written
     */
    public boolean line(String text) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            if (terminal && !progress.isEmpty()) {
                out.print(ERASE);
            }
            out.println(text);
            if (terminal && !progress.isEmpty()) {
                out.print(progress);
            }
            closed = out.checkError();
            return !closed;
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
            if (closed) {
                return;
            }
            if (terminal) {
                progress = text.isEmpty() ? "" : CUT + text + WRAP;
                out.print(ERASE + progress);
            } else if (!text.isEmpty()) {
                out.println(text);
            }
            closed = out.checkError();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether something could not be written; nothing will be from then on.
     *
     * @return true once nobody can see it
     */
    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets somebody count the messages.
     *
     * @param listener told of each message after it was written; must be quick
     */
    public void onMessage(Consumer<Message> listener) {
        reader = listener;
    }

    /** Prints a message as this text; whether it was written. */
    boolean message(Message message, String text) {
        boolean written = line(text);
        if (written) {
            reader.accept(message);
        }
        return written;
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
