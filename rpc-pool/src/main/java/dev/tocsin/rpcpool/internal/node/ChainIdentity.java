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
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which chain it is: its id and the hash of its first block, since test chains share ids. What of them was not given, most of the nodes that
 * answer decide; of the first block more than half of them where none shows it at first. Safe for use by many threads.
 */
public final class ChainIdentity {

    private final AtomicReference<@Nullable Long> id;
    private final AtomicReference<@Nullable String> genesis;
    private final Map<String, String> shown =
            new ConcurrentHashMap<>(); // by node, as long as the first block is not decided
    private volatile int voters = 1; // nodes of the chain when it was decided

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
     * Decides what was not given, by what each node has said. Of the first block those speak that are of the chain, and show theirs.
     *
     * @param ids by node
     * @param geneses by node; of those that told one
     * @throws NoNodeException if as many nodes serve one chain as another
     */
    void decide(Map<String, Long> ids, Map<String, String> geneses) {
        decide(id, ids, "serve one chain as another", "serves chain ", "chain(id)");
        Map<String, String> ours = new LinkedHashMap<>(geneses);
        ours.keySet().removeIf(node -> !mayBe(ids.getOrDefault(node, -1L)));
        voters = Math.max(1, (int) ids.values().stream().filter(this::mayBe).count());
        decide(genesis, ours, "have one genesis block as another", "has genesis block ", "genesis(hash)");
    }

    private static <T extends Comparable<T>> void decide(
            AtomicReference<@Nullable T> decided, Map<String, T> said, String tie, String says, String setting) {
        if (decided.get() != null || said.isEmpty()) {
            return;
        }
        Map<T, Long> votes =
                said.values().stream().collect(Collectors.groupingBy(one -> one, TreeMap::new, Collectors.counting()));
        long most = Collections.max(votes.values());
        List<T> winners = votes.entrySet().stream()
                .filter(vote -> vote.getValue() == most)
                .map(Map.Entry::getKey)
                .toList();
        if (winners.size() > 1) {
            Map<String, String> causes = new LinkedHashMap<>();
            said.forEach((node, one) -> causes.put(node, says + one));
            throw new NoNodeException(
                    "as many nodes " + tie + ", "
                            + winners.stream().map(String::valueOf).collect(Collectors.joining(" and "))
                            + "; give " + setting,
                    causes,
                    false);
        }
        decided.compareAndSet(null, winners.getFirst());
    }

    /** Why a node that says this is of another chain; null if it is of this one. Without a genesis hash its id alone counts. */
    @Nullable String against(String node, long nodesId, Optional<String> nodesGenesis) {
        Long decided = id.compareAndExchange(null, nodesId);
        if (decided != null && decided != nodesId) {
            return "serves chain " + nodesId + ", expected chain " + decided;
        }
        if (nodesGenesis.isEmpty()) {
            return null;
        }
        String hash = nodesGenesis.get();
        String expected = genesis.get();
        if (expected == null) {
            vote(node, hash);
            return null;
        }
        return expected.equals(hash)
                ? null
                : "serves chain " + nodesId + " with genesis block " + hash + ", expected " + expected;
    }

    private void vote(String node, String hash) {
        shown.put(node, hash);
        if (2 * Collections.frequency(shown.values(), hash) > voters) {
            genesis.compareAndSet(null, hash);
            shown.clear();
        }
    }
}
