package dev.tocsin.rpcpool;

import static dev.tocsin.rpcpool.SimulatedChain.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.SimulatedChain.SimulatedNode;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When a node is in use, and when not; in virtual time. */
class NodeStandingTest {

    private static final Duration BLOCK = Duration.ofSeconds(2);
    private static final Duration CHECK = Duration.ofSeconds(10);
    private static final Duration MOMENT = Duration.ofMillis(1);

    private final SimulatedChain chain = new SimulatedChain(BLOCK);
    private final SimulatedNode a = chain.node("a");
    private final SimulatedNode b = chain.node("b");
    private final SimulatedNode c = chain.node("c");

    /** So that the block time is known and the pool in use, with a call now and then. */
    private void use(RpcPool pool, Duration time) throws InterruptedException {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plusSeconds(1)) {
            pool.call("eth_x");
            chain.pass(Duration.ofSeconds(1));
        }
    }

    private static NodeState state(RpcPool pool, String name) {
        return status(pool, name).state();
    }

    private static void assertNeverAsked(RpcPool pool, SimulatedNode node) throws InterruptedException {
        int before = node.asked("eth_x");
        for (int i = 0; i < 10; i++) {
            pool.call("eth_x");
        }
        assertThat(node.asked("eth_x")).isEqualTo(before);
    }

    @Test
    void nodeOfAnotherGenesisNeverServesACall() throws InterruptedException {
        b.genesis = SimulatedChain.OTHER_GENESIS;
        try (RpcPool pool = chain.settings().open()) {
            assertThat(state(pool, "b")).isEqualTo(NodeState.WRONG_CHAIN);
            assertThat(status(pool, "b").lastError())
                    .hasValue("serves chain 1 with genesis block " + SimulatedChain.OTHER_GENESIS + ", expected "
                            + SimulatedChain.GENESIS);
            use(pool, Duration.ofMinutes(1));
            a.isDown = true;
            c.isDown = true;

            assertThatThrownBy(() -> pool.call("eth_x")).isInstanceOf(NoNodeException.class);
            assertThat(b.asked("eth_x")).isZero();
        }
    }

    @Test
    void givenGenesisDecidesAgainstTheFirstNode() throws InterruptedException {
        a.genesis = SimulatedChain.OTHER_GENESIS;
        try (RpcPool pool = chain.settings()
                .genesis(SimulatedChain.GENESIS.replace('a', 'A'))
                .open()) {
            assertThat(state(pool, "a")).isEqualTo(NodeState.WRONG_CHAIN);
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RpcPool.builder().genesis("0x12"))
                .withMessage("genesis must be 0x and 64 hexadecimal digits, was 0x12");
    }

    @Test
    void withoutAGenesisMostOfTheNodesThatShowTheirsDecideNotTheFirst() throws InterruptedException {
        a.genesis = SimulatedChain.OTHER_GENESIS;
        try (RpcPool pool = chain.settings().open()) {
            assertThat(state(pool, "a")).isEqualTo(NodeState.WRONG_CHAIN);
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY);
        }
    }

    @Test
    void withoutAGenesisNodesOfWhichNoMostAgreeAreRefused() {
        a.genesis = SimulatedChain.OTHER_GENESIS;
        c.genesis = null;

        assertThatThrownBy(() -> chain.settings().open())
                .isInstanceOf(NoNodeException.class)
                .hasMessageStartingWith("as many nodes have one genesis block as another, " + SimulatedChain.GENESIS
                        + " and " + SimulatedChain.OTHER_GENESIS + "; give genesis(hash): a: has genesis block 0xbb");
    }

    @Test
    void nodeThatDoesNotShowItsFirstBlockIsBelievedByItsChainId() throws InterruptedException {
        b.genesis = null;
        c.genesis = null;
        c.chain = 5;
        try (RpcPool pool = chain.settings().open()) {
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY);
            assertThat(state(pool, "c")).isEqualTo(NodeState.WRONG_CHAIN);
        }
    }

    @Test
    void genesisIsAskedForOnceAConnectionNotInEveryCheck() throws InterruptedException {
        try (RpcPool pool = chain.settings().open()) {
            use(pool, Duration.ofMinutes(2));
            assertThat(a.asked("eth_getBlockByNumber")).isEqualTo(2); // and once whether it knows finalized blocks
        }
    }

    /** At first the nodes limit us, say: what one of them shows later is not yet everybody's. */
    @Test
    void whereNobodyShowsItsFirstBlockAtFirstMoreThanHalfDecideLater() throws InterruptedException {
        a.genesis = null;
        b.genesis = null;
        c.genesis = null;
        try (RpcPool pool = chain.settings().open()) {
            comesBack(pool, a, SimulatedChain.OTHER_GENESIS);
            assertThat(state(pool, "a")).isEqualTo(NodeState.HEALTHY);
            comesBack(pool, b, SimulatedChain.GENESIS);
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY);
            comesBack(pool, c, SimulatedChain.GENESIS);
            assertThat(state(pool, "c")).isEqualTo(NodeState.HEALTHY);

            comesBack(pool, a, SimulatedChain.OTHER_GENESIS);
            assertThat(state(pool, "a")).isEqualTo(NodeState.WRONG_CHAIN);
        }
    }

    private void comesBack(RpcPool pool, SimulatedNode node, String genesis) throws InterruptedException {
        node.isDown = true;
        use(pool, Duration.ofSeconds(30));
        node.isDown = false;
        node.genesis = genesis;
        use(pool, Duration.ofSeconds(30));
    }

    @Test
    void nodeThatComesBackWithAnotherGenesisNeverServesACall() throws InterruptedException {
        try (RpcPool pool = chain.settings().open()) {
            use(pool, Duration.ofSeconds(30));
            b.isDown = true;
            use(pool, Duration.ofSeconds(5));
            b.isDown = false;
            b.genesis = SimulatedChain.OTHER_GENESIS;

            int before = b.asked("eth_x");
            use(pool, Duration.ofSeconds(30));
            assertThat(b.asked("eth_x")).isEqualTo(before);
            assertThat(state(pool, "b")).isEqualTo(NodeState.WRONG_CHAIN);
        }
    }

    @Test
    void laggingNodeIsOutWithinTwoPollsAndBackWithinTwo() throws InterruptedException {
        try (RpcPool pool = chain.settings().open()) {
            use(pool, Duration.ofMinutes(1));
            b.head = () -> chain.head() - 9; // 18 seconds
            use(pool, BLOCK.multipliedBy(2));
            assertThat(state(pool, "b")).isEqualTo(NodeState.BEHIND);
            assertThat(status(pool, "b").blocksBehind().orElseThrow()).isBetween(8L, 10L);
            assertNeverAsked(pool, b);

            b.head = chain::head;
            use(pool, BLOCK.multipliedBy(2));
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY);
            assertThat(status(pool, "b").blocksBehind()).hasValue(0);
        }
    }

    @Test
    void ofTwoNodesTheOneThatLagsIsOut() throws InterruptedException {
        SimulatedChain two = new SimulatedChain(BLOCK);
        two.node("x");
        SimulatedNode y = two.node("y");
        try (RpcPool pool = two.settings().open()) {
            for (int i = 0; i < 60; i++) {
                pool.call("eth_x");
                two.pass(Duration.ofSeconds(1));
            }
            y.head = () -> two.head() - 9;
            pool.call("eth_x");
            two.pass(BLOCK.multipliedBy(2));

            assertThat(state(pool, "y")).isEqualTo(NodeState.BEHIND);
            assertThat(state(pool, "x")).isEqualTo(NodeState.HEALTHY);
        }
    }

    @Test
    void ofTwoNodesTheOneThatLeapsAheadIsNotBelieved() throws InterruptedException {
        SimulatedChain two = new SimulatedChain(BLOCK);
        SimulatedNode x = two.node("x");
        two.node("y");
        try (RpcPool pool = two.settings().open()) {
            for (int i = 0; i < 60; i++) {
                pool.call("eth_x");
                two.pass(Duration.ofSeconds(1));
            }
            x.head = () -> two.head() + 1_000_000;
            for (int i = 0; i < 60; i++) {
                pool.call("eth_x");
                two.pass(Duration.ofSeconds(1));
                assertThat(state(pool, "y")).isEqualTo(NodeState.HEALTHY);
            }
        }
    }

    @Test
    void nodeWithoutNewBlocksIsOutWhileMostOthersHaveThem() throws InterruptedException {
        SimulatedChain slow = new SimulatedChain(Duration.ofMinutes(1));
        slow.node("x");
        SimulatedNode y = slow.node("y");
        slow.node("z");
        try (RpcPool pool = slow.settings().open()) {
            slow.pass(Duration.ofMinutes(10));
            long frozen = slow.head();
            y.head = () -> frozen;
            slow.pass(Duration.ofMinutes(2));
            assertThat(state(pool, "y")).isEqualTo(NodeState.HEALTHY); // two blocks are no more than chance
            slow.pass(Duration.ofMinutes(2));
            assertThat(state(pool, "y")).isEqualTo(NodeState.BEHIND);

            y.head = slow::head;
            slow.pass(CHECK.multipliedBy(2));
            assertThat(state(pool, "y")).isEqualTo(NodeState.HEALTHY);
        }
    }

    @Test
    void chainThatStandsStillPutsNobodyOut() throws InterruptedException {
        try (RpcPool pool = chain.settings().open()) {
            use(pool, Duration.ofMinutes(1));
            long halted = chain.head();
            a.head = () -> halted;
            b.head = () -> halted;
            c.head = () -> halted;
            use(pool, Duration.ofMinutes(10));

            assertThat(pool.status().healthy()).isEqualTo(3);
        }
    }

    @Test
    void lastNodeIsStillUsedAndNoneIsFit() throws InterruptedException {
        try (RpcPool pool = chain.settings().open()) {
            use(pool, Duration.ofMinutes(1));
            b.head = () -> chain.head() - 100;
            use(pool, BLOCK.multipliedBy(2));
            assertThat(pool.status().hasFitNode()).isTrue();
            a.isDown = true;
            c.isDown = true;
            use(pool, CHECK.multipliedBy(3));

            assertThat(pool.call("eth_x").node()).isEqualTo("b");
            a.isDown = false;
            a.syncs = true;
            b.isDown = true;
            use(pool, CHECK.multipliedBy(3));
            assertThat(state(pool, "a")).isEqualTo(NodeState.SYNCING);
            assertThat(pool.call("eth_x").node()).isEqualTo("a");
            assertThat(pool.status().hasFitNode()).isFalse();
        }
    }

    @Test
    void syncingNodeComesBackAfterFourChecksInARow() throws InterruptedException {
        b.syncs = true;
        try (RpcPool pool = chain.settings().open()) {
            assertThat(state(pool, "b")).isEqualTo(NodeState.SYNCING);
            assertNeverAsked(pool, b);
            b.syncs = false;
            chain.pass(CHECK.multipliedBy(3));
            assertThat(state(pool, "b")).isEqualTo(NodeState.SYNCING);
            b.syncs = true;
            chain.pass(CHECK);
            b.syncs = false;
            chain.pass(CHECK.multipliedBy(3));
            assertThat(state(pool, "b")).isEqualTo(NodeState.SYNCING);

            chain.pass(CHECK);
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"UNAUTHORIZED", "CHAIN_MISMATCH", "NODE_SYNCING"})
    void nodeThatSaysItCannotServeAtAllIsOutUntilAGoodCheck(ErrorClass error) throws InterruptedException {
        try (RpcPool pool = chain.settings().open()) {
            b.refusal = java.util.Optional.of(error);
            for (int i = 0; i < 3; i++) {
                pool.call("eth_x");
            }
            assertThat(b.asked("eth_x")).isEqualTo(1);
            assertThat(state(pool, "b"))
                    .isEqualTo(error == ErrorClass.NODE_SYNCING ? NodeState.SYNCING : NodeState.UNHEALTHY);
            assertNeverAsked(pool, b);
            b.refusal = java.util.Optional.empty();

            chain.pass(CHECK.multipliedBy(4));
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY);
        }
    }

    @Test
    void failingCallsMakeANodeUnhealthyAndHurryItsCheck() throws InterruptedException {
        try (RpcPool pool = chain.settings()
                .selection(SelectionStrategy.priority())
                .unhealthyAfter(2)
                .healthCheckEvery(CHECK)
                .open()) {
            a.isDown = true;
            pool.call("eth_x");
            assertThat(state(pool, "a")).isEqualTo(NodeState.HEALTHY);
            pool.call("eth_x");
            assertThat(state(pool, "a")).isEqualTo(NodeState.UNHEALTHY);
            a.isDown = false;

            chain.pass(CHECK.dividedBy(10).minus(MOMENT));
            assertThat(state(pool, "a")).isEqualTo(NodeState.UNHEALTHY);
            chain.pass(MOMENT);
            assertThat(state(pool, "a")).isEqualTo(NodeState.HEALTHY);
        }
    }

    @Test
    void nodeThatAgesInFinalizedBlocksIsOut() throws InterruptedException {
        a.finalized = () -> chain.head() / 32 * 32 - 64;
        b.finalized = () -> SimulatedChain.FIRST - 64;
        c.finalized = () -> chain.head() / 32 * 32 - 64;
        try (RpcPool pool = chain.settings().open()) {
            chain.pass(Duration.ofMinutes(1));
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY);
            chain.pass(Duration.ofMinutes(2));
            assertThat(state(pool, "b")).isEqualTo(NodeState.BEHIND);
            assertThat(status(pool, "b").finalized()).hasValue(SimulatedChain.FIRST - 64);

            b.finalized = a.finalized;
            chain.pass(CHECK.multipliedBy(2));
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY);
        }
    }

    @Test
    void nodeWithoutPeersIsOutIfOthersHaveSome() throws InterruptedException {
        b.peers = 0;
        try (RpcPool pool = chain.settings().open()) {
            chain.pass(CHECK.multipliedBy(2));
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY); // as in a network of one
            a.peers = 25;
            b.peers = 0;
        }
        try (RpcPool pool = chain.settings().open()) {
            chain.pass(MOMENT);
            assertThat(state(pool, "b")).isEqualTo(NodeState.BEHIND);
            b.peers = 1;
            chain.pass(CHECK);
            assertThat(state(pool, "b")).isEqualTo(NodeState.HEALTHY);
        }
    }

    @Test
    void poolOpensWithNodesThatSyncAlone() throws InterruptedException {
        a.syncs = true;
        b.syncs = true;
        c.isDown = true;
        try (RpcPool pool = chain.settings().open()) {
            assertThat(pool.status().hasFitNode()).isFalse();
            assertThat(pool.call("eth_x").asLong()).isEqualTo(7);
        }
    }
}
