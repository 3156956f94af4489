package dev.tocsin.rpcpool;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps to one node until another has been better by far for a while, or the one is not to be had for as long. One call alone says nothing: where
 * the node has been asked for it already, others are the candidates.
 */
final class Steady implements SelectionStrategy {

    private static final double MUCH_BETTER = 0.7;
    private static final long HELD =
            Duration.ofSeconds(2).toNanos(); // so long it has been better, or the current one was not to be had
    private static final long APART = Duration.ofSeconds(30).toNanos();
    private static final int ONE_IN = 50; // goes to another node, so that its speed is known

    private final LongSupplier nanoTicker;
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private @Nullable String current; // guarded by lock
    private @Nullable String better; // guarded by lock
    private long betterSince; // guarded by lock
    private boolean isMissing; // guarded by lock
    private long missingSince; // guarded by lock
    private long switchedAt; // guarded by lock

    Steady(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    @Override
    public int choose(List<? extends Candidate> candidates, RandomGenerator random) {
        int count = candidates.size();
        int chosen = current(candidates);
        if (count == 1 || random.nextInt(ONE_IN) != 0) {
            return chosen;
        }
        int other = random.nextInt(count - 1);
        return other >= chosen ? other + 1 : other;
    }

    private int current(List<? extends Candidate> candidates) {
        long now = nanoTicker.getAsLong();
        int best = best(candidates);
        Candidate challenger = candidates.get(best);
        lock.lock();
        try {
            int held = indexOf(current, candidates);
            if (held < 0) {
                if (current == null || isMissingForLong(now)) {
                    begin(challenger, now);
                }
                return best;
            }
            isMissing = false;
            if (cost(challenger) >= MUCH_BETTER * cost(candidates.get(held))) {
                better = null;
                return held;
            }
            if (!challenger.name().equals(better)) {
                better = challenger.name();
                betterSince = now;
            }
            if (now - betterSince < HELD || now - switchedAt < APART) {
                return held;
            }
            begin(challenger, now);
            return best;
        } finally {
            lock.unlock();
        }
    }

    /** Under the lock. */
    private void begin(Candidate next, long now) {
        current = next.name();
        better = null;
        isMissing = false;
        switchedAt = now;
    }

    /** Under the lock. */
    private boolean isMissingForLong(long now) {
        if (!isMissing) {
            isMissing = true;
            missingSince = now;
        }
        return now - missingSince >= HELD;
    }

    /** The best of those whose speed is known, or else the first. */
    private static int best(List<? extends Candidate> candidates) {
        int best = 0;
        for (int i = 1; i < candidates.size(); i++) {
            best = cost(candidates.get(i)) < cost(candidates.get(best)) ? i : best;
        }
        return best;
    }

    private static double cost(Candidate node) {
        double mean = node.meanMillis();
        return mean == 0 ? Double.MAX_VALUE : mean / node.successRate();
    }

    private static int indexOf(@Nullable String name, List<? extends Candidate> candidates) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
