package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.stream.FakeChain.FakeBlock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a careful handler would have: the live logs and the checkpoint, changed together. Refuses whatever breaks the promise. */
final class Ledger {
    private final List<Header> blocks = new ArrayList<>();
    private final Map<String, Log> live = new LinkedHashMap<>();
    final List<LogBatch> batches = new ArrayList<>();
    Optional<Checkpoint> checkpoint = Optional.empty();
    int retracted;

    void apply(LogBatch batch) {
        batches.add(batch);
        retracted += batch.retracted().size();
        for (Header orphan : batch.retracted()) {
            assertThat(blocks).as("something to retract").isNotEmpty();
            assertThat(orphan).isEqualTo(blocks.removeLast());
            live.values().removeIf(log -> log.blockHash().equals(orphan.hash()));
        }
        for (Header block : batch.blocks()) {
            if (!blocks.isEmpty()) {
                assertThat(block.parentHash()).isEqualTo(blocks.getLast().hash());
            }
            blocks.add(block);
        }
        long previous = -1;
        for (Log log : batch.logs()) {
            long place = log.blockNumber() * 1_000_000 + log.logIndex();
            assertThat(place).as("order").isGreaterThan(previous);
            previous = place;
            assertThat(batch.blocks()).anyMatch(block -> block.hash().equals(log.blockHash()));
            assertThat(live.put(log.key(), log))
                    .as("a live key twice: " + log.key())
                    .isNull();
        }
        assertThat(batch.blocks().size()).isLessThanOrEqualTo(Follower.MOST_BLOCKS + LogStream.WINDOW);
        if (!blocks.isEmpty()) {
            assertThat(batch.checkpoint().hash()).isEqualTo(blocks.getLast().hash());
        }
        Checkpoint saved = Checkpoint.parse(batch.checkpoint().encode());
        assertThat(saved).isEqualTo(batch.checkpoint());
        checkpoint = Optional.of(saved);
    }

    List<String> liveKeys() {
        return List.copyOf(live.keySet());
    }

    List<Header> blocks() {
        return blocks;
    }

    /** The keys of the wanted logs from one block to another. */
    static List<String> keysOf(List<FakeBlock> line, LogQuery query, long from, long to) {
        return line.stream()
                .filter(block -> block.number() >= from && block.number() <= to)
                .flatMap(block -> block.logs().stream())
                .filter(query::wants)
                .map(Log::key)
                .toList();
    }
}
