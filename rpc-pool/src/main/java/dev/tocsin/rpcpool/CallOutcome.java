package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.error.ErrorClass;
import org.jspecify.annotations.Nullable;

/** What became of one call of a batch. */
public sealed interface CallOutcome {

    /**
     * A node answered.
     *
     * @param result the answer
     */
    record Answered(RpcResult result) implements CallOutcome {}

    /**
     * A node refused the call.
     *
     * @param code the JSON-RPC error code
     * @param message what the node said
     * @param data more of it, such as revert data; null if there was none
     * @param node the node's name
     * @param errorClass what the error means
     * @param isKnown whether the table of errors knows it; if it does not, the class is {@link ErrorClass#NODE_ERROR}
     */
    record Rejected(
            int code, String message, @Nullable String data, String node, ErrorClass errorClass, boolean isKnown)
            implements CallOutcome {

        /**
         * An error that is known; for those who test without nodes.
         *
         * @param code the JSON-RPC error code
         * @param message what the node said
         * @param data more of it, such as revert data; null if there was none
         * @param node the node's name
         * @param errorClass what the error means
         */
        public Rejected(int code, String message, @Nullable String data, String node, ErrorClass errorClass) {
            this(code, message, data, node, errorClass, true);
        }
    }
}
