package dev.tocsin.rpcpool.relay;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Transactions that are to be included in this order, together or not at all. Never printed whole: they are secret until included. */
public sealed interface Bundle {

    /**
     * A bundle for one block.
     *
     * @param block its number, at most 25 after the head
     * @param transactions signed, 0x and hexadecimal, in order
     * @return the bundle
     */
    static ForBlock forBlock(long block, String... transactions) {
        return new ForBlock(block, List.of(transactions), Set.of(), List.of());
    }

    /**
     * A bundle for MEV-Share: it may follow a transaction of which only the hash is known, and be followed itself.
     *
     * @param block the first block it may be included in
     * @param maxBlock the last one, at most 25 after the head
     * @param items what it is made of, in order
     * @return the bundle
     */
    static Shared shared(long block, long maxBlock, Item... items) {
        return new Shared(block, maxBlock, List.of(items), List.of(), List.of(), Optional.empty(), List.of());
    }

    /**
     * The first block it may be included in.
     *
     * @return its number
     */
    long block();

    /**
     * The last block it may be included in.
     *
     * @return its number
     */
    long maxBlock();

    /**
     * For one block, by {@code eth_sendBundle} and {@code eth_callBundle}.
     *
     * @param block its number
     * @param transactions signed, 0x and hexadecimal, in order
     * @param mayRevert the hashes of those that are allowed to revert
     * @param builders to whom it is shown as well; empty: the relay's own
     * @see <a href="https://docs.flashbots.net/flashbots-auction/advanced/rpc-endpoint#eth_sendbundle">eth_sendBundle</a>
     */
    record ForBlock(long block, List<String> transactions, Set<String> mayRevert, List<String> builders)
            implements Bundle {

        /** Checks and copies. */
        public ForBlock {
            transactions = List.copyOf(transactions);
            mayRevert = Set.copyOf(mayRevert);
            builders = List.copyOf(builders);
            requireSome(transactions);
            transactions.forEach(SignedTransaction::parse);
            mayRevert.forEach(Bundle::requireHash);
        }

        /**
         * With some that are allowed to revert.
         *
         * @param hashes of those
         * @return a changed bundle
         */
        public ForBlock withMayRevert(String... hashes) {
            return new ForBlock(block, transactions, Set.of(hashes), builders);
        }

        /**
         * For more builders.
         *
         * @param names by the relay's names
         * @return a changed bundle
         */
        public ForBlock withBuilders(String... names) {
            return new ForBlock(block, transactions, mayRevert, List.of(names));
        }

        @Override
        public long maxBlock() {
            return block;
        }

        @Override
        public String toString() {
            return "ForBlock[block=" + block + ", " + transactions.size() + " transactions]";
        }
    }

    /**
     * For MEV-Share, by {@code mev_sendBundle} and {@code mev_simBundle}, version v0.1.
     *
     * @param block the first block it may be included in
     * @param maxBlock the last one
     * @param items what it is made of, in order
     * @param refunds which parts of what the bundle earns go to the signers of its items
     * @param refundsToUs who gets what others pay to follow this bundle; empty: the signer
     * @param hints what searchers may see; empty: nothing
     * @param builders to whom it is shown as well; empty: the relay's own
     * @see <a href="https://github.com/flashbots/mev-share/blob/main/specs/bundles/v0.1.md">MEV-Share bundles v0.1</a>
     */
    record Shared(
            long block,
            long maxBlock,
            List<Item> items,
            List<ItemRefund> refunds,
            List<Refund> refundsToUs,
            Optional<Set<Hint>> hints,
            List<String> builders)
            implements Bundle {

        /** Checks and copies. */
        public Shared {
            if (maxBlock < block) {
                throw new IllegalArgumentException("maxBlock must be at least block " + block + ", was " + maxBlock);
            }
            items = List.copyOf(items);
            refunds = List.copyOf(refunds);
            refundsToUs = Refund.atMostAll(refundsToUs);
            hints = hints.map(PrivateOptions::copy);
            builders = List.copyOf(builders);
            requireSome(items);
            if (hints.isPresent() && items.stream().anyMatch(Item.Known.class::isInstance)) {
                throw new IllegalArgumentException(
                        "hints must be empty for a bundle with an item known by its hash only, were " + hints.get());
            }
            for (ItemRefund refund : refunds) {
                if (refund.item() >= items.size()) {
                    throw new IllegalArgumentException(
                            "refund must be for an item below " + items.size() + ", was for " + refund.item());
                }
            }
        }

        /**
         * With parts of what it earns for the signers of its items.
         *
         * @param parts for whom, and how much
         * @return a changed bundle
         */
        public Shared withRefunds(ItemRefund... parts) {
            return new Shared(block, maxBlock, items, List.of(parts), refundsToUs, hints, builders);
        }

        /**
         * With refunds to these, if others follow it.
         *
         * @param receivers at most 100 percent together
         * @return a changed bundle
         */
        public Shared withRefundsToUs(Refund... receivers) {
            return new Shared(block, maxBlock, items, refunds, List.of(receivers), hints, builders);
        }

        /**
         * With these hints for searchers. Not for a bundle with an item of which only the hash is known.
         *
         * @param shown what they may see
         * @return a changed bundle
         */
        public Shared withHints(Hint... shown) {
            return new Shared(
                    block, maxBlock, items, refunds, refundsToUs, Optional.of(PrivateOptions.set(shown)), builders);
        }

        /**
         * For more builders.
         *
         * @param names by the relay's names
         * @return a changed bundle
         */
        public Shared withBuilders(String... names) {
            return new Shared(block, maxBlock, items, refunds, refundsToUs, hints, List.of(names));
        }

        @Override
        public String toString() {
            return "Shared[block=" + block + ", maxBlock=" + maxBlock + ", " + items.size() + " items]";
        }
    }

    /** A part of a shared bundle. */
    sealed interface Item {

        /**
         * A transaction of one's own.
         *
         * @param transaction signed, 0x and hexadecimal
         * @param mayRevert whether the bundle may be included if this one reverts
         */
        record Signed(String transaction, boolean mayRevert) implements Item {

            /** Checks. */
            public Signed {
                SignedTransaction.parse(transaction);
            }

            @Override
            public String toString() {
                return "Signed[mayRevert=" + mayRevert + "]";
            }
        }

        /**
         * Somebody else's, as told by the relay's hints.
         *
         * @param hash as the hint gave it
         */
        record Known(String hash) implements Item {

            /** Checks. */
            public Known {
                requireHash(hash);
            }
        }
    }

    /**
     * A part of what a bundle earns.
     *
     * @param item the item whose signer gets it, from 0
     * @param percent of the whole, 1 to 100
     */
    record ItemRefund(int item, int percent) {

        /** Checks. */
        public ItemRefund {
            if (item < 0) {
                throw new IllegalArgumentException("item must be at least 0, was " + item);
            }
            if (percent < 1 || percent > 100) {
                throw new IllegalArgumentException("percent must be 1 to 100, was " + percent);
            }
        }
    }

    private static void requireHash(String hash) {
        if (!Hex.isHash(requireNonNull(hash, "hash"))) {
            throw new IllegalArgumentException("hash must be 0x and 64 hexadecimal digits, was of " + hash.length());
        }
    }

    private static void requireSome(List<?> content) {
        if (content.isEmpty() || content.size() > 100) {
            throw new IllegalArgumentException("a bundle must have 1 to 100 transactions, has " + content.size());
        }
    }
}
