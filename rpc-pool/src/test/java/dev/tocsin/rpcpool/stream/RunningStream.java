package dev.tocsin.rpcpool.stream;

import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.stream.FakeChain.FakeBlock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;

/** A stream over a fake chain of 30 blocks, which idles until the test says so. */
abstract class RunningStream {

    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    final FakeChain chain = new FakeChain(new Random(11), true);
    final List<FakeBlock> truth = chain.line(30);
    final FakeReader reader = new FakeReader(truth);
    final ManualPacer pacer = new ManualPacer();
    final List<LogBatch> batches = new CopyOnWriteArrayList<>();
    Optional<LogStream> opened = Optional.empty();

    @AfterEach
    void close() {
        opened.ifPresent(LogStream::close);
    }

    LogStream.Builder builder() {
        return LogStream.over(reader).clock(InstantSource.fixed(NOW)).waits(pacer, new Random(1));
    }

    LogStream open(LogStream.Builder builder, LogStream.Handler handler) {
        LogStream stream = builder.open(handler);
        opened = Optional.of(stream);
        return stream;
    }

    void awaitIdle() {
        await().until(() -> pacer.idles.get() > 0);
    }
}
