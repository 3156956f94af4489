package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.RateLimit;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a node may be asked in a second, in requests and in compute units. It is given, by the provider's plan, or learned: nothing limits
 * it until the node says for the first time that we ask too much; then it is what the node served in the second before. When the node
 * says so again, it is what was served since it last did: less than before by 5 % at least and by half at most.
 *
 * <p>Every minute it falls by 5 % if more than one answer in ten was such a complaint; it rises if none was and calls had to wait: by 5 %,
 * then by twice as much each minute. It never rises above what was given, and never falls below one call a second. Safe for use by
 * many threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5681">RFC 5681, additive increase and multiplicative decrease</a>
 */
public final class RateBudget {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final int FEWEST = 10;
    private static final double TOO_MANY = 0.1;
    private static final double DOWN = 0.95;
    private static final double LARGEST_FALL = 0.5;
    private static final double SMALLEST_RISE = 0.05;
    private static final String USUAL_CALL = "eth_call";

    private final ToIntFunction<String> costs;
    private final Pace requests = new Pace();
    private final Pace units = new Pace();
    private final double mostRequests;
    private final double mostUnits;
    private final boolean isGiven;
    private final boolean countsRequests; // what is served is counted in requests, else in units
    private final LongAdder served = new LongAdder();
    private final LongAdder answers = new LongAdder(); // in this minute
    private volatile @Nullable Mark mark;
    private volatile long minuteBegan;
    private volatile boolean wasShort; // in this minute a call had to wait or to go elsewhere
    private final ReentrantLock lock =
            new ReentrantLock(); // guards every field below, the marks and the rates' changes
    private int complaints; // guarded by lock; in this minute
    private double rise = SMALLEST_RISE; // guarded by lock
    private boolean hasComplained; // guarded by lock
    private long quietUntil; // guarded by lock; complaints until then are about what was on its way
    private long lastComplaint; // guarded by lock
    private long servedBefore; // guarded by lock; the last complaint
    private volatile long
            learnedOver; // nanoseconds; above 0 while that is still served which was on its way when the node first
    // complained

    /** How much had been served when, and the same for the second before if anything was. */
    private record Mark(long at, long served, @Nullable Mark before) {}

    public RateBudget(RateLimit given) {
        costs = given.costs();
        isGiven = given.isLimited();
        mostRequests = given.requestsPerSecond() * DOWN;
        mostUnits = given.unitsPerSecond() * DOWN;
        countsRequests = isGiven && mostUnits == Double.POSITIVE_INFINITY;
        requests.rate(mostRequests);
        units.rate(mostUnits);
    }

    /** What a call of a method costs, in compute units. */
    public int cost(String method) {
        return costs.applyAsInt(method);
    }

    /** Compute units a second, or requests if only those are limited; infinite if nothing limits them. */
    public double rate() {
        return countsRequests ? requests.rate() : units.rate();
    }

    /** How long calls that cost so much would have to wait now. */
    public long wait(int calls, long cost, long now) {
        long wait = Math.max(requests.wait(calls, now), units.wait(cost, now));
        if (wait > 0 && !wasShort) {
            wasShort = true;
        }
        return wait;
    }

    /** Takes what calls cost, if they need not wait longer; how long, or -1 if it would be longer and nothing was taken. */
    public long take(int calls, long cost, long now, long longest) {
        long wait = requests.take(calls, now, longest);
        if (wait < 0) {
            return -1;
        }
        long longer = units.take(cost, now, longest);
        if (longer < 0) {
            requests.giveBack(calls);
            return -1;
        }
        return Math.max(wait, longer);
    }

    /** Takes what calls cost that do not wait. */
    public void spend(int calls, long cost, long now) {
        take(calls, cost, now, Long.MAX_VALUE);
    }

    /** Gives back what was taken and not used. */
    public void giveBack(int calls, long cost) {
        requests.giveBack(calls);
        units.giveBack(cost);
    }

    /** Nothing until a time: the node wants to be left alone. */
    public void pause(long now, Duration time) {
        units.pause(now, now + time.toNanos());
    }

    /** Calls were answered. */
    public void served(int calls, long cost, long now) {
        long amount = countsRequests ? calls : cost;
        served.add(amount);
        answers.add(calls);
        if (learnedOver > 0) {
            learnMore(amount, now);
        }
        Mark last = mark;
        if ((last == null || now - last.at >= SECOND) && lock.tryLock()) {
            try {
                advance(mark, amount, now);
            } finally {
                lock.unlock();
            }
        }
        if (now - minuteBegan >= MINUTE && lock.tryLock()) {
            try {
                minute(now);
            } finally {
                lock.unlock();
            }
        }
    }

    /** The node says that we ask too much. */
    public void complained(long now, Duration coolDown) {
        lock.lock();
        try {
            answers.increment();
            complaints++;
            if (hasComplained && now - quietUntil < 0) {
                return;
            }
            learn(now);
            hasComplained = true;
            lastComplaint = now;
            servedBefore = served.sum();
            quietUntil = now + Math.max(SECOND, coolDown.toNanos());
            rise = SMALLEST_RISE;
        } finally {
            lock.unlock();
        }
    }

    private void learn(long now) {
        double before = rate();
        if (before == Double.POSITIVE_INFINITY) {
            learnFirst(now);
            return;
        }
        long since = served.sum() - servedBefore;
        if (!hasComplained || isGiven) {
            change(DOWN);
        } else if (since > 0) { // else nothing is learned: the node has not begun to serve us again
            double really = (double) since * SECOND / (now - lastComplaint);
            change(Math.clamp(really / before * DOWN, LARGEST_FALL, DOWN));
        }
    }

    /** What was served a second, in the last one or two; if nothing was, what is on its way. */
    private void learnFirst(long now) {
        Mark last = mark;
        if (last == null || now - last.at >= 2 * SECOND) {
            learnedOver = SECOND;
            return;
        }
        Mark from = last.before == null ? last : last.before;
        long over = Math.max(SECOND, now - from.at);
        units.rate(Math.max(least(), (double) (served.sum() - from.served) * SECOND / over * DOWN));
        learnedOver = over;
    }

    /** What was on its way when the node complained, and is served. */
    private void learnMore(long amount, long now) {
        lock.lock();
        try {
            if (learnedOver > 0 && now - quietUntil < 0) {
                double before = units.rate() == Double.POSITIVE_INFINITY ? 0 : units.rate();
                units.rate(Math.max(least(), before + (double) amount * SECOND / learnedOver * DOWN));
            } else {
                learnedOver = 0;
            }
        } finally {
            lock.unlock();
        }
    }

    private void advance(@Nullable Mark last, long amount, long now) {
        long total = served.sum();
        if (last == null) {
            minuteBegan = now;
        }
        mark = last == null || now - last.at >= 2 * SECOND
                ? new Mark(now, total - amount, null)
                : new Mark(now, total, new Mark(last.at, last.served, null));
    }

    private void minute(long now) {
        if (now - minuteBegan < MINUTE) {
            return; // another thread was quicker
        }
        long all = answers.sumThenReset();
        if (complaints > all * TOO_MANY) {
            change(DOWN);
        } else if (complaints == 0 && all >= FEWEST && wasShort) {
            change(1 + rise);
            rise = Math.min(1, rise * 2);
        }
        complaints = 0;
        wasShort = false;
        minuteBegan = now;
    }

    private void change(double factor) {
        requests.rate(Math.clamp(requests.rate() * factor, Math.min(1, mostRequests), mostRequests));
        units.rate(Math.clamp(units.rate() * factor, Math.min(least(), mostUnits), mostUnits));
    }

    private double least() {
        return cost(USUAL_CALL);
    }
}
