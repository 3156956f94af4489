package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known of a private transaction. What is not known is {@link Unknown}, never an exception: a relay likes to answer a bare "internal error",
 * so its status and the chain are asked, and nothing is inferred.
 */
public sealed interface PrivateOutcome {

    /**
     * The transaction's hash, computed before it was sent.
     *
     * @return 0x and 64 hexadecimal digits
     */
    String hash();

    /**
     * Whether nothing more is expected to happen.
     *
     * @return false for {@link Pending}, {@link Unknown}, and a {@link Mined} that the pool has not seen in a block yet
     */
    default boolean isFinal() {
        return switch (this) {
            case Pending pending -> false;
            case Unknown unknown -> false;
            case Mined mined -> mined.blockNumber().isPresent();
            case Failed failed -> true;
            case Cancelled cancelled -> true;
            case Replaced replaced -> true;
            case Rejected rejected -> true;
            case Published published -> true;
        };
    }

    /**
     * The relay has it, and no block yet.
     *
     * @param hash the transaction's
     * @param maxBlock the last block it may be included in
     * @param simulationError what the relay's latest simulation said against it
     */
    record Pending(String hash, long maxBlock, Optional<String> simulationError) implements PrivateOutcome {}

    /**
     * It is in a block, which may still be replaced. Whether it succeeded is in its receipt.
     *
     * @param hash the transaction's
     * @param blockNumber of that block; empty as long as only the relay says so
     */
    record Mined(String hash, OptionalLong blockNumber) implements PrivateOutcome {}

    /**
     * It was not included, and the relay has given it up, or its last block is over. A builder may have kept a copy: until another transaction uses
     * the nonce, that one may still appear in a block.
     *
     * @param hash the transaction's
     * @param reason the relay's, such as {@code SimErrorNonceTooLow}, or ours in words
     * @param revertReason what the contract said, if the relay tells
     */
    record Failed(String hash, String reason, Optional<String> revertReason) implements PrivateOutcome {}

    /**
     * The relay has taken it back. Until another transaction uses the nonce, a builder's copy may still appear in a block.
     *
     * @param hash the transaction's
     */
    record Cancelled(String hash) implements PrivateOutcome {}

    /**
     * Another transaction of the sender has its nonce: this one cannot be mined any more, short of a reorganisation.
     *
     * @param hash the transaction's
     */
    record Replaced(String hash) implements PrivateOutcome {}

    /**
     * The relay has not taken it, and no public node was given it.
     *
     * @param hash the transaction's
     * @param errorClass what the refusal means; {@link ErrorClass#TRANSPORT_NOT_SENT} if the relay could not be reached
     * @param message what the relay said, or which of its rules it would break; never the transaction itself
     */
    record Rejected(String hash, ErrorClass errorClass, String message) implements PrivateOutcome {}

    /**
     * It was given to the public pool, by the {@link Fallback} that the relay's user chose.
     *
     * @param hash the transaction's
     * @param sent what the pool says
     * @param cause what made it do so
     */
    record Published(String hash, SendOutcome sent, String cause) implements PrivateOutcome {}

    /**
     * The relay may have it. Ask again; do not sign another transaction with a new nonce for the same purpose.
     *
     * @param hash the transaction's
     * @param cause why that is not known
     */
    record Unknown(String hash, String cause) implements PrivateOutcome {}
}
