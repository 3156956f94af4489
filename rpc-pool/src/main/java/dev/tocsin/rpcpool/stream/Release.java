package dev.tocsin.rpcpool.stream;

/**
 * When a {@link LogStream} gives a block to its handler. Immutable.
 *
 * <p>The choice is between speed and the number of retractions: a block given out at once may be retracted, one that waited for
 * <i>n</i> confirmations is retracted only by a reorganisation deeper than <i>n</i>.
 */
public sealed interface Release {
    /** At once; reorganisations reach the handler as retractions. */
    Release INSTANT = new Confirmations(0);

    /** The most confirmations one can wait for. */
    int MAX_CONFIRMATIONS = 10_000;

    /**
     * When so many blocks stand on top of it. Reorganisations of at most so many blocks are not seen by the handler.
     *
     * @param blocks how many, 0 (at once) to {@value #MAX_CONFIRMATIONS}; the headers of so many blocks are held in memory
     * @return the release
     * @throws IllegalArgumentException if out of range
     */
    static Release confirmations(int blocks) {
        return new Confirmations(blocks);
    }

    /**
     * Release at a depth.
     *
     * @param blocks how many blocks stand on top of a block when it is given out
     */
    record Confirmations(int blocks) implements Release {
        /**
         * Checks the range.
         *
         * @throws IllegalArgumentException if not 0 to {@value Release#MAX_CONFIRMATIONS}
         */
        public Confirmations {
            if (blocks < 0 || blocks > MAX_CONFIRMATIONS) {
                throw new IllegalArgumentException(
                        "confirmations must be 0 to " + MAX_CONFIRMATIONS + ", was " + blocks);
            }
        }
    }
}
