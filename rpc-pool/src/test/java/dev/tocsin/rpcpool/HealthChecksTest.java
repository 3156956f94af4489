package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.SimulatedChain.SimulatedNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When nodes are looked at; in virtual time. */
class HealthChecksTest {

    private static final Duration CHECK = Duration.ofSeconds(10);

    private final SimulatedChain chain = new SimulatedChain(Duration.ofSeconds(2));
    private final SimulatedNode a = chain.node("a");

    @Test
    void everyNodeIsCheckedOnceAPeriod() throws InterruptedException {
        try (RpcPool pool = chain.settings().open()) {
            chain.pass(CHECK.multipliedBy(6));
            assertThat(pool.status().healthy()).isEqualTo(1);
            assertThat(a.asked("eth_chainId")).isEqualTo(7);
        }
    }

    @Test
    void aNodeThatFailsCallsIsCheckedATenthOfThePeriodLaterHoweverManyFail() throws InterruptedException {
        chain.node("b");
        try (RpcPool pool = chain.settings().headPollEvery(Duration.ZERO).open()) {
            a.isDown = true;
            for (int i = 0; i < 10; i++) {
                pool.call("eth_x");
            }
            assertThat(pool.status().nodes().getFirst().state()).isEqualTo(NodeState.UNHEALTHY);
            a.isDown = false;
            chain.pass(CHECK.dividedBy(10));

            assertThat(pool.status().nodes().getFirst().state()).isEqualTo(NodeState.HEALTHY);
            chain.pass(CHECK.dividedBy(2));
            assertThat(a.asked("net_peerCount")).isEqualTo(2);
        }
    }

    @Test
    void aLookUnderWayWhenThePoolClosesChangesNothing() throws InterruptedException {
        List<String> heard = new ArrayList<>();
        RpcPoolListener listener = new RpcPoolListener() {
            @Override
            public void onNodeState(String node, NodeState before, NodeState after, String cause) {
                heard.add(after + " " + cause);
            }
        };
        RpcPool pool = chain.settings().unhealthyAfter(1).listener(listener).open();
        heard.clear();
        a.head = () -> {
            pool.close();
            return -1; // no quantity: a failure
        };

        chain.pass(CHECK.multipliedBy(3));

        assertThat(heard).isEmpty();
        assertThat(a.asked("eth_chainId")).isEqualTo(2);
    }

    @Test
    void headsAreAskedForInEveryBlockWhileThePoolIsUsed() throws InterruptedException {
        chain.node("b");
        try (RpcPool pool = chain.settings().open()) {
            use(pool, 60);
            int before = a.asked("eth_blockNumber");
            use(pool, 60);
            assertThat(a.asked("eth_blockNumber") - before).isBetween(27, 37);

            chain.pass(Duration.ofSeconds(20)); // nobody calls any more
            before = a.asked("eth_blockNumber");
            chain.pass(Duration.ofSeconds(60));
            assertThat(a.asked("eth_blockNumber") - before).isEqualTo(6);
        }
    }

    @Test
    void aSingleNodeIsAskedForItsHeadInChecksOnly() throws InterruptedException {
        try (RpcPool pool = chain.settings().open()) {
            use(pool, 60);
            assertThat(a.asked("eth_blockNumber")).isEqualTo(7);
        }
    }

    @Test
    void aSingleNodeThatIsCalledGetsNoOtherRequestAsLongAsItDoesNotGoBack() throws InterruptedException {
        try (RpcPool pool = chain.settings().open()) {
            chain.pass(Duration.ofSeconds(1)); // until what is asked after opening is answered
            a.asked.clear();
            for (int i = 0; i < 8; i++) {
                pool.call("eth_blockNumber");
                pool.call("eth_getBalance", "0x1", "latest");
                pool.call("eth_getTransactionCount", "0x1", "pending");
                pool.call("eth_getTransactionReceipt", "0x2");
                chain.pass(Duration.ofSeconds(1));
            }
            assertThat(a.asked.values()).containsOnly(8);
        }
    }

    @Test
    void aSingleNodeIsAskedForItsHeadInEveryBlockWhileASessionNeedsIt() throws InterruptedException {
        try (RpcPool pool = chain.settings().open()) {
            RpcSession session = pool.session();
            for (int i = 0; i < 60; i++) {
                session.call("eth_x");
                chain.pass(Duration.ofSeconds(1));
            }
            assertThat(a.asked("eth_blockNumber")).isBetween(27, 40);
        }
    }

    @Test
    void headPollsCanBeSetAndSwitchedOff() throws InterruptedException {
        chain.node("b");
        try (RpcPool pool = chain.settings().headPollEvery(Duration.ZERO).open()) {
            use(pool, 60);
            assertThat(a.asked("eth_blockNumber")).isEqualTo(7);
        }
        a.asked.clear();
        try (RpcPool pool =
                chain.settings().headPollEvery(Duration.ofMillis(500)).open()) {
            use(pool, 60);
            assertThat(a.asked("eth_blockNumber")).isBetween(120, 128);
        }
    }

    private void use(RpcPool pool, int seconds) throws InterruptedException {
        for (int i = 0; i < seconds; i++) {
            pool.call("eth_x");
            chain.pass(Duration.ofSeconds(1));
        }
    }
}
