package dev.tocsin.runner;

import dev.tocsin.runner.config.ConfigProblem;
import org.jspecify.annotations.Nullable;

/** The configuration is right in itself, but the runner cannot start with it; the message names file, line and key. */
public final class StartException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * Makes the exception.
     *
     * @param problem what stands in the way, and where it is configured
     * @param cause what happened, if anything was thrown
     */
    public StartException(ConfigProblem problem, @Nullable Throwable cause) {
        super(problem.toString(), cause);
    }
}
