package dev.tocsin.rpcpool.internal.consensus;

import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.internal.call.Asked;
import dev.tocsin.rpcpool.internal.call.Gate;
import dev.tocsin.rpcpool.internal.node.Node;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps calls away from a node that was outvoted three times in a row: for 30 s, and twice as long each time it happens again, 5 min at
 * most. Once outvoted is nothing: it may have been on another branch for a moment.
 */
public final class Quarantine implements Gate {

    private static final int IN_A_ROW = 3;
    private static final long FIRST = Duration.ofSeconds(30).toNanos();
    private static final int MOST_DOUBLINGS = 3;
    private static final long LONGEST = Duration.ofMinutes(5).toNanos();

    private final Map<Node, Conduct> conducts = new ConcurrentHashMap<>();

    /** What is known of one node; {@code until} counts only if it has been in quarantine at all. */
    private record Conduct(int disputes, int times, long until) {}

    @Override
    public @Nullable Exclusion against(Node node, Asked asked, long now) {
        Conduct conduct = conducts.get(node);
        return conduct != null && conduct.times > 0 && conduct.until - now > 0 ? Exclusion.OUTVOTED : null;
    }

    /** Its answer was another than that on which enough agreed; true if it goes into quarantine for it. */
    boolean outvoted(Node node, long now) {
        Conduct after = conducts.compute(node, (one, before) -> {
            if (one.isGone()) {
                return null;
            }
            Conduct conduct = before == null ? new Conduct(0, 0, now) : before;
            if (conduct.disputes + 1 < IN_A_ROW) {
                return new Conduct(conduct.disputes + 1, conduct.times, conduct.until);
            }
            long time = Math.min(LONGEST, FIRST << Math.min(conduct.times, MOST_DOUBLINGS + 1));
            return new Conduct(0, conduct.times + 1, now + time);
        });
        return after != null && after.disputes == 0;
    }

    /** It said what enough others said. */
    void agreed(Node node) {
        conducts.remove(node);
    }

    /** It is gone. */
    public void forget(Node node) {
        conducts.remove(node);
    }
}
