package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.error.ErrorClass;
import java.math.BigInteger;
import java.util.Optional;

/** What a relay says a bundle would do. */
public sealed interface Simulation {

    /**
     * It would run.
     *
     * @param stateBlock the block on whose state it ran
     * @param gasUsed by all its transactions
     * @param profitWei what it would pay the block's builder, for a shared bundle before refunds
     */
    record Succeeded(long stateBlock, long gasUsed, BigInteger profitWei) implements Simulation {}

    /**
     * It would not run.
     *
     * @param error what the relay said
     * @param revertReason what the contract said, if the relay tells
     * @param transaction the hash of the one that failed, if the relay tells
     */
    record Failed(String error, Optional<String> revertReason, Optional<String> transaction) implements Simulation {}

    /**
     * It was not simulated.
     *
     * @param errorClass what the refusal means
     * @param message what the relay said
     */
    record Rejected(ErrorClass errorClass, String message) implements Simulation {}
}
