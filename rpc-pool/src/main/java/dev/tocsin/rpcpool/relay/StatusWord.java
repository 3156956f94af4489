package dev.tocsin.rpcpool.relay;

import java.util.Optional;
import java.util.OptionalLong;

/** What the relay's status API says of a transaction; {@code maxBlock} is that of the send it speaks of. */
record StatusWord(
        State state,
        OptionalLong maxBlock,
        Optional<String> simulationError,
        Optional<String> revertReason,
        String cause) {

    enum State {
        PENDING,
        INCLUDED,
        FAILED,
        CANCELLED,
        UNKNOWN,
        /** There is no status API. */
        NONE,
        /** It did not answer, or with something else. */
        LOST;

        static Optional<State> of(String wire) {
            return switch (wire) {
                case "PENDING" -> Optional.of(PENDING);
                case "INCLUDED" -> Optional.of(INCLUDED);
                case "FAILED" -> Optional.of(FAILED);
                case "CANCELLED" -> Optional.of(CANCELLED);
                case "UNKNOWN" -> Optional.of(UNKNOWN);
                default -> Optional.empty();
            };
        }
    }

    static StatusWord none() {
        return new StatusWord(
                State.NONE, OptionalLong.empty(), Optional.empty(), Optional.empty(), "the relay has no status API");
    }

    static StatusWord lost(String cause) {
        return new StatusWord(State.LOST, OptionalLong.empty(), Optional.empty(), Optional.empty(), cause);
    }
}
