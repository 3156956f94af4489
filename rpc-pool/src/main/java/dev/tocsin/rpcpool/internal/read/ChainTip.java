package dev.tocsin.rpcpool.internal.read;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What has been told of the end of the chain, where blocks may still change: a run of heads, each linked to the one before by its parent's
 * hash. A head that is not linked may mean that any block above the finalized one has changed.
 */
final class ChainTip {

    private static final int MOST_HASHES = 256;
    private static final int MOST_CHANGES = 32;

    private final AtomicReference<View> view = new AtomicReference<>(new View(0, -1, -1, 0, Map.of(), List.of()));

    View view() {
        return view.get();
    }

    /** A head was told, perhaps the same again. */
    void headMoved(long number, @Nullable String hash, @Nullable String parent, long finalized, long now) {
        update(before -> before.moved(number, hash, parent).told(finalized, now));
    }

    /** Blocks from a number on are others now. */
    void reorganised(long from) {
        update(before -> before.changed(from, Math.min(before.head, from - 1)));
    }

    private void update(UnaryOperator<View> how) {
        view.updateAndGet(how);
    }

    /** The blocks from a number on were replaced. */
    private record Change(long sequence, long from) {}

    /**
     * What is known at one time.
     *
     * @param sequence counts what has happened
     * @param head the number of the block that was told last; -1: none yet
     * @param settled what was finalized when that head was told
     * @param heardAt when it was told, in the time of the ticker
     * @param hashes of blocks of the chain, by number
     * @param changes the newest first; those of long ago in one
     */
    record View(long sequence, long head, long settled, long heardAt, Map<Long, String> hashes, List<Change> changes) {

        /** Whether a head was told not longer ago than that. */
        boolean isFresh(long now, long nanos) {
            return head >= 0 && now - heardAt < nanos;
        }

        /** Whether a block is what it was at an earlier time. */
        boolean stands(long number, long since) {
            for (Change change : changes) {
                if (change.sequence <= since) {
                    return true;
                }
                if (change.from <= number) {
                    return false;
                }
            }
            return true;
        }

        /** The hash of the chain's block; null if it is not known. */
        @Nullable String hash(long number) {
            return hashes.get(number);
        }

        private View moved(long number, @Nullable String hash, @Nullable String parent) {
            boolean isSame = hash == null || hash.equalsIgnoreCase(hashes.get(number));
            if (isSame && number == head) {
                return this;
            }
            if (isSame && hash != null) {
                return changed(number + 1, number); // back to a block of before
            }
            if (hash != null && parent != null && parent.equalsIgnoreCase(hashes.get(number - 1))) {
                View until = number == head + 1 ? this : changed(number, number - 1);
                return new View(sequence + 1, number, until.settled, heardAt, until.with(number, hash), until.changes);
            }
            View unlinked = changed(settled + 1, number);
            Map<Long, String> only = hash == null ? Map.of() : Map.of(number, hash);
            return new View(unlinked.sequence, number, settled, heardAt, only, unlinked.changes);
        }

        private View told(long finalized, long now) {
            return new View(sequence, head, Math.max(settled, Math.min(finalized, head)), now, hashes, changes);
        }

        private View changed(long from, long newHead) {
            List<Change> all = new ArrayList<>(MOST_CHANGES + 1);
            all.add(new Change(sequence + 1, from));
            all.addAll(changes);
            if (all.size() > MOST_CHANGES) {
                Change last = all.removeLast();
                Change longAgo = all.removeLast();
                all.add(new Change(longAgo.sequence, Math.min(longAgo.from, last.from)));
            }
            Map<Long, String> rest = new HashMap<>(hashes);
            rest.keySet().removeIf(number -> number >= from);
            return new View(
                    sequence + 1, newHead, Math.min(settled, from - 1), heardAt, Map.copyOf(rest), List.copyOf(all));
        }

        private Map<Long, String> with(long number, String hash) {
            Map<Long, String> all = new HashMap<>(hashes);
            all.remove(number - MOST_HASHES);
            all.put(number, hash);
            return Map.copyOf(all);
        }
    }
}
