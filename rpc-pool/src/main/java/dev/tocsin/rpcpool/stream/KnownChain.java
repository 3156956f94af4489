package dev.tocsin.rpcpool.stream;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of the chain that the stream knows, as one line without a gap:
 *
 * <pre>
 *   anchor - released ... released - pending ... pending (the tip)
 *            delivered, a window     headers only, not delivered yet
 * </pre>
 *
 * and the blocks that were released, were dropped by the chain, and are still to be retracted. Not thread-safe; no I/O.
 */
final class KnownChain {
    /** A place of which only number and hash are known. */
    private record Place(long number, String hash) {}

    private final int window;
    private final long start;
    private Place anchor;
    private final List<Header> released;
    private final List<Block> pending = new ArrayList<>();
    private final List<Header> retracted = new ArrayList<>(); // newest first
    private long mustReach = -1;

    KnownChain(Checkpoint checkpoint, int window) {
        this.window = window;
        this.start = checkpoint.start();
        this.released = new ArrayList<>(checkpoint.recent());
        this.anchor = released.isEmpty()
                ? new Place(checkpoint.number(), checkpoint.hash())
                : new Place(
                        released.getFirst().number() - 1, released.getFirst().parentHash());
    }

    long tip() {
        return pending.isEmpty() ? position() : pending.getLast().number();
    }

    /** The last delivered block. */
    long position() {
        return released.isEmpty() ? anchor.number() : released.getLast().number();
    }

    /** The lowest number whose hash is known. */
    long floor() {
        return anchor.number();
    }

    /** Whether everything that was ever delivered is still in the window, so that no reorganisation is too deep. */
    boolean isComplete() {
        return anchor.number() < start;
    }

    /** The newest block in which this line and a linked row of blocks agree, or null if in none. */
    @Nullable Long meet(List<Block> row) {
        for (int i = row.size() - 1; i >= 0; i--) {
            if (row.get(i).hash().equals(hashAt(row.get(i).number()))) {
                return row.get(i).number();
            }
        }
        Header first = row.getFirst().header();
        return first.parentHash().equals(hashAt(first.number() - 1)) ? first.number() - 1 : null;
    }

    /** Takes a child of the tip. */
    void append(Block block) {
        if (block.number() != tip() + 1 || !block.header().parentHash().equals(hashAt(tip()))) {
            throw new IllegalStateException("block " + block.number() + " is not the child of the tip " + tip());
        }
        pending.add(block);
    }

    /** Goes back to an ancestor. What had been released above it is to be retracted. Returns how many blocks were dropped. */
    long dropAbove(long ancestor) {
        long depth = tip() - ancestor;
        pending.removeIf(block -> block.number() > ancestor);
        if (position() > ancestor) {
            mustReach = Math.max(mustReach, position());
        }
        while (!released.isEmpty() && released.getLast().number() > ancestor) {
            retracted.add(released.removeLast());
        }
        return depth;
    }

    /** Begins again at the first block of the stream, on another branch. Only for a complete line. */
    long dropAll(String hashBeforeStart) {
        long depth = dropAbove(anchor.number());
        anchor = new Place(anchor.number(), hashBeforeStart);
        return depth;
    }

    /**
     * The next blocks to release: those with so many others on top, at most so many, but always up to the height that had been
     * reached before a retraction, so that the batch which takes back also gives the new branch.
     */
    List<Block> releasable(int confirmations, int most) {
        int deep = (int) Math.max(0, pending.size() - (long) confirmations);
        int owed = (int) Math.max(most, mustReach - position());
        return List.copyOf(pending.subList(0, Math.min(deep, owed)));
    }

    /** How many of the next blocks must be in one batch with the retractions. */
    int owed() {
        return retracted.isEmpty() ? 0 : (int) Math.max(0, mustReach - position());
    }

    List<Header> retracted() {
        return Collections.unmodifiableList(retracted);
    }

    /** The position after these blocks, which are the first pending ones, have been released. */
    Checkpoint after(List<Block> blocks) {
        List<Header> recent = new ArrayList<>(released);
        blocks.forEach(block -> recent.add(block.header()));
        List<Header> kept = recent.subList(Math.max(0, recent.size() - window), recent.size());
        return kept.isEmpty()
                ? new Checkpoint(anchor.number(), anchor.hash(), kept, start)
                : new Checkpoint(kept.getLast().number(), kept.getLast().hash(), kept, start);
    }

    /** The first pending blocks have been released, and the retractions were delivered with them. */
    void commit(int blocks) {
        retracted.clear();
        mustReach = -1;
        List<Block> taken = pending.subList(0, blocks);
        taken.forEach(block -> released.add(block.header()));
        taken.clear();
        int surplus = released.size() - window;
        if (surplus > 0) {
            Header last = released.get(surplus - 1);
            anchor = new Place(last.number(), last.hash());
            released.subList(0, surplus).clear();
        }
    }

    private @Nullable String hashAt(long number) {
        if (number == anchor.number()) {
            return anchor.hash();
        }
        long index = number - anchor.number() - 1;
        if (index < 0 || index >= released.size() + pending.size()) {
            return null;
        }
        return index < released.size()
                ? released.get((int) index).hash()
                : pending.get((int) index - released.size()).hash();
    }
}
