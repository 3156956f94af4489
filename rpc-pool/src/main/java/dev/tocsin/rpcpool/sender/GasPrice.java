package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import java.math.BigInteger;

/** What a transaction pays for a unit of gas. */
public sealed interface GasPrice {

    /**
     * The most that a unit of gas can cost.
     *
     * @return wei for a unit of gas
     */
    BigInteger mostWei();

    /**
     * One price, as before EIP-1559.
     *
     * @param priceWei wei for a unit of gas
     */
    record Legacy(BigInteger priceWei) implements GasPrice {
        /** Checks. */
        public Legacy {
            requireNonNull(priceWei, "priceWei");
        }

        @Override
        public BigInteger mostWei() {
            return priceWei;
        }
    }

    /**
     * The block's base fee and a tip, as in EIP-1559.
     *
     * @param maxFeeWei the most for base fee and tip together, wei for a unit of gas
     * @param tipWei the most for the one who makes the block; at most {@code maxFeeWei}
     * @see <a href="https://eips.ethereum.org/EIPS/eip-1559">EIP-1559</a>
     */
    record Dynamic(BigInteger maxFeeWei, BigInteger tipWei) implements GasPrice {
        /** Checks. */
        public Dynamic {
            if (requireNonNull(tipWei, "tipWei").compareTo(requireNonNull(maxFeeWei, "maxFeeWei")) > 0) {
                throw new IllegalArgumentException("tipWei must be at most maxFeeWei " + maxFeeWei + ", was " + tipWei);
            }
        }

        @Override
        public BigInteger mostWei() {
            return maxFeeWei;
        }
    }
}
