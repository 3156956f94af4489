package dev.tocsin.rpcpool;

import java.util.Set;

/**
 * How many nodes must say the same before it is believed. For methods whose honest answers differ from node to node (the next nonce, fees, the newest
 * block) the highest that so many of them have reached is taken: with two of three the one in the middle, so that none of them alone makes it up.
 *
 * @param agree how many must agree, from 2
 * @param of how many are asked at once, at least {@code agree}; further ones only if these do not suffice. If the pool has
 *     fewer, all are asked: 2 of 3 over two nodes is 2 of 2, and one that fails is too many
 * @param ignoredFields fields of objects that are not compared, at any depth: what only some clients tell
 */
public record Agreement(int agree, int of, Set<String> ignoredFields) {

    private static final Set<String> TOLD_BY_SOME = Set.of("blockTimestamp", "totalDifficulty", "yParity");

    /** Checks and copies. */
    public Agreement {
        if (agree < 2) {
            throw new IllegalArgumentException("agree must be at least 2, was " + agree);
        }
        if (of < agree) {
            throw new IllegalArgumentException("of must be at least agree, which is " + agree + ", was " + of);
        }
        ignoredFields = Set.copyOf(ignoredFields);
    }

    /**
     * So many of so many, without the fields that only some clients tell: {@code blockTimestamp}, {@code totalDifficulty}, {@code yParity}.
     *
     * @param agree how many must agree, from 2
     * @param of how many are asked at once, at least {@code agree}; all, if the pool has fewer
     * @return the agreement
     */
    public static Agreement of(int agree, int of) {
        return new Agreement(agree, of, TOLD_BY_SOME);
    }
}
