package dev.tocsin.runner.demo;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One canonical chain in memory, from a genesis block on. Any number of threads may read; one thread at a time may append
 * and reorganise, which also calls the listeners, after the change, in order.
 *
 * <p>History is bounded: beyond {@value #MAX_BLOCKS} blocks or {@value #MAX_LOGS} logs the oldest blocks are forgotten, the
 * newest {@value #MIN_BLOCKS} never. Of orphaned blocks the newest {@value #MAX_ORPHANS} are still found by their hash, as
 * on a real node. Safe is {@value #SAFE_DEPTH} blocks below the head and finalized {@value #FINALIZED_DEPTH}; neither ever
 * goes back, and no reorganisation reaches the finalized block.
 */
public final class DemoChain {

    /** The chain id of the demo, known nowhere else; also when recorded blocks are played. */
    public static final long CHAIN_ID = 1337;

    static final int SAFE_DEPTH = 4;
    static final int FINALIZED_DEPTH = 8;
    private static final int MAX_BLOCKS = 20_000;
    private static final int MAX_LOGS = 100_000;
    private static final int MIN_BLOCKS = 64;
    private static final int MAX_ORPHANS = 256;
    private static final String NO_PARENT = "0x" + "0".repeat(64);
    private static final Logger LOG = LoggerFactory.getLogger(DemoChain.class);

    private final long chainId;
    private final InstantSource clock;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    /** Guards what follows; nothing foreign is called under it. */
    private final ReentrantLock lock = new ReentrantLock();

    private final ArrayDeque<DemoBlock> canonical = new ArrayDeque<>(); // guarded by lock
    private final Map<Long, DemoBlock> byNumber = new HashMap<>(); // guarded by lock; canonical
    private final Map<String, DemoBlock> byHash = new HashMap<>(); // guarded by lock; canonical and orphans
    private final Map<String, DemoBlock> byTransaction = new HashMap<>(); // guarded by lock; canonical
    private final LinkedHashMap<String, DemoBlock> orphans = new LinkedHashMap<>(); // guarded by lock
    private long keptLogs; // guarded by lock
    private long sequence; // guarded by lock
    private long safe; // guarded by lock
    private long finalized; // guarded by lock

    private DemoChain(long chainId, InstantSource clock) {
        this.chainId = chainId;
        this.clock = clock;
        long now = clock.millis();
        put(DemoBlock.mine(NO_PARENT, 0, now / 1000, new Draft(List.of(), "tocsin demo"), sequence++, now));
    }

    /**
     * A chain with its genesis block only.
     *
     * @param chainId the chain id that its nodes answer; above 0
     * @param clock the time of its blocks
     * @return the chain
     */
    public static DemoChain create(long chainId, InstantSource clock) {
        if (chainId <= 0) {
            throw new IllegalArgumentException("chainId must be above 0, was " + chainId);
        }
        return new DemoChain(chainId, Objects.requireNonNull(clock, "clock"));
    }

    /**
     * The chain id.
     *
     * @return above 0
     */
    public long chainId() {
        return chainId;
    }

    /**
     * Mines a block now, on top of the head, and tells the listeners.
     *
     * @param draft its content
     * @return the new head
     */
    public DemoBlock append(Draft draft) {
        DemoBlock block;
        lock.lock();
        try {
            block = mine(draft);
        } finally {
            lock.unlock();
        }
        tell(List.of(), List.of(block));
        return block;
    }

    /**
     * Replaces the newest blocks by a new branch, mined now, and tells the listeners: first of the removed blocks, newest
     * first, then of the new ones.
     *
     * @param depth how many blocks are orphaned; 1 up to the finalized block
     * @param drafts the new branch, oldest first; at least one
     * @return the new blocks, oldest first
     * @throws IllegalArgumentException if the depth reaches the finalized block or the branch is empty
     */
    public List<DemoBlock> reorganise(int depth, List<Draft> drafts) {
        List<DemoBlock> removed = new ArrayList<>();
        List<DemoBlock> mined = new ArrayList<>();
        lock.lock();
        try {
            long head = canonical.getLast().number();
            if (depth < 1 || depth > head - finalized || drafts.isEmpty()) {
                throw new IllegalArgumentException("depth must be 1 to " + (head - finalized)
                        + " and the new branch not empty, was " + depth + " with " + drafts.size() + " blocks");
            }
            for (int i = 0; i < depth; i++) {
                removed.add(orphanHead());
            }
            for (Draft draft : drafts) {
                mined.add(mine(draft));
            }
        } finally {
            lock.unlock();
        }
        tell(removed, mined);
        return List.copyOf(mined);
    }

    /**
     * The newest block.
     *
     * @return the head
     */
    public DemoBlock head() {
        lock.lock();
        try {
            return canonical.getLast();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The canonical block of a number.
     *
     * @param number from 0
     * @return the block, or empty if there is none yet or it is forgotten
     */
    public Optional<DemoBlock> byNumber(long number) {
        lock.lock();
        try {
            return Optional.ofNullable(byNumber.get(number));
        } finally {
            lock.unlock();
        }
    }

    /**
     * The block of a hash, canonical or orphaned not long ago.
     *
     * @param hash 32 bytes as hex, lower case
     * @return the block, or empty
     */
    public Optional<DemoBlock> byHash(String hash) {
        lock.lock();
        try {
            return Optional.ofNullable(byHash.get(hash));
        } finally {
            lock.unlock();
        }
    }

    /**
     * When a block was mined, canonical or orphaned not long ago; for the measurement of latency.
     *
     * @param hash 32 bytes as hex, lower case
     * @return milliseconds since 1970, or empty if the block is not known
     */
    public OptionalLong minedAt(String hash) {
        return byHash(hash).map(block -> OptionalLong.of(block.minedAtMillis())).orElseGet(OptionalLong::empty);
    }

    /**
     * Hears of every later change.
     *
     * @param listener called by the thread that changes the chain; must be quick
     * @return closing it ends the calls
     */
    public Subscription listen(Listener listener) {
        listeners.add(Objects.requireNonNull(listener, "listener"));
        return () -> listeners.remove(listener);
    }

    /** The canonical block a transaction is in, or null. */
    @Nullable DemoBlock byTransaction(String hash) {
        lock.lock();
        try {
            return byTransaction.get(hash);
        } finally {
            lock.unlock();
        }
    }

    /** A consistent look at the heights. */
    Heights heights() {
        lock.lock();
        try {
            return new Heights(
                    canonical.getFirst().number(),
                    finalized,
                    safe,
                    canonical.getLast().number());
        } finally {
            lock.unlock();
        }
    }

    /** The canonical blocks of a range, oldest first, all of one moment; empty if the range is not all there. */
    Optional<List<DemoBlock>> range(long from, long to) {
        lock.lock();
        try {
            if (from < canonical.getFirst().number() || to > canonical.getLast().number()) {
                return Optional.empty();
            }
            List<DemoBlock> blocks = new ArrayList<>();
            for (long number = from; number <= to; number++) {
                blocks.add(Objects.requireNonNull(byNumber.get(number)));
            }
            return Optional.of(blocks);
        } finally {
            lock.unlock();
        }
    }

    private DemoBlock mine(Draft draft) {
        DemoBlock parent = canonical.getLast();
        long now = clock.millis();
        // Blocks come faster than seconds here, so two may have the same timestamp, as on some layer-two chains.
        long timestampSeconds = Math.max(parent.timestampSeconds(), now / 1000);
        DemoBlock block = DemoBlock.mine(parent.hash(), parent.number() + 1, timestampSeconds, draft, sequence++, now);
        put(block);
        safe = Math.max(safe, block.number() - SAFE_DEPTH);
        finalized = Math.max(finalized, block.number() - FINALIZED_DEPTH);
        forgetOldest();
        return block;
    }

    private void put(DemoBlock block) {
        canonical.addLast(block);
        byNumber.put(block.number(), block);
        byHash.put(block.hash(), block);
        block.transactions().forEach(transaction -> byTransaction.put(transaction.hash(), block));
        keptLogs += block.logCount();
    }

    private void drop(DemoBlock block) {
        byNumber.remove(block.number(), block);
        block.transactions().forEach(transaction -> byTransaction.remove(transaction.hash(), block));
        keptLogs -= block.logCount();
    }

    private DemoBlock orphanHead() {
        DemoBlock block = canonical.removeLast();
        drop(block);
        orphans.put(block.hash(), block);
        if (orphans.size() > MAX_ORPHANS) {
            byHash.remove(orphans.pollFirstEntry().getKey());
        }
        return block;
    }

    private void forgetOldest() {
        while (canonical.size() > MIN_BLOCKS && (canonical.size() > MAX_BLOCKS || keptLogs > MAX_LOGS)) {
            DemoBlock block = canonical.removeFirst();
            drop(block);
            byHash.remove(block.hash());
        }
    }

    private void tell(List<DemoBlock> removed, List<DemoBlock> mined) {
        for (Listener listener : listeners) {
            try {
                removed.forEach(listener::onRemoved);
                mined.forEach(listener::onHead);
            } catch (RuntimeException e) {
                LOG.warn("Listener of the demo chain failed", e);
            }
        }
    }

    /** Hears of changes of the chain. */
    public interface Listener {

        /**
         * A block became canonical; of a new branch each block, oldest first.
         *
         * @param block the block
         */
        default void onHead(DemoBlock block) {}

        /**
         * A block was orphaned; newest first, before the new branch.
         *
         * @param block the block
         */
        default void onRemoved(DemoBlock block) {}
    }

    /** A listener's registration. */
    @FunctionalInterface
    public interface Subscription extends AutoCloseable {

        /** Ends the calls; one that runs is not waited for. */
        @Override
        void close();
    }

    /** The numbers of the first block kept, the finalized and the safe one, and the head. */
    record Heights(long first, long finalized, long safe, long head) {}
}
