package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import dev.tocsin.rpcpool.stream.LogStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes that come, go and are taken out of use while the pool works, and a pool that ends in good order. */
class LiveChangeTest {

    private static final String ANSWER = "\"0x7\"";

    private final List<FakeNode> fakes = new ArrayList<>();

    @AfterEach
    void stop() {
        fakes.forEach(FakeNode::close);
    }

    private FakeNode fake() {
        FakeNode fake = FakeNode.start().on("eth_call", new Reply.Slow(2, new Reply.Result(ANSWER)));
        fakes.add(fake);
        return fake;
    }

    private static RpcPoolBuilder settings(FakeNode first) {
        return RpcPool.builder().chain(1).primary(first.url()).healthCheckEvery(Duration.ofMillis(100));
    }

    @Test
    void noCallFailsWhileNodesComeAndGo() throws Exception {
        Random random = new Random(5);
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicLong calls = new AtomicLong();
        try (RpcPool pool = settings(fake()).open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> callers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                callers.add(threads.submit(() -> {
                    while (!isOver.get()) {
                        assertThat(pool.call("eth_call", calls.incrementAndGet())
                                        .asText())
                                .isEqualTo("0x7");
                    }
                    return null;
                }));
            }
            for (int change = 0; change < 60; change++) {
                List<NodeStatus> nodes = pool.status().nodes();
                String any = nodes.get(random.nextInt(nodes.size())).name();
                switch (nodes.size() < 3 ? 0 : random.nextInt(3)) {
                    case 0 -> {
                        String added = pool.addNode(random.nextBoolean() ? Tier.PRIMARY : Tier.FALLBACK, fake().url());
                        await().until(() -> isHealthy(pool, added));
                    }
                    case 1 -> pool.removeNode(any);
                    default -> {
                        pool.cordon(any);
                        long before = calls.get();
                        await().until(() -> calls.get() > before + 50);
                        pool.uncordon(any);
                    }
                }
            }
            isOver.set(true);
            for (Future<?> caller : callers) {
                caller.get(); // throws if one of its calls failed
            }
            assertThat(calls.get()).isGreaterThan(500);
        }
    }

    private static boolean isHealthy(RpcPool pool, String name) {
        return pool.status().nodes().stream()
                .anyMatch(node -> node.name().equals(name) && node.state() == NodeState.HEALTHY);
    }

    @Test
    void aRemovedNodeIsAskedNoMore() throws InterruptedException {
        FakeNode first = fake();
        FakeNode second = fake();
        try (RpcPool pool = settings(first).fallback(second.url()).open()) {
            pool.removeNode(first.name());
            long before = first.asked("eth_call");

            pool.call("eth_call");

            assertThat(first.asked("eth_call")).isEqualTo(before);
            assertThat(pool.status().nodes()).extracting(NodeStatus::name).containsExactly(second.name());
        }
    }

    @Test
    void aCordonedNodeIsNotAskedEvenAsTheLast() throws InterruptedException {
        FakeNode only = fake();
        try (RpcPool pool = settings(only).open()) {
            pool.cordon(only.name());

            assertThatThrownBy(() -> pool.call("eth_call"))
                    .isInstanceOf(NoNodeException.class)
                    .hasMessageEndingWith(only.name() + ": not asked: taken out of use");
            assertThat(only.asked("eth_call")).isZero();

            pool.uncordon(only.name());
            assertThat(pool.call("eth_call").asText()).isEqualTo("0x7");
        }
    }

    @Test
    void aNodeThatIsRemovedAndAddedAgainHasItsNameBack() throws InterruptedException {
        FakeNode first = fake();
        FakeNode other = fake();
        try (RpcPool pool = settings(first).fallback(other.url()).open()) {
            pool.removeNode(other.name());
            assertThat(pool.addNode(Tier.FALLBACK, other.url())).isEqualTo(other.name());

            assertThat(pool.addNode(Tier.PRIMARY, other.url() + "/a")).isEqualTo(other.name() + "#2");
            assertThat(pool.addNode(Tier.PRIMARY, other.url() + "/b")).isEqualTo(other.name() + "#3");
            pool.removeNode(other.name() + "#2");
            assertThat(pool.addNode(Tier.SEND_ONLY, other.url() + "/c")).isEqualTo(other.name() + "#2");
        }
    }

    @Test
    void theLastNodeStays() throws InterruptedException {
        FakeNode only = fake();
        try (RpcPool pool = settings(only).open()) {
            assertThatThrownBy(() -> pool.removeNode(only.name()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(only.name() + " is the last node; add another before");
            assertThatThrownBy(() -> pool.removeNode("other"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("other is no node's name; there are [" + only.name() + "]");
            assertThatThrownBy(() -> pool.addNode(Tier.PRIMARY, "ftp://KEY@x")).hasMessageNotContaining("KEY");
        }
    }

    @Test
    void whatIsGivenInPlaceOfANameIsNotRepeatedIfItMayHoldAKey() throws InterruptedException {
        FakeNode only = fake();
        try (RpcPool pool = settings(only).open()) {
            for (String given : List.of("http://x.example/KEY", "user:KEY@x.example", "x.example/KEY", "x?KEY")) {
                List<ThrowingCallable> uses =
                        List.of(() -> pool.cordon(given), () -> pool.uncordon(given), () -> pool.removeNode(given));
                assertThat(uses)
                        .allSatisfy(use -> assertThatThrownBy(use)
                                .isInstanceOf(IllegalArgumentException.class)
                                .hasMessage("*** is no node's name; give the name, not the URL; there are ["
                                        + only.name() + "]"));
            }
        }
    }

    @Test
    void closedPoolGivesNoSessionAndTellsOfNoHeads() throws InterruptedException {
        RpcPool pool = settings(fake()).open();
        assertThat(pool.isClosed()).isFalse();

        pool.close();

        assertThat(pool.isClosed()).isTrue();
        List<ThrowingCallable> uses = List.of(
                pool::session,
                () -> pool.onHead(() -> {}),
                () -> LogStream.over(pool).open(batch -> {}));
        assertThat(uses)
                .allSatisfy(use ->
                        assertThatThrownBy(use).isInstanceOf(RpcException.class).hasMessage("the pool is closed"));
    }

    @Test
    void drainAwaitsTheCallsUnderWayAndLetsNoneIn() throws Exception {
        FakeNode slow = fake().on("eth_slow", new Reply.Slow(300, new Reply.Result(ANSWER)));
        try (RpcPool pool = settings(slow).open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<RpcResult> underWay = threads.submit(() -> pool.call("eth_slow"));
            await().until(() -> slow.asked("eth_slow") == 1);

            assertThat(pool.drain(Duration.ofSeconds(20))).isTrue();

            assertThat(underWay.isDone() || underWay.get().asText().equals("0x7"))
                    .isTrue();
            assertThat(underWay.get().asText()).isEqualTo("0x7");
            assertThatThrownBy(() -> pool.call("eth_call"))
                    .isInstanceOf(RpcException.class)
                    .hasMessage("the pool is closed");
        }
    }

    @Test
    void closeAwaitsTheCallsUnderWayAndLetsNoneIn() throws Exception {
        FakeNode slow = fake().on("eth_slow", new Reply.Slow(300, new Reply.Result(ANSWER)));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            RpcPool pool = settings(slow).open();
            Future<RpcResult> underWay = threads.submit(() -> pool.call("eth_slow"));
            await().until(() -> slow.asked("eth_slow") == 1);

            pool.close();

            assertThat(underWay.get().asText()).isEqualTo("0x7");
            assertThatThrownBy(() -> pool.call("eth_call"))
                    .isInstanceOf(RpcException.class)
                    .hasMessage("the pool is closed");
        }
    }

    @Test
    void closeAwaitsBroadcastsInTheBackground() throws Exception {
        String hash = SignedTransaction.parse(SendingTest.SIGNED).hash();
        FakeNode first = fake().on("eth_sendRawTransaction", new Reply.Result('"' + hash + '"'));
        FakeNode slow =
                fake().on("eth_sendRawTransaction", new Reply.Slow(300, new Reply.Error(-32000, "already known")));
        RpcPool pool = settings(first).primary(slow.url()).open();
        BroadcastReport report = pool.broadcast(SendingTest.SIGNED);
        assertThat(report.answers().get(slow.name())).isInstanceOf(SendOutcome.Unknown.class);

        pool.close();

        assertThat(report.answers().get(slow.name())).isInstanceOf(SendOutcome.AlreadyKnown.class);
    }

    @Test
    void closeFromWithinACallDoesNotWaitForThatCall() throws Exception {
        AtomicReference<RpcPool> opened = new AtomicReference<>();
        RpcPoolListener closing = new RpcPoolListener() {
            @Override
            public void onAttempt(Attempt attempt) {
                if (attempt.purpose() == Purpose.CALL) {
                    opened.get().close();
                }
            }
        };
        opened.set(settings(fake()).listener(closing).open());

        assertTimeoutPreemptively(Duration.ofSeconds(4), () -> opened.get().call("eth_call"));

        assertThatThrownBy(() -> opened.get().call("eth_call")).hasMessage("the pool is closed");
    }

    @Test
    void closeOfAThreadThatIsInterruptedOrAfterADrainEndsTheCallsUnderWay() throws Exception {
        FakeNode stalled = fake().on("eth_slow", new Reply.Stall());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (boolean interrupted : new boolean[] {true, false}) {
                RpcPool pool =
                        settings(stalled).callTimeout(Duration.ofMinutes(1)).open();
                long before = stalled.asked("eth_slow");
                Future<RpcResult> underWay = threads.submit(() -> pool.call("eth_slow"));
                await().until(() -> stalled.asked("eth_slow") == before + 1);
                if (interrupted) {
                    Thread.currentThread().interrupt();
                } else {
                    assertThat(pool.drain(Duration.ofMillis(1))).isFalse();
                }

                long began = System.nanoTime();
                pool.close();

                assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
                assertThat(Thread.interrupted()).isEqualTo(interrupted);
                assertThatThrownBy(underWay::get).hasCauseInstanceOf(RpcException.class);
            }
        }
    }

    @Test
    void drainDoesNotWaitLongerThanItMay() throws Exception {
        FakeNode stalled = fake().on("eth_slow", new Reply.Stall());
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<RpcResult> underWay;
            try (RpcPool pool = settings(stalled).open()) {
                underWay = threads.submit(() -> pool.call("eth_slow"));
                await().until(() -> stalled.asked("eth_slow") == 1);

                assertThat(pool.drain(Duration.ofMillis(50))).isFalse();
            }
            assertThatThrownBy(underWay::get).hasCauseInstanceOf(RpcException.class);
        }
    }
}
