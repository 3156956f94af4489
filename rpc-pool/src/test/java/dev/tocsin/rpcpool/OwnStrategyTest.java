package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Strategies that do what they should not: of three nodes, the second choice is that of a second request. */
class OwnStrategyTest {

    private final CountDownLatch asksForTheSecond = new CountDownLatch(1);
    private final ScriptedTransport nodes = new ScriptedTransport()
            .node("a", (call, cancellation) -> {
                asksForTheSecond.await();
                return ScriptedTransport.says("\"0x7\"").to(call, cancellation);
            })
            .node("b", ScriptedTransport.says("\"0x8\""))
            .node("c", ScriptedTransport.says("\"0x9\""));

    private RpcPool open(SelectionStrategy strategy) throws InterruptedException {
        return nodes.open(RpcPool.builder().selection(strategy));
    }

    @Test
    void answerIsNotHeldUpByOneThatIsSlowToChooseTheSecond() throws InterruptedException {
        CountDownLatch answered = new CountDownLatch(1);
        AtomicBoolean wasAnswered = new AtomicBoolean();
        CountDownLatch chosen = new CountDownLatch(1);
        SelectionStrategy slow = (candidates, random) -> {
            if (candidates.size() < 3) {
                asksForTheSecond.countDown();
                wasAnswered.set(isDownSoon(answered));
                chosen.countDown();
            }
            return 0;
        };
        try (RpcPool pool = open(slow)) {
            assertThat(pool.call("eth_x").asText()).isEqualTo("0x7");
            answered.countDown();

            chosen.await();
            assertThat(wasAnswered).isTrue();
        }
        assertThat(nodes.asked).containsExactly("a");
    }

    private static boolean isDownSoon(CountDownLatch latch) {
        try {
            return latch.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Test
    void answerComesThoughTheSecondCannotBeChosen() throws InterruptedException {
        SelectionStrategy broken = (candidates, random) -> {
            if (candidates.size() < 3) {
                asksForTheSecond.countDown();
                throw new IllegalArgumentException("a bug");
            }
            return 0;
        };
        try (RpcPool pool = open(broken)) {
            assertThat(pool.call("eth_x").asText()).isEqualTo("0x7");
        }
    }

    @Test
    void whatOneThrowsFailsTheCall() throws InterruptedException {
        AtomicBoolean isBroken = new AtomicBoolean(true);
        SelectionStrategy broken = (candidates, random) -> {
            if (isBroken.get()) {
                throw new IllegalArgumentException("a bug");
            }
            return 1;
        };
        try (RpcPool pool = open(broken)) {
            assertThatThrownBy(() -> pool.call("eth_x"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a bug");
            isBroken.set(false);
            assertThat(pool.call("eth_x").asText()).isEqualTo("0x8");
        }
    }
}
