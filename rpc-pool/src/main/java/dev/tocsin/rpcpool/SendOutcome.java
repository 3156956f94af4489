package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.error.ErrorClass;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What became of a transaction that was sent. Each outcome says only what is known; what is not known is {@link Unknown}, never an
 * exception. The same signed transaction may be sent again at any time: it has the same hash, and a chain takes it once.
 */
public sealed interface SendOutcome {

    /**
     * The transaction's hash, computed before it was sent.
     *
     * @return 0x and 64 hexadecimal digits
     */
    String hash();

    /**
     * Whether a node has it: {@link Accepted}, {@link AlreadyKnown} or {@link Mined}. Not whether it succeeded.
     *
     * @return true if so
     */
    default boolean isTaken() {
        return switch (this) {
            case Accepted accepted -> true;
            case AlreadyKnown known -> true;
            case Mined mined -> true;
            case Replaced replaced -> false;
            case Rejected rejected -> false;
            case Unknown unknown -> false;
        };
    }

    /**
     * A node took it now.
     *
     * @param hash the transaction's
     * @param node the node's name
     */
    record Accepted(String hash, String node) implements SendOutcome {}

    /**
     * A node has it among those that wait for a block: from an earlier send, from another node, or from this send, whose answer was lost.
     *
     * @param hash the transaction's
     * @param node the node's name
     */
    record AlreadyKnown(String hash, String node) implements SendOutcome {}

    /**
     * It is in a block, which may still be replaced. Whether it succeeded is in its receipt.
     *
     * @param hash the transaction's
     * @param blockNumber of that block
     * @param node who says so
     */
    record Mined(String hash, long blockNumber, String node) implements SendOutcome {}

    /**
     * Another transaction of the sender has its nonce: this one cannot be mined any more, short of a reorganisation.
     *
     * @param hash the transaction's
     * @param by the other's hash; empty if no node could tell
     * @param message what the node said
     * @param node who said so
     */
    record Replaced(String hash, Optional<String> by, String message, String node) implements SendOutcome {}

    /**
     * No node has taken it. Whether it is worth another try, and how, is in the class's {@linkplain ErrorClass#action action}. If no node
     * could be reached ({@link ErrorClass#TRANSPORT_NOT_SENT}) or each turned it away unread ({@link ErrorClass#RATE_LIMITED}), that is
     * said of this send alone, not of one before it.
     *
     * @param hash the transaction's
     * @param errorClass what the refusal means
     * @param message what the node said, or why it could not be reached
     * @param node who refused
     */
    record Rejected(String hash, ErrorClass errorClass, String message, String node) implements SendOutcome {}

    /**
     * It may be on its way: an answer was lost, and no node asked since has seen it. Look for the hash, or send the same bytes again;
     * do not sign another with a new nonce.
     *
     * @param hash the transaction's
     * @param causes why that is not known, by node name
     */
    record Unknown(String hash, Map<String, String> causes) implements SendOutcome {

        /** Copies, in order. */
        public Unknown {
            causes = Collections.unmodifiableMap(new LinkedHashMap<>(causes));
        }
    }
}
