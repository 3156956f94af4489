package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.NoNodeException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which chain it is: its id and the hash of its first block, since test chains share ids. An id that was not given, most of the nodes that answer
 * decide; a hash, the first of them. Safe for use by many threads.
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

    /**
     * Decides the id, if it was not given, by what each node has said.
     *
     * @throws NoNodeException if as many nodes serve one chain as another
     */
    void decide(Map<String, Long> said) {
        if (id.get() != null || said.isEmpty()) {
            return;
        }
        Map<Long, Long> votes =
                said.values().stream().collect(Collectors.groupingBy(one -> one, TreeMap::new, Collectors.counting()));
        long most = Collections.max(votes.values());
        List<Long> winners = votes.entrySet().stream()
                .filter(vote -> vote.getValue() == most)
                .map(Map.Entry::getKey)
                .toList();
        if (winners.size() > 1) {
            Map<String, String> causes = new LinkedHashMap<>();
            said.forEach((node, one) -> causes.put(node, "serves chain " + one));
            throw new NoNodeException(
                    "as many nodes serve one chain as another, "
                            + winners.stream().map(String::valueOf).collect(Collectors.joining(" and "))
                            + "; give chain(id)",
                    causes,
                    false);
        }
        id.compareAndSet(null, winners.getFirst());
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
