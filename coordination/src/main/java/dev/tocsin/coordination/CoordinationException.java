package dev.tocsin.coordination;

import org.jspecify.annotations.Nullable;

/** The store gave no answer, or one that makes no sense. What is known after it is said in the message. */
public class CoordinationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates it.
     *
     * @param message what was tried, and what is known now
     * @param cause the client's error, if there is one
     */
    public CoordinationException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
