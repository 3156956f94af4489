package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DeadlineTest {

    private static final String METHOD = "eth_gasPrice";
    private static final Reply GOOD = new Reply.Result("\"0x7\"");

    private final FakeNode a = FakeNode.start().on(METHOD, GOOD);
    private final FakeNode b = FakeNode.start().on(METHOD, GOOD);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        threads.shutdownNow();
        a.close();
        b.close();
    }

    private RpcPoolBuilder settings() {
        return RpcPool.builder()
                .callTimeout(Duration.ofMillis(600))
                .retryDelay(Duration.ofMillis(5))
                .unhealthyAfter(1000)
                .healthCheckEvery(Duration.ofMinutes(10));
    }

    static Stream<Reply> silences() {
        return Stream.of(new Reply.Stall(), new Reply.StallInBody());
    }

    @ParameterizedTest
    @MethodSource("silences")
    void callEndsAtItsDeadlineThoughEveryNodeHangs(Reply silence) throws InterruptedException {
        a.on(METHOD, silence);
        b.on(METHOD, silence);
        try (RpcPool pool = settings().primary(a.url(), b.url()).open()) {
            long began = System.nanoTime();

            assertThatThrownBy(() -> pool.call(METHOD))
                    .isInstanceOfSatisfying(
                            NoNodeException.class,
                            e -> assertThat(e.causes())
                                    .containsOnlyKeys(a.name(), b.name())
                                    .allSatisfy(
                                            (node, cause) -> assertThat(cause).startsWith("no answer within")));

            assertThat(Duration.ofNanos(System.nanoTime() - began))
                    .isBetween(Duration.ofMillis(500), Duration.ofMillis(1_500));
        }
    }

    @ParameterizedTest
    @MethodSource("silences")
    void aDeadlineFreesTheConnections(Reply silence) throws InterruptedException {
        a.on(METHOD, silence);
        try (RpcPool pool = settings()
                .callTimeout(Duration.ofSeconds(1))
                .attempts(1)
                .primary(a.url())
                .open()) {
            assertThatThrownBy(() -> pool.call(METHOD)).isInstanceOf(NoNodeException.class);

            await().until(() -> a.underWay() == 0);
        }
    }

    @Test
    void noCallOutlivesItsDeadlineWhateverSocketsDo() throws Exception {
        AtomicInteger turn = new AtomicInteger();
        List<Reply> moods = List.of(
                GOOD,
                new Reply.Stall(),
                new Reply.StallInBody(),
                new Reply.Reset(),
                new Reply.Body(429, "try again in 100 ms"),
                new Reply.Body(502, ""),
                new Reply.Slow(150, GOOD));
        a.on(METHOD, request -> moods.get(turn.getAndIncrement() % moods.size()));
        b.on(METHOD, request -> moods.get(turn.getAndIncrement() % moods.size()));
        try (RpcPool pool =
                settings().maxConnections(4).primary(a.url(), b.url()).open()) {
            AtomicInteger number = new AtomicInteger();
            Callable<Long> call = () -> {
                long began = System.nanoTime();
                try {
                    pool.call(METHOD, number.getAndIncrement()); // no two alike
                } catch (NoNodeException e) {
                    assertThat(e.causes()).hasSize(2);
                }
                return System.nanoTime() - began;
            };
            List<Future<Long>> calls =
                    Stream.generate(() -> threads.submit(call)).limit(100).toList();
            for (Future<Long> one : calls) {
                assertThat(Duration.ofNanos(one.get(20, TimeUnit.SECONDS))).isLessThan(Duration.ofMillis(1_100));
            }
            await().until(() -> a.underWay() + b.underWay() == 0);
        }
    }

    @Test
    void onlyNodeHasTheWholeTime() throws InterruptedException {
        a.on(METHOD, new Reply.Slow(1_000, GOOD));
        try (RpcPool pool =
                settings().callTimeout(Duration.ofSeconds(2)).primary(a.url()).open()) {
            assertThat(pool.call(METHOD).asLong()).isEqualTo(7);
            assertThat(a.asked(METHOD)).isEqualTo(1);
        }
    }

    @Test
    void attemptsAreCounted() throws InterruptedException {
        a.on(METHOD, new Reply.Body(500, ""));
        try (RpcPool pool = settings().attempts(4).primary(a.url()).open()) {
            assertThatThrownBy(() -> pool.call(METHOD)).isInstanceOf(NoNodeException.class);
            assertThat(a.asked(METHOD)).isEqualTo(4);
        }
    }

    @Test
    void interruptionEndsACallAtOnce() throws Exception {
        a.on(METHOD, new Reply.Stall());
        try (RpcPool pool =
                settings().callTimeout(Duration.ofMinutes(1)).primary(a.url()).open()) {
            Thread caller = Thread.currentThread();
            Future<?> interrupter = threads.submit(() -> {
                await().until(() -> a.asked(METHOD) == 1);
                caller.interrupt();
            });
            long began = System.nanoTime();

            assertThatThrownBy(() -> pool.call(METHOD)).isInstanceOf(InterruptedException.class);

            interrupter.get(5, TimeUnit.SECONDS);
            await().until(() -> a.underWay() == 0); // its connection is freed
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(10));
            a.on(METHOD, GOOD);
            assertThat(pool.call(METHOD).asLong()).isEqualTo(7);
        }
    }

    @Test
    void interruptionWhileOpeningLeavesNothingOpen() {
        a.on("*", new Reply.Stall());

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> settings().primary(a.url()).open()).isInstanceOf(InterruptedException.class);

        Thread.interrupted();
        await().until(() -> poolThreads() == 0);
    }

    @Test
    void neverMoreRequestsThanConnections() throws Exception {
        a.on(METHOD, new Reply.Slow(30, GOOD));
        try (RpcPool pool = settings()
                .callTimeout(Duration.ofSeconds(20))
                .maxConnections(3)
                .primary(a.url())
                .open()) {
            await().until(() -> a.asked("net_peerCount") == 1 && a.underWay() == 0); // checks do not count
            List<Future<RpcResult>> calls = IntStream.range(0, 30)
                    .mapToObj(i ->
                            threads.submit(() -> pool.call(METHOD, i))) // each another, or they would share one request
                    .toList();
            for (Future<RpcResult> one : calls) {
                assertThat(one.get(20, TimeUnit.SECONDS).asLong()).isEqualTo(7);
            }
        }
        assertThat(a.mostUnderWay()).isEqualTo(3);
    }

    @Test
    void waitingForAConnectionEndsAtTheDeadline() throws Exception {
        a.on(METHOD, new Reply.Slow(900, GOOD));
        try (RpcPool pool = settings()
                .callTimeout(Duration.ofSeconds(2))
                .maxConnections(1)
                .primary(a.url())
                .open()) {
            List<Future<RpcResult>> calls = IntStream.range(0, 6)
                    .mapToObj(i -> threads.submit(() -> pool.call(METHOD, i)))
                    .toList();
            long began = System.nanoTime();
            int refused = 0;
            for (Future<RpcResult> one : calls) {
                try {
                    one.get(10, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    assertThat(e).hasCauseInstanceOf(NoNodeException.class);
                    refused++;
                }
            }
            assertThat(refused).isGreaterThanOrEqualTo(3);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void closeEndsCallsUnderWayFreesThreadsAndMayComeTwice() throws Exception {
        a.on(METHOD, new Reply.Stall());
        RpcPool pool = settings()
                .callTimeout(Duration.ofMinutes(1))
                .primary(a.url())
                .webSocket("ws://127.0.0.1:" + a.port())
                .open();
        Future<RpcResult> call = threads.submit(() -> pool.call(METHOD));
        await().until(() -> a.asked(METHOD) == 1);

        assertThat(pool.drain(Duration.ofMillis(1))).isFalse();
        pool.close();
        pool.close();

        assertThatThrownBy(() -> call.get(5, TimeUnit.SECONDS))
                .hasCauseInstanceOf(RpcException.class)
                .hasMessageContaining("the pool is closed");
        assertThatThrownBy(() -> pool.call(METHOD))
                .isInstanceOf(RpcException.class)
                .hasMessage("the pool is closed");
        assertThatThrownBy(() -> pool.batch(List.of(RpcCall.of(METHOD)))).hasMessage("the pool is closed");
        await().until(() -> poolThreads() == 0);
    }

    /** Threads of the HTTP clients, each of which has one of the platform; those of the pool are virtual and not listed. */
    private static long poolThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("HttpClient"))
                .count();
    }
}
