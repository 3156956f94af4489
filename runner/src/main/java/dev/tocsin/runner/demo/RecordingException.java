package dev.tocsin.runner.demo;

import org.jspecify.annotations.Nullable;

/** Recorded blocks cannot be read. The message is one sentence for people: which file, what is wrong, what was expected. */
public final class RecordingException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    RecordingException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
