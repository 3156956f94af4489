package dev.tocsin.rpcpool.internal.node;

import java.time.Duration;

/**
 * Keeps calls away from a node that fails them: opens after 5 failures in a row, or 15 of the last 30 calls; lets 3 calls try after 5
 * seconds, and closes when all of them are served. Each time they are not, it stays open twice as long, a minute at most. Only failures that are the node's count,
 * never its limits and never a refusal of the call. Not thread-safe: guarded by its node's {@link Health}.
 *
 * @see <a href="https://martinfowler.com/bliki/CircuitBreaker.html">Fowler, CircuitBreaker</a>
 */
public final class Breaker {

    private static final int IN_A_ROW = 5;
    private static final int RECENT = 30;
    private static final int MOST_OF_RECENT = 15;
    private static final int PROBES = 3;
    private static final long SHORTEST = Duration.ofSeconds(5).toNanos();
    private static final long LONGEST = Duration.ofMinutes(1).toNanos();

    private boolean isOpen;
    private boolean isTrying; // calls have been let through since it opened; the others were on their way before
    private long openedAt;
    private long openFor = SHORTEST;
    private int probesLeft;
    private int probesServed;
    private int inARow;
    private int recent; // one bit for each of the last calls, set where it failed

    /** Whether a call may be sent now. */
    public boolean allows(long now) {
        return !isOpen || probesLeft > 0 || now - openedAt >= openFor;
    }

    /** Whether it keeps calls away, but for those that try. */
    public boolean isOpen() {
        return isOpen;
    }

    /** A call is sent. */
    public void began(long now) {
        if (isOpen && probesLeft == 0 && now - openedAt >= openFor) {
            isTrying = true;
            probesLeft = PROBES;
            probesServed = 0;
            openedAt = now; // probes that never end do not keep it open for ever
        }
        if (isOpen && probesLeft > 0) {
            probesLeft--;
        }
    }

    /** A copy of a call is sent that nobody waits for: it shows whether the node is back, however long it is to be left alone. */
    public void tries() {
        if (isOpen && !isTrying) {
            isTrying = true;
            probesServed = 0;
        }
    }

    /** A call was served. */
    public void served() {
        inARow = 0;
        remember(0);
        if (isOpen && isTrying && ++probesServed >= PROBES) {
            isOpen = false;
            openFor = SHORTEST;
            recent = 0;
        }
    }

    /** A call failed by the node's fault. */
    public void failed(long now) {
        inARow++;
        remember(1);
        if (isOpen) {
            if (isTrying) {
                open(now, Math.min(LONGEST, openFor * 2));
            }
        } else if (inARow >= IN_A_ROW || Integer.bitCount(recent) >= MOST_OF_RECENT) {
            open(now, SHORTEST);
        }
    }

    private void open(long now, long howLong) {
        isOpen = true;
        isTrying = false;
        openedAt = now;
        openFor = howLong;
        probesLeft = 0;
        probesServed = 0;
    }

    private void remember(int failed) {
        recent = ((recent << 1) | failed) & ((1 << RECENT) - 1);
    }
}
