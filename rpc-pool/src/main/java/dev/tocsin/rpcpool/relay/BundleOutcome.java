package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.error.ErrorClass;

/** What a relay said to a bundle. Whether its transactions are included, only the blocks tell. */
public sealed interface BundleOutcome {

    /**
     * The relay has it.
     *
     * @param bundleHash by which the relay and searchers know it
     */
    record Accepted(String bundleHash) implements BundleOutcome {}

    /**
     * The relay does not have it.
     *
     * @param errorClass what the refusal means
     * @param message what the relay said, or which of its rules it would break
     */
    record Rejected(ErrorClass errorClass, String message) implements BundleOutcome {}

    /**
     * The relay may have it. The same bundle may be sent again.
     *
     * @param cause why that is not known
     */
    record Unknown(String cause) implements BundleOutcome {}
}
