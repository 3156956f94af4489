package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.util.List;

/**
 * A position of a {@link LogStream}: everything up to and including block {@code number} has been delivered. Carries the headers
 * delivered last, so that a stream that starts from it can retract what the chain has dropped in the meantime. Immutable.
 *
 * @param number the height of the last delivered block; -1 if the stream begins with block 0 and has delivered nothing
 * @param hash the hash of that block
 * @param recent the headers of the blocks delivered last, ascending, each the parent of the next, the last being
 *     {@code number}; empty if nothing has been delivered. As many reorganised blocks as there are headers here can be retracted
 * @param start the first block of the stream; blocks below it have never been delivered and never will be. A
 *     reorganisation that goes below it can be followed at any depth as long as {@code recent} reaches down to it
 */
public record Checkpoint(long number, String hash, List<Header> recent, long start) {
    /**
     * Checks that the parts fit together, copies the headers and puts the hash into lower case.
     *
     * @throws IllegalArgumentException if they do not fit together
     * @throws NullPointerException if a part is null
     */
    public Checkpoint {
        hash = Hex.requireDigits(hash, 64, "hash");
        recent = List.copyOf(recent);
        require(number >= -1, "number must be at least -1, was " + number);
        require(
                start >= 0 && start <= number + 1,
                "start must be 0 to number + 1, was " + start + " with number " + number);
        for (int i = 1; i < recent.size(); i++) {
            Header parent = recent.get(i - 1);
            Header child = recent.get(i);
            require(
                    child.number() == parent.number() + 1 && child.parentHash().equals(parent.hash()),
                    "recent must be a chain: " + child.number() + " is not the child of " + parent.number());
        }
        if (!recent.isEmpty()) {
            require(recent.getFirst().number() >= start, "recent must not reach below start " + start);
            require(
                    recent.getLast().number() == number
                            && recent.getLast().hash().equals(hash),
                    "recent must end with block " + number + " " + hash);
        }
    }

    /**
     * A position in a stream of which only these headers are known: a reorganisation below them cannot be followed.
     *
     * @param number the height of the last delivered block
     * @param hash its hash
     * @param recent the headers delivered last; see the canonical constructor
     * @throws IllegalArgumentException if the parts do not fit together
     */
    public Checkpoint(long number, String hash, List<Header> recent) {
        this(number, hash, recent, 0);
    }

    /**
     * The position of a stream that begins after this block and has delivered nothing yet.
     *
     * @param number the height of the block before the first wanted one; -1 for a stream that begins with block 0
     * @param hash the hash of that block
     * @return the position
     * @throws IllegalArgumentException if the number is below -1 or the hash is none
     */
    public static Checkpoint before(long number, String hash) {
        return new Checkpoint(number, hash, List.of(), number + 1);
    }

    /**
     * This position as one line of text of printable ASCII: about 70 characters for each recent header.
     *
     * @return the text; {@link #parse} reads it
     */
    public String encode() {
        return CheckpointText.encode(this);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @param text the text, without anything around it
     * @return the position, equal to the one that was written
     * @throws IllegalArgumentException if the text is not one: of another version, cut off, or changed; the message says what was
     *     expected where
     */
    public static Checkpoint parse(String text) {
        return CheckpointText.parse(text);
    }

    @Override
    public String toString() {
        return "Checkpoint[number=" + number + ", hash=" + hash + ", recent=" + recent.size() + ", start=" + start
                + "]";
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
