package dev.tocsin.rpcpool;

import static java.util.Objects.requireNonNull;

import java.util.function.ToIntFunction;

/**
 * What a node may be asked in a second, by the plan that its provider has sold. Both numbers may be given: then both are kept to.
 *
 * <p>Calls go elsewhere, or wait in the order of coming, before a second sees more than this. A twentieth of a second's worth is the
 * largest burst. If the node says nevertheless that it is too much, less is asked for a while.
 *
 * @param requestsPerSecond above 0, at most 1 000 000, or infinite; each call of a batch counts
 * @param unitsPerSecond compute units (Alchemy), credits (Infura, QuickNode) or what else the provider counts; likewise
 * @param costs what a call of a method costs in these units; 0 or more
 */
public record RateLimit(double requestsPerSecond, double unitsPerSecond, ToIntFunction<String> costs) {

    /** None. */
    public static final RateLimit NONE = new RateLimit(Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, method -> 1);

    private static final double MOST = 1_000_000;

    /** Checks. */
    public RateLimit {
        check("requestsPerSecond", requestsPerSecond);
        check("unitsPerSecond", unitsPerSecond);
        requireNonNull(costs, "costs");
    }

    /**
     * So many requests a second, whatever they are.
     *
     * @param perSecond above 0, at most 1 000 000
     * @return the limit
     */
    public static RateLimit requests(double perSecond) {
        return new RateLimit(perSecond, Double.POSITIVE_INFINITY, method -> 1);
    }

    /**
     * So many compute units a second.
     *
     * @param perSecond above 0, at most 1 000 000
     * @param costs what a call of a method costs, such as {@link MethodCosts#alchemy()}
     * @return the limit
     */
    public static RateLimit units(double perSecond, ToIntFunction<String> costs) {
        return new RateLimit(Double.POSITIVE_INFINITY, perSecond, costs);
    }

    /**
     * Whether it limits anything.
     *
     * @return false if both numbers are infinite
     */
    public boolean isLimited() {
        return Double.isFinite(requestsPerSecond) || Double.isFinite(unitsPerSecond);
    }

    private static void check(String name, double value) {
        if (!(value > 0) || (value > MOST && value != Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(
                    name + " must be above 0 and at most 1000000, or infinite, was " + value);
        }
    }
}
