package dev.tocsin.rpcpool;

import org.jspecify.annotations.Nullable;

/** A call has no usable answer. Messages name nodes by host and port, {@code #2} for the second of the same, and hold no secrets. */
public class RpcException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /**
     * Makes the exception.
     *
     * @param message what happened
     * @param cause why, if something was thrown
     */
    public RpcException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
