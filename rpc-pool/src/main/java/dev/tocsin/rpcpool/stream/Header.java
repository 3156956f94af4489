package dev.tocsin.rpcpool.stream;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.time.Instant;

/**
 * What the stream keeps of a block: its place in the chain and its time. Immutable.
 *
 * @param number the height of the block, from 0
 * @param hash its hash, {@code 0x} and hexadecimal digits in lower case
 * @param parentHash the hash of the block before it, in the same form
 * @param timestamp its time stamp, in whole seconds as chains write it
 */
public record Header(long number, String hash, String parentHash, Instant timestamp) {
    /**
     * Checks the parts and puts the hashes into lower case.
     *
     * @throws IllegalArgumentException if the number is negative or a hash is not {@code 0x} and 1 to 64 hexadecimal digits
     * @throws NullPointerException if a part is null
     */
    public Header {
        if (number < 0) {
            throw new IllegalArgumentException("number must be at least 0, was " + number);
        }
        hash = Hex.requireDigits(hash, 64, "hash");
        parentHash = Hex.requireDigits(parentHash, 64, "parentHash");
        requireNonNull(timestamp, "timestamp");
    }
}
