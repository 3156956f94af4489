package dev.tocsin.rpcpool.internal.node;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Which chain it is: its id and the hash of its first block, since test chains share ids. What was not given, the first node to be looked at
 * decides. Safe for use by many threads.
 */
public final class ChainIdentity {

    private final AtomicReference<@Nullable Long> id;
    private final AtomicReference<@Nullable String> genesis;

    public ChainIdentity(OptionalLong id, Optional<String> genesis) {
        this.id = new AtomicReference<>(id.isPresent() ? id.getAsLong() : null);
        this.genesis = new AtomicReference<>(
                genesis.map(hash -> hash.toLowerCase(Locale.ROOT)).orElse(null));
    }

    /** The chain id; empty as long as no node has decided. */
    OptionalLong id() {
        Long known = id.get();
        return known == null ? OptionalLong.empty() : OptionalLong.of(known);
    }

    /** Whether a node with this chain id can be of this chain. */
    boolean mayBe(long nodesId) {
        Long known = id.get();
        return known == null || known == nodesId;
    }

    /** Why a node that says this is of another chain; null if it is of this one. Without a genesis hash its id alone counts. */
    @Nullable String against(long nodesId, Optional<String> nodesGenesis) {
        Long expected = first(id, nodesId);
        if (expected != nodesId) {
            return "serves chain " + nodesId + ", expected chain " + expected;
        }
        if (nodesGenesis.isEmpty()) {
            return null;
        }
        String hash = nodesGenesis.get();
        String expectedHash = first(genesis, hash);
        return expectedHash.equals(hash)
                ? null
                : "serves chain " + nodesId + " with genesis block " + hash + ", expected " + expectedHash;
    }

    private static <T> T first(AtomicReference<@Nullable T> decided, T said) {
        T known = decided.compareAndExchange(null, said);
        return known == null ? said : known;
    }
}
