package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.SimulatedChain.SimulatedNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The newest block that a pool knows of; in virtual time. */
class HeadTrackingTest {

    private static final Duration BLOCK = Duration.ofSeconds(2);
    private static final Duration STEP = Duration.ofMillis(250);

    private final SimulatedChain chain = new SimulatedChain(BLOCK);

    /** Sees each block late, by less than a block time. */
    private LongSupplier late(Random random) {
        Duration late = BLOCK.multipliedBy(random.nextInt(90)).dividedBy(100);
        return () -> chain.headBefore(late);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void tipGoesOnWhileMostNodesDoWhateverTheOthersSay(long seed) throws InterruptedException {
        Random random = new Random(seed);
        chain.node("good").head = late(random);
        chain.node("better").head = late(random);
        SimulatedNode flaps = chain.node("flaps");
        LongSupplier now = late(random);
        chain.node("lags").head = () -> chain.head() - 20 - chain.head() % 7;
        chain.node("lies").head = () -> chain.head() + 1_000_000;
        long began = chain.clock.nanos();
        try (RpcPool pool = chain.settings().open()) {
            long tip = -1;
            long rose = began;
            for (int i = 0; i < 4 * 60 * 10; i++) {
                boolean isBack = random.nextInt(3) > 0;
                flaps.isDown = random.nextInt(10) == 0;
                flaps.head = () -> isBack ? now.getAsLong() : now.getAsLong() - 15;
                if (i % 4 == 0) {
                    pool.call("eth_x");
                }
                chain.pass(STEP);
                long known = pool.status().head().orElseThrow();
                rose = known > tip ? chain.clock.nanos() : rose;
                tip = Math.max(tip, known);
                assertThat(Duration.ofNanos(chain.clock.nanos() - rose))
                        .as("step %d at tip %d of %d", i, tip, chain.head())
                        .isLessThanOrEqualTo(BLOCK.multipliedBy(3));
                assertThat(known).isLessThanOrEqualTo(chain.head());
            }
        }
    }

    @Test
    void finalizedBlockOfASingleLiarIsGivenUp() throws InterruptedException {
        chain.node("liar").finalized = chain::head;
        for (String name : List.of("a", "b")) {
            SimulatedNode node = chain.node(name);
            node.finalized = () -> chain.head() - 100;
            node.isDown = true; // so that the liar alone tells at first
        }
        try (RpcPool pool = chain.settings().open()) {
            chain.pass(STEP);
            assertThat(pool.view.finalized()).isEqualTo(chain.head());
            chain.nodes().forEach(node -> node.isDown = false);
            for (int i = 0; i < 60; i++) {
                pool.call("eth_getBalance", "0x1", "finalized");
                chain.pass(Duration.ofSeconds(2));
            }

            assertThat(pool.view.finalized()).isBetween(chain.head() - 110, chain.head() - 100);
        }
    }

    @Test
    void headsAreLearnedFromWhatCallersAskFor() throws InterruptedException {
        SimulatedNode a = chain.node("a");
        try (RpcPool pool = chain.settings().open()) {
            long next = chain.head() + 1;
            a.head = () -> next;
            pool.call("eth_blockNumber");

            assertThat(pool.status().head()).hasValue(next);
        }
    }

    /** As a development node whose chain is reverted. */
    @Test
    void aSingleNodeThatIsSetBackIsBelievedAfterTenSeconds() throws InterruptedException {
        SimulatedNode a = chain.node("a");
        try (RpcPool pool = chain.settings().open()) {
            long before = chain.head();
            a.head = () -> before - 50;
            List<Long> shown = new ArrayList<>();
            for (int second = 0; second < 30; second++) {
                shown.add(pool.call("eth_blockNumber").asLong());
                chain.pass(Duration.ofSeconds(1));
            }

            assertThat(shown).first().isEqualTo(before);
            assertThat(shown).last().isEqualTo(before - 50);
            assertThat(shown.indexOf(before - 50)).isBetween(10, 15);
        }
    }

    @Test
    void withoutAWebSocketHeadPollsWakeWhoeverWaitsForANewHead() throws InterruptedException {
        SimulatedNode a = chain.node("a");
        AtomicInteger wakes = new AtomicInteger();
        try (RpcPool pool = chain.settings().open()) {
            RpcPool.Subscription subscription = pool.onHead(wakes::incrementAndGet);
            for (int block = 0; block < 20; block++) { // longer than the pool counts as used
                int before = wakes.get();
                chain.pass(BLOCK.plus(BLOCK));
                await().until(() -> wakes.get() > before);
            }

            subscription.close();
            chain.pass(BLOCK.plus(BLOCK));
            int asked = a.asked("eth_blockNumber");
            chain.pass(BLOCK);
            assertThat(a.asked("eth_blockNumber")).isEqualTo(asked);
        }
    }

    @Test
    void withoutHeadPollsChecksWakeThem() throws InterruptedException {
        chain.node("a");
        AtomicInteger wakes = new AtomicInteger();
        try (RpcPool pool = chain.settings().headPollEvery(Duration.ZERO).open();
                RpcPool.Subscription subscription = pool.onHead(wakes::incrementAndGet)) {
            assertThat(subscription).isNotNull();
            chain.pass(Duration.ofSeconds(11));

            await().until(() -> wakes.get() > 0);
        }
    }
}
