package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tocsin.rpcpool.stream.FakeReader.ViewFault;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The running stream: handler, store, waiting, status. */
@Timeout(60)
final class LogStreamTest extends RunningStream {

    @Test
    void theStatusTellsWhereTheStreamStands() {
        LogStream stream = open(builder().fromBlock(0), batches::add);
        awaitIdle();

        assertThat(stream.status()).isEqualTo(new StreamStatus(29, 29, Optional.of(NOW), Optional.empty(), false));
        assertThat(stream.status().lag()).isZero();
        assertThat(batches.getLast().seenAt()).isEqualTo(NOW);
        assertThat(batches.getLast().chainId()).isEqualTo(FakeChain.ID);
    }

    @Test
    void aStreamFromTheHeadKnowsItsPlaceWhenOpenReturns() {
        LogStream stream = open(builder(), batches::add);
        int seen = truth.size();

        assertThat(stream.status().processed()).isEqualTo(29);
        awaitIdle();
        chain.grow(truth, 2);
        pacer.turn();
        assertThat(batches.stream().flatMap(batch -> batch.blocks().stream()).map(Header::number))
                .containsExactly((long) seen, seen + 1L);
    }

    @Test
    void aFailingHandlerGetsTheSameBatchAgainWithGrowingPauses() {
        List<LogBatch> failed = new ArrayList<>();
        List<Integer> told = new CopyOnWriteArrayList<>();
        LogStreamListener listener = new LogStreamListener() {
            @Override
            public void onHandlerFailed(LogBatch batch, Throwable failure, int attempt, Duration pause) {
                assertThat(failure).hasMessage("database is away");
                told.add(attempt);
            }
        };
        LogStream stream = open(builder().fromBlock(0).listener(listener), batch -> {
            if (failed.size() < 7) {
                failed.add(batch);
                throw new IllegalStateException("database is away");
            }
            batches.add(batch);
        });
        awaitIdle();

        assertThat(failed).hasSize(7).allMatch(batch -> batch == batches.getFirst());
        assertThat(told).containsExactly(1, 2, 3, 4, 5, 6, 7);
        long[] full = {1, 2, 4, 8, 16, 30, 30};
        for (int i = 0; i < full.length; i++) {
            assertThat(pacer.pauses.get(i)).isBetween(Duration.ofMillis(full[i] * 500), Duration.ofSeconds(full[i]));
        }
        assertThat(stream.status().lastError()).isEmpty();
    }

    @Test
    void theCheckpointIsSavedAfterTheHandlerAndOnlyThen() {
        InMemoryCheckpoints store = new InMemoryCheckpoints();
        List<String> order = new CopyOnWriteArrayList<>();
        CheckpointStore recording = new CheckpointStore() {
            @Override
            public Optional<Checkpoint> load(long chainId) {
                return store.load(chainId);
            }

            @Override
            public void save(long chainId, Checkpoint checkpoint) {
                order.add("save " + checkpoint.number());
                store.save(chainId, checkpoint);
            }
        };
        open(
                builder().from(recording).fromBlock(25),
                batch -> order.add("handle " + batch.checkpoint().number()));
        awaitIdle();

        assertThat(order).containsExactly("handle 24", "save 24", "handle 29", "save 29");
        assertThat(store.load(FakeChain.ID).orElseThrow().recent()).hasSize(5);
    }

    @Test
    void aCheckpointThatCannotBeSavedIsTriedAgainWithoutTheHandler() {
        AtomicInteger tries = new AtomicInteger();
        InMemoryCheckpoints store = new InMemoryCheckpoints();
        CheckpointStore failing = new CheckpointStore() {
            @Override
            public Optional<Checkpoint> load(long chainId) {
                return Optional.empty();
            }

            @Override
            public void save(long chainId, Checkpoint checkpoint) throws Exception {
                if (tries.incrementAndGet() <= 3) {
                    throw new IOException("disk is full");
                }
                store.save(chainId, checkpoint);
            }
        };
        open(builder().from(failing).fromBlock(29), batches::add);
        awaitIdle();

        assertThat(batches).hasSize(2);
        assertThat(store.load(FakeChain.ID).orElseThrow().number()).isEqualTo(29);
    }

    @Test
    void aRestartGoesOnWhereTheStoreSays() {
        InMemoryCheckpoints store = new InMemoryCheckpoints();
        Ledger ledger = new Ledger();
        open(builder().from(store).fromBlock(0), ledger::apply);
        awaitIdle();
        close();
        chain.reorganise(truth, 6, 20);
        pacer.idles.set(0);
        open(builder().from(store).fromBlock(0), ledger::apply);
        awaitIdle();

        assertThat(ledger.retracted).isEqualTo(6);
        assertThat(ledger.liveKeys()).containsExactlyElementsOf(Ledger.keysOf(truth, LogQuery.all(), 0, truth.size()));
    }

    @Test
    void unreadableNodesAreReportedAndTriedAgainForEver() {
        reader.viewFaults.addAll(Collections.nCopies(12, ViewFault.ERROR));
        List<String> why = new CopyOnWriteArrayList<>();
        LogStreamListener listener = new LogStreamListener() {
            @Override
            public void onRetry(long chainId, String cause, int attempt, Duration pause) {
                why.add(attempt + " " + cause);
            }
        };
        LogStream stream = open(builder().fromBlock(0).listener(listener), batches::add);
        awaitIdle();

        assertThat(why).hasSize(12).first().isEqualTo("1 fault: no node answers");
        assertThat(pacer.pauses).allMatch(pause -> pause.compareTo(Duration.ofSeconds(10)) <= 0);
        assertThat(stream.status().processed()).isEqualTo(29);
        assertThat(stream.status().lastError()).isEmpty();
    }

    @Test
    void aListenerThatThrowsDoesNotHurt() {
        LogStreamListener listener = new LogStreamListener() {
            @Override
            public void onBatch(LogBatch batch) {
                throw new IllegalStateException("listener");
            }
        };
        LogStream stream = open(builder().fromBlock(0).listener(listener), batches::add);
        awaitIdle();

        assertThat(stream.status().processed()).isEqualTo(29);
    }

    @Test
    void aHeadThatIsToldOfWakesTheStreamUp() {
        open(builder().fromBlock(0), batches::add);
        awaitIdle();

        reader.heads.orElseThrow().run();

        assertThat(pacer.wakes).hasValue(1);
    }

    @Test
    void aViolationStopsTheStreamAndIsSaid() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Header known = truth.get(20).block().header();
        Checkpoint elsewhere = new Checkpoint(20, FakeChain.hash("elsewhere"), List.of());
        LogStream stream = open(builder().from(elsewhere).listener(LogStreamMeters.on(registry)), batches::add);
        pacer.turns.release(5);
        stream.awaitClose();

        assertThat(known.hash()).isNotEqualTo(elsewhere.hash());
        assertThat(stream.status().violated()).isTrue();
        assertThat(stream.status().lastError().orElseThrow()).contains("no block in common");
        assertThat(batches).isEmpty();
        assertThat(registry.get("tocsin.rpcpool.stream.violated").gauge().value())
                .isEqualTo(1);
    }

    @Test
    void theMetersAgreeWithTheStatusFromALoadedCheckpointOn() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        AtomicLong nanos = new AtomicLong();
        Checkpoint loaded = new Checkpoint(661, FakeChain.hash("elsewhere"), List.of());
        LogStream stream = open(
                builder().from(loaded).nanoTicker(nanos::get).listener(LogStreamMeters.on(registry)), batches::add);
        awaitIdle();
        assertThat(stream.status().processed()).isEqualTo(661);
        assertThat(stream.status().head()).isEqualTo(661);
        assertMeters(registry, 661, 661);

        pacer.turn();
        nanos.set(Duration.ofSeconds(10).toNanos());
        pacer.turn();

        assertThat(stream.status().processed()).isEqualTo(661);
        assertThat(stream.status().head()).isEqualTo(29);
        assertMeters(registry, 661, 29);
    }

    private static void assertMeters(SimpleMeterRegistry registry, long processed, long head) {
        String prefix = "tocsin.rpcpool.stream.";
        assertThat(registry.get(prefix + "processed").gauge().value()).isEqualTo(processed);
        assertThat(registry.get(prefix + "head").gauge().value()).isEqualTo(head);
        assertThat(registry.get(prefix + "lag").gauge().value()).isZero();
    }

    @Test
    void theMetersTellOfBlocksLogsReorganisationsAndRetries() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        reader.viewFaults.add(ViewFault.ERROR);
        open(builder().fromBlock(0).listener(LogStreamMeters.on(registry)), batches::add);
        awaitIdle();
        chain.reorganise(truth, 4, 6);
        pacer.turn();

        assertThat(registry.get("tocsin.rpcpool.stream.processed")
                        .tag("chain", "31337")
                        .gauge()
                        .value())
                .isEqualTo(31);
        assertThat(registry.get("tocsin.rpcpool.stream.head").gauge().value()).isEqualTo(31);
        assertThat(registry.get("tocsin.rpcpool.stream.lag").gauge().value()).isZero();
        assertThat(registry.get("tocsin.rpcpool.stream.blocks").counter().count())
                .isEqualTo(36);
        assertThat(registry.get("tocsin.rpcpool.stream.retracted").counter().count())
                .isEqualTo(4);
        assertThat(registry.get("tocsin.rpcpool.stream.reorgs").counter().count())
                .isEqualTo(1);
        assertThat(registry.get("tocsin.rpcpool.stream.retries")
                        .tag("of", "read")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("tocsin.rpcpool.stream.retries")
                        .tag("of", "handler")
                        .counter()
                        .count())
                .isZero();
    }

    @Test
    void settingsOutOfRangeAreRefusedAtOnce() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().pollEvery(Duration.ZERO))
                .withMessageContaining("PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder().fromBlock(-1))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Release.confirmations(-1))
                .withMessageContaining("-1");
        assertThat(Release.confirmations(0)).isEqualTo(Release.INSTANT);
    }
}
