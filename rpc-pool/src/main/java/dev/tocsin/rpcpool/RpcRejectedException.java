package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.error.ErrorClass;
import org.jspecify.annotations.Nullable;

/** A node refused the call with a JSON-RPC error. If the call itself is at fault (it reverts, its parameters are wrong), any node would. */
public final class RpcRejectedException extends RpcException {

    private static final long serialVersionUID = 1;

    /** The error code of JSON-RPC. */
    private final int code;
    /** The error's data, or null. */
    private final @Nullable String data;
    /** Who refused. */
    private final String node;
    /** Whether it may have had its effect. */
    private final boolean isAmbiguous;

    /** What the error means. */
    private final ErrorClass errorClass;
    /** What the node said. */
    private final String reason;

    /**
     * Makes the exception; also for those who test without nodes.
     *
     * @param method the method that was called
     * @param rejected the refusal
     * @param isAmbiguous whether the call may have had its effect all the same
     */
    public RpcRejectedException(String method, CallOutcome.Rejected rejected, boolean isAmbiguous) {
        this(method, rejected, isAmbiguous, "");
    }

    /**
     * The same, with what else is known.
     *
     * @param method the method that was called
     * @param rejected the refusal
     * @param isAmbiguous whether the call may have had its effect all the same
     * @param more what the message ends with, such as until when the node limits us; may be empty
     */
    public RpcRejectedException(String method, CallOutcome.Rejected rejected, boolean isAmbiguous, String more) {
        super(
                rejected.node() + " refused " + method + ": " + rejected.message() + " (code " + rejected.code() + ")"
                        + (isAmbiguous ? NoNodeException.AMBIGUOUS : "") + more,
                null);
        this.code = rejected.code();
        this.data = rejected.data();
        this.node = rejected.node();
        this.reason = rejected.message();
        this.errorClass = rejected.errorClass();
        this.isAmbiguous = isAmbiguous;
    }

    /**
     * The error code of JSON-RPC.
     *
     * @return the code
     */
    public int code() {
        return code;
    }

    /**
     * The error's data, such as what a contract reverted with.
     *
     * @return the data as text, or null
     */
    public @Nullable String data() {
        return data;
    }

    /**
     * Whether the call changes something and may have done so all the same, such as a transaction that met an internal error.
     *
     * @return true if that is not known
     */
    public boolean isAmbiguous() {
        return isAmbiguous;
    }

    /**
     * What the error means, whatever words the node found for it.
     *
     * @return its class
     */
    public ErrorClass errorClass() {
        return errorClass;
    }

    /**
     * What the node said, without what {@link #getMessage} adds.
     *
     * @return the error's message
     */
    public String reason() {
        return reason;
    }

    /**
     * Who refused.
     *
     * @return the node's name
     */
    public String node() {
        return node;
    }
}
