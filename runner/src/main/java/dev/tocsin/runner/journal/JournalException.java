package dev.tocsin.runner.journal;

/** The state file could not be read or written; what was being written has not happened. */
public class JournalException extends RuntimeException {

    private static final long serialVersionUID = 1;

    JournalException(String message, Throwable cause) {
        super(message, cause);
    }

    JournalException(String message) {
        super(message);
    }

    /** A newer leader has written to this file: whoever sees this must stop working at once. */
    public static final class Fenced extends JournalException {

        private static final long serialVersionUID = 1;

        Fenced(long token) {
            super("fencing token " + token + " is no longer the newest: another instance leads");
        }
    }
}
