package dev.tocsin.rpcpool.relay;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How a transaction is to be treated by the relay. Begin with {@link #standard()}. Immutable.
 *
 * @param maxBlock the last block it may be included in, at most 25 after the head; empty: the 25th
 * @param isFast whether it is to go to all registered builders, at the price of a larger part of the refund
 * @param hints what searchers may see; empty: what the relay shows by default, which is not nothing; an empty set: nothing
 * @param builders who may build it, by the relay's names; empty: the relay's choice
 * @param refunds who gets what searchers pay; empty: the signer
 * @see <a href="https://docs.flashbots.net/flashbots-auction/advanced/rpc-endpoint#eth_sendprivatetransaction">eth_sendPrivateTransaction</a>
 */
public record PrivateOptions(
        OptionalLong maxBlock, boolean isFast, Optional<Set<Hint>> hints, List<String> builders, List<Refund> refunds) {

    private static final PrivateOptions STANDARD =
            new PrivateOptions(OptionalLong.empty(), false, Optional.empty(), List.of(), List.of());

    /** Checks and copies. */
    public PrivateOptions {
        requireNonNull(maxBlock, "maxBlock");
        hints = hints.map(PrivateOptions::copy);
        builders = List.copyOf(builders);
        refunds = Refund.atMostAll(refunds);
    }

    /**
     * What the relay does by default, for 25 blocks.
     *
     * @return the options
     */
    public static PrivateOptions standard() {
        return STANDARD;
    }

    /**
     * For fewer blocks.
     *
     * @param block the last block it may be included in, at most 25 after the head
     * @return changed options
     */
    public PrivateOptions withMaxBlock(long block) {
        return new PrivateOptions(OptionalLong.of(block), isFast, hints, builders, refunds);
    }

    /**
     * For all registered builders.
     *
     * @return changed options
     */
    public PrivateOptions withFast() {
        return new PrivateOptions(maxBlock, true, hints, builders, refunds);
    }

    /**
     * With these hints for searchers and no others.
     *
     * @param shown what they may see; none: nothing
     * @return changed options
     */
    public PrivateOptions withHints(Hint... shown) {
        return new PrivateOptions(maxBlock, isFast, Optional.of(set(shown)), builders, refunds);
    }

    /**
     * For these builders.
     *
     * @param names by the relay's names
     * @return changed options
     */
    public PrivateOptions withBuilders(String... names) {
        return new PrivateOptions(maxBlock, isFast, hints, List.of(names), refunds);
    }

    /**
     * With refunds to these.
     *
     * @param receivers at most 100 percent together
     * @return changed options
     */
    public PrivateOptions withRefunds(Refund... receivers) {
        return new PrivateOptions(maxBlock, isFast, hints, builders, List.of(receivers));
    }

    static Set<Hint> set(Hint... hints) {
        EnumSet<Hint> set = EnumSet.noneOf(Hint.class);
        set.addAll(Arrays.asList(hints));
        return set;
    }

    /** In the order of the declaration, so that the same options give the same bytes. */
    static Set<Hint> copy(Set<Hint> hints) {
        EnumSet<Hint> copy = EnumSet.noneOf(Hint.class);
        copy.addAll(hints);
        return Collections.unmodifiableSet(copy);
    }
}
