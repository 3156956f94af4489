package dev.tocsin.rpcpool.internal.read;

import dev.tocsin.rpcpool.internal.node.Head;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What has been told of the end of the chain, where blocks may still change: a run of heads, each linked to the one before by its parent's
 * hash, or by blocks in between that answers have told of. A head that is not linked may mean that any block above the finalized one has changed.
 */
final class ChainTip {

    private static final int MOST_HASHES = 256;
    private static final int MOST_CHANGES = 32;
    private static final int MOST_PARENTS = 1024;

    private final AtomicReference<View> view = new AtomicReference<>(new View(0, -1, -1, 0, Map.of(), List.of()));
    private final Map<String, String> parents = new ConcurrentHashMap<>(); // by hash, of whichever branch

    View view() {
        return view.get();
    }

    /** Nodes have told of a head; those who tell of one of before may only be late. */
    void heard(long number, @Nullable String hash, @Nullable String parent, long finalized, long now) {
        update(before -> before.heard(number, hash, parent, parents).told(hash, finalized, now));
    }

    /** An answer names a block: perhaps of another branch than the heads that were told. */
    void seen(long number, String hash, @Nullable String parent) {
        View now = view();
        if (number <= now.settled) {
            return;
        }
        if (parent != null) {
            if (parents.size() >= MOST_PARENTS) {
                parents.clear();
            }
            parents.put(hash, parent);
        }
        if (now.isAnother(number, hash) || now.isAnother(number - 1, parent)) {
            update(before -> before.doubted(number, parent));
        } else if (now.isOldest(number)) {
            update(before -> before.deepened(number, parents));
        }
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

        /** Whether it is the newest block. */
        boolean isTip(Head block) {
            return block.number() == head && is(head, block.hash());
        }

        /** Whether one whose newest block this is has the chain's block of a number. */
        boolean leadsTo(long number, Head newest) {
            long at = newest.number();
            return (at >= number && is(at, newest.hash())) || (at > number && is(at - 1, newest.parent()));
        }

        /** Whether the chain's block is known to have a hash. */
        boolean is(long number, @Nullable String hash) {
            return hash != null && hash.equalsIgnoreCase(hashes.get(number));
        }

        private View heard(long number, @Nullable String hash, @Nullable String parent, Map<String, String> parents) {
            if (hash == null && !hashes.isEmpty()) { // without its hash a head says nothing of the blocks before
                return number <= head ? this : new View(sequence + 1, number, settled, heardAt, hashes, changes);
            }
            boolean isOfBefore = number < head && hash != null && hash.equalsIgnoreCase(hashes.get(number));
            return isOfBefore ? this : moved(number, hash, parent, parents);
        }

        /** Of a head that is told with its hash or, as long as none was, without. */
        private View told(@Nullable String hash, long finalized, long now) {
            return hash != null || hashes.isEmpty() ? told(finalized, now) : this;
        }

        private boolean isAnother(long number, @Nullable String hash) {
            String known = hashes.get(number);
            return known != null && hash != null && !known.equalsIgnoreCase(hash);
        }

        /** Which branch is the chain's the next head tells; until then what is known is not relied on. */
        private View doubted(long number, @Nullable String parent) {
            boolean forksHere = parent != null && parent.equalsIgnoreCase(hashes.get(number - 1));
            return new View(sequence + 1, head, settled, heardAt, hashes, with(forksHere ? number : settled + 1));
        }

        private View moved(long number, @Nullable String hash, @Nullable String parent, Map<String, String> parents) {
            boolean isSame = hash == null || hash.equalsIgnoreCase(hashes.get(number));
            if (isSame && number == head) {
                return this;
            }
            Map<Long, String> branch = new HashMap<>();
            long at = number;
            String before = hash;
            for (;
                    before != null
                            && at > settled
                            && branch.size() < MOST_HASHES
                            && !before.equalsIgnoreCase(hashes.get(at));
                    at--) {
                branch.put(at, before);
                before = at == number ? parent : parents.get(before);
            }
            boolean isLinked = before != null && before.equalsIgnoreCase(hashes.get(at));
            boolean replaces = !isLinked || hashes.containsKey(at + 1);
            View until = replaces ? changed(isLinked ? at + 1 : settled + 1, number) : this;
            Map<Long, String> known = isLinked ? until.hashes : Map.of();
            return new View(sequence + 1, number, until.settled, heardAt, with(known, branch), until.changes);
        }

        private boolean isOldest(long number) {
            return hashes.containsKey(number) && !hashes.containsKey(number - 1) && number - 1 > settled;
        }

        /** With the blocks before the oldest that is known, as far as answers have told of them. */
        private View deepened(long oldest, Map<String, String> parents) {
            Map<Long, String> branch = new HashMap<>();
            String before = isOldest(oldest) ? parents.get(hashes.get(oldest)) : null;
            for (long at = oldest - 1; before != null && at > settled && branch.size() < MOST_HASHES; at--) {
                branch.put(at, before);
                before = parents.get(before);
            }
            return new View(sequence, head, settled, heardAt, with(hashes, branch), changes);
        }

        private View told(long finalized, long now) {
            return new View(sequence, head, Math.max(settled, Math.min(finalized, head)), now, hashes, changes);
        }

        private View changed(long from, long newHead) {
            Map<Long, String> rest = new HashMap<>(hashes);
            rest.keySet().removeIf(number -> number >= from);
            return new View(sequence + 1, newHead, Math.min(settled, from - 1), heardAt, Map.copyOf(rest), with(from));
        }

        private List<Change> with(long from) {
            List<Change> all = new ArrayList<>(MOST_CHANGES + 1);
            all.add(new Change(sequence + 1, from));
            all.addAll(changes);
            if (all.size() > MOST_CHANGES) {
                Change last = all.removeLast();
                Change longAgo = all.removeLast();
                all.add(new Change(longAgo.sequence, Math.min(longAgo.from, last.from)));
            }
            return List.copyOf(all);
        }

        private static Map<Long, String> with(Map<Long, String> known, Map<Long, String> more) {
            Map<Long, String> all = new HashMap<>(known);
            all.putAll(more);
            if (all.size() > MOST_HASHES) {
                long newest = Collections.max(all.keySet());
                all.keySet().removeIf(number -> number <= newest - MOST_HASHES);
            }
            return Map.copyOf(all);
        }
    }
}
