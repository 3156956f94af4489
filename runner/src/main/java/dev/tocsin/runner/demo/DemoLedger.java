package dev.tocsin.runner.demo;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Holds what must arrive at one receiver (by {@link DemoOracle}, as the chain grows and reorganises) against what did.
 * Bounded: of alerts that arrived, only the newest are remembered. Safe for use by many threads.
 */
public final class DemoLedger implements DemoChain.Listener {

    private static final int REMEMBERED = 100_000;

    private final Function<DemoBlock, List<String>> oracle;
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private final Set<String> missing = new LinkedHashSet<>();
    private final Map<String, Integer> arrived = new LinkedHashMap<>();
    private long expected;
    private long repeated;

    /**
     * Makes a ledger.
     *
     * @param oracle the keys of the alerts of a block that are meant for this receiver
     */
    public DemoLedger(Function<DemoBlock, List<String>> oracle) {
        this.oracle = Objects.requireNonNull(oracle, "oracle");
    }

    @Override
    public void onHead(DemoBlock block) {
        List<String> keys = oracle.apply(block);
        lock.lock();
        try {
            for (String key : keys) {
                expected++;
                if (!arrived.containsKey(key)) {
                    missing.add(key);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** What was orphaned may arrive, since it was true when it was seen, but need not. */
    @Override
    public void onRemoved(DemoBlock block) {
        List<String> keys = oracle.apply(block);
        lock.lock();
        try {
            keys.forEach(missing::remove);
            expected -= keys.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A message arrived.
     *
     * @param alerts the keys of the alerts that it reports
     */
    public void onReceived(List<String> alerts) {
        lock.lock();
        try {
            for (String key : alerts) {
                missing.remove(key);
                if (arrived.merge(key, 1, Integer::sum) > 1) {
                    repeated++;
                }
            }
            while (arrived.size() > REMEMBERED) {
                arrived.remove(arrived.keySet().iterator().next());
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Alerts of the chain as it is now that have not arrived.
     *
     * @return their number; 0 once everything has been delivered
     */
    public long missing() {
        lock.lock();
        try {
            return missing.size();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Alerts that arrived again.
     *
     * @return how many arrivals were one too many
     */
    public long repeated() {
        lock.lock();
        try {
            return repeated;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Alerts that the chain as it is now must cause.
     *
     * @return their number
     */
    public long expected() {
        lock.lock();
        try {
            return expected;
        } finally {
            lock.unlock();
        }
    }
}
