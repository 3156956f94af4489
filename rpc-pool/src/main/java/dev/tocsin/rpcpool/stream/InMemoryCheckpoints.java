package dev.tocsin.rpcpool.stream;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Checkpoints that live as long as this object: for tests, and for streams that may begin anew. Safe for use by many threads. */
public final class InMemoryCheckpoints implements CheckpointStore {
    private final Map<Long, Checkpoint> checkpointByChain = new ConcurrentHashMap<>();

    /** Makes an empty store. */
    public InMemoryCheckpoints() {}

    @Override
    public Optional<Checkpoint> load(long chainId) {
        return Optional.ofNullable(checkpointByChain.get(chainId));
    }

    @Override
    public void save(long chainId, Checkpoint checkpoint) {
        checkpointByChain.put(chainId, requireNonNull(checkpoint, "checkpoint"));
    }
}
