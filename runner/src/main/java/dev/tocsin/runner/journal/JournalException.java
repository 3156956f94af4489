package dev.tocsin.runner.journal;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;

/** The state file could not be read or written; what was being written has not happened. */
public class JournalException extends RuntimeException {

    private static final long serialVersionUID = 1;

    JournalException(String message, Throwable cause) {
        super(message, cause);
    }

    JournalException(String message) {
        super(message);
    }

    /** The message of some of these exceptions is the bare path. */
    static JournalException refused(String what, IOException e) {
        String why = switch (e) {
            case AccessDeniedException denied -> denied.getFile() + ": permission denied";
            case FileAlreadyExistsException exists -> exists.getFile() + " is not a folder";
            default -> e.getMessage();
        };
        return new JournalException(what + ": " + why, e);
    }

    /** A newer leader has written to this file: whoever sees this must stop working at once. */
    public static final class Fenced extends JournalException {

        private static final long serialVersionUID = 1;

        Fenced(long token) {
            super("fencing token " + token + " is no longer the newest: another instance leads");
        }
    }
}
