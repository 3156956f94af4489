package dev.tocsin.rpcpool.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcResult;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.StringNode;

class BatchingTransportTest {

    private static final URI SAME = URI.create("http://same");
    private static final RpcCall CALL = RpcCall.of("eth_x");

    private final Set<String> there = ConcurrentHashMap.newKeySet();

    /** Says which node was asked. */
    private final List<URI> asked = new CopyOnWriteArrayList<>();

    private class Echo implements Transport {
        @Override
        public CallOutcome call(String node, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
                throws InterruptedException {
            asked.add(url);
            return new CallOutcome.Answered(RpcResult.of(StringNode.valueOf(node), node, Duration.ZERO));
        }

        @Override
        public List<Optional<CallOutcome>> items(
                String node, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation) {
            throw new AssertionError("one call at a time is no batch");
        }

        @Override
        public HttpClient client() {
            throw new AssertionError("not used here");
        }

        @Override
        public void close() {}
    }

    @Test
    void nodesThatAreGoneLeaveNothingAlsoIfTheirLastAttemptComesAfterThat() throws Exception {
        try (Timer timer = Timer.real();
                BatchingTransport transport = new BatchingTransport(
                        new Echo(), timer, 10, call -> true, (name, url) -> there.contains(name), System::nanoTime)) {
            there.add("n0");
            ask(transport, "n0");
            for (int i = 1; i <= 1_000; i++) {
                String name = "n" + i;
                there.add(name);
                ask(transport, name);
                assertThat(transport.lanes()).isEqualTo(2);

                there.remove(name);
                transport.forget(name);
                ask(transport, name);

                assertThat(transport.lanes()).isEqualTo(1);
            }
        }
    }

    @Test
    void anAttemptAtTheNodeThatHadANameBeforeDoesNotGoToTheOneThatHasItNow() throws Exception {
        URI before = URI.create("http://same/before");
        URI now = URI.create("http://same/now");
        try (Timer timer = Timer.real();
                BatchingTransport transport = new BatchingTransport(
                        new Echo(), timer, 10, call -> true, (name, url) -> url.equals(now), System::nanoTime)) {
            transport.call("n0", before, CALL, Duration.ofSeconds(5));
            assertThat(transport.lanes()).isZero();

            transport.call("n0", now, CALL, Duration.ofSeconds(5));
            transport.call("n0", before, CALL, Duration.ofSeconds(5));

            assertThat(asked).containsExactly(before, now, before);
        }
    }

    /** So the median is at most 1.1 times that of calls which go alone, with any node that takes as long for many as for one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 20, 60, 1_000})
    void aCallWaitsForCompanyATenthOfAnAnswerAtMost(long millis) throws Exception {
        Duration usual = Duration.ofMillis(millis);
        AtomicLong clock = new AtomicLong();
        CountDownLatch release = new CountDownLatch(1);
        Semaphore busy = new Semaphore(0);
        Transport node = new Echo() {
            @Override
            public CallOutcome call(String name, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
                    throws InterruptedException {
                if (call.method().equals("eth_stall")) {
                    busy.release();
                    release.await();
                }
                clock.addAndGet(usual.toNanos());
                return super.call(name, url, call, timeout, cancellation);
            }
        };
        BlockingQueue<Runnable> whenDue = new LinkedBlockingQueue<>();
        Timer timer = new Timer() {
            @Override
            public Runnable after(Duration wait, Runnable task) {
                whenDue.add(() -> {
                    clock.addAndGet(wait.toNanos());
                    task.run();
                });
                return () -> {};
            }

            @Override
            public void close() {}
        };
        there.add("n0");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                BatchingTransport transport = new BatchingTransport(
                        node, timer, 10, call -> true, (name, url) -> there.contains(name), clock::get)) {
            ask(transport, "n0");
            for (int i = 0; i < 2; i++) {
                threads.submit(() -> transport.call("n0", SAME, RpcCall.of("eth_stall"), Duration.ofMinutes(1)));
            }
            busy.acquire(2);
            long began = clock.get();
            Future<CallOutcome> late = threads.submit(() -> transport.call("n0", SAME, CALL, Duration.ofMinutes(1)));
            whenDue.take().run();
            late.get();

            assertThat(Duration.ofNanos(clock.get() - began))
                    .isBetween(usual.plusNanos(1), usual.multipliedBy(11).dividedBy(10));
            release.countDown();
        }
    }

    /** Two nodes may have one URL. */
    private static void ask(Transport transport, String name) throws NodeFailure, InterruptedException {
        CallOutcome outcome = transport.call(name, SAME, CALL, Duration.ofSeconds(5));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        CallOutcome.Answered.class,
                        answered -> assertThat(answered.result().node()).isEqualTo(name));
    }
}
