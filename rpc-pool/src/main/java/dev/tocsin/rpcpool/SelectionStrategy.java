package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;

/**
 * Chooses the node of one attempt among those of a tier that are healthy and have not been asked for the same call. Called by many
 * threads at once for every attempt, so it must be quick and must not block.
 */
@FunctionalInterface
public interface SelectionStrategy {

    /**
     * Chooses a node.
     *
     * @param candidates at least one, in the order in which the nodes were given; not to be kept
     * @param random for what is left to chance
     * @return the index of the chosen one
     */
    int choose(List<? extends Candidate> candidates, RandomGenerator random);

    /** A node that may be chosen. What it tells changes all the time. */
    interface Candidate {
        /**
         * Its name.
         *
         * @return the name, as in {@link NodeStatus#name}
         */
        String name();

        /**
         * The newest block that it has told of.
         *
         * @return its number; empty if it has told of none
         */
        OptionalLong head();

        /**
         * How long its answers take: an average that jumps to a slow answer at once and forgets it over some 15 s.
         *
         * @return milliseconds; 0 if it has answered nothing yet
         */
        double latencyMillis();

        /**
         * How long its answers to calls take: a mean of some ten, in which one slow answer says little.
         *
         * @return milliseconds; 0 if it has answered none yet
         */
        default double meanMillis() {
            return latencyMillis();
        }

        /**
         * How many calls it is working on now.
         *
         * @return from 0
         */
        int inFlight();

        /**
         * How many of the recent calls it served.
         *
         * @return above 0, at most 1
         */
        double successRate();
    }

    /**
     * The less busy and quicker of two that are drawn by lot: latency × (calls in flight + 1) / success rate. Of two nodes the better one
     * gets nearly all calls, of many the load spreads over the quick ones. The default.
     *
     * @return the strategy
     * @see <a href="https://www.eecs.harvard.edu/~michaelm/postscripts/mythesis.pdf">The power of two choices</a>
     */
    static SelectionStrategy fastest() {
        return (candidates, random) -> {
            int count = candidates.size();
            if (count == 1) {
                return 0;
            }
            int one = random.nextInt(count);
            int other = random.nextInt(count - 1);
            other = other >= one ? other + 1 : other;
            return cost(candidates.get(one)) <= cost(candidates.get(other)) ? one : other;
        };
    }

    private static double cost(Candidate node) {
        return node.latencyMillis() * (node.inFlight() + 1) / node.successRate();
    }

    /**
     * One node for nearly all calls: the quickest, by mean latency / success rate. Another takes its place when it has been better by 30 %
     * for 2 s, 30 s after the last change at the earliest; or when the one has been left out for 2 s. One call in fifty goes to another
     * node, so that its speed is known. For those who want the calls at one node as long as it does well: whose caches then are warm and whose
     * answers follow one another.
     *
     * @return a strategy with a memory of its own, for one pool
     */
    static SelectionStrategy steady() {
        return new Steady(System::nanoTime);
    }

    /**
     * The first in the order in which the nodes were given.
     *
     * @return the strategy
     */
    static SelectionStrategy priority() {
        return (candidates, random) -> 0;
    }

    /**
     * One after the other.
     *
     * @return a strategy with a turn of its own
     */
    static SelectionStrategy roundRobin() {
        AtomicInteger turn = new AtomicInteger();
        return (candidates, random) -> Math.floorMod(turn.getAndIncrement(), candidates.size());
    }

    /**
     * The one with the newest block; of several, the one with the fewest calls in flight.
     *
     * @return the strategy
     */
    static SelectionStrategy highestHead() {
        return (candidates, random) -> {
            int best = 0;
            for (int i = 1; i < candidates.size(); i++) {
                Candidate one = candidates.get(i);
                Candidate other = candidates.get(best);
                int newer = Long.compare(one.head().orElse(-1), other.head().orElse(-1));
                best = newer > 0 || (newer == 0 && one.inFlight() < other.inFlight()) ? i : best;
            }
            return best;
        };
    }

    /**
     * By lot, each with its weight.
     *
     * @param weightOf the weight of a node by its name; what is not above 0 is drawn only when nothing else is there
     * @return the strategy
     */
    static SelectionStrategy weighted(ToIntFunction<String> weightOf) {
        requireNonNull(weightOf, "weightOf");
        return (candidates, random) -> {
            long all = 0;
            for (Candidate candidate : candidates) {
                all += Math.max(0, weightOf.applyAsInt(candidate.name()));
            }
            if (all == 0) {
                return random.nextInt(candidates.size());
            }
            long lot = random.nextLong(all);
            for (int i = 0; i < candidates.size(); i++) {
                lot -= Math.max(0, weightOf.applyAsInt(candidates.get(i).name()));
                if (lot < 0) {
                    return i;
                }
            }
            return candidates.size() - 1;
        };
    }
}
