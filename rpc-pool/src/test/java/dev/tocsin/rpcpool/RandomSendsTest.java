package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.SendingNodes.Fate;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.send.SignedTransaction;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whatever becomes of calls on their way, an outcome says nothing that is not so. */
class RandomSendsTest {

    private static final int SEEDS = 3_000;
    private static final int BROADCASTS = 500;
    private static final String OTHER = "0x" + "77".repeat(32);
    private static final List<ErrorClass> POLICIES = List.of(
            ErrorClass.POOL_FULL,
            ErrorClass.UNDERPRICED,
            ErrorClass.REPLACEMENT_UNDERPRICED,
            ErrorClass.RATE_LIMITED,
            ErrorClass.NODE_ERROR,
            ErrorClass.INSUFFICIENT_FUNDS);

    @TestFactory
    List<DynamicTest> noOrderOfFaultsGivesAFalseErrorOrAFalseSuccess() {
        return IntStream.range(0, 20)
                .mapToObj(tenth -> DynamicTest.dynamicTest("seeds from " + tenth * SEEDS / 20, () -> {
                    for (int seed = tenth * SEEDS / 20; seed < (tenth + 1) * SEEDS / 20; seed++) {
                        Case one = new Case(seed);
                        long began = one.nodes.clock.nanos();
                        SendOutcome outcome = one.nodes.send(SendingTest.SIGNED);
                        one.check(outcome);
                        one.checkThatGoodNodesAreEnough(outcome);
                        assertThat(Duration.ofNanos(one.nodes.clock.nanos() - began))
                                .as("%s", one)
                                .isLessThanOrEqualTo(SendingNodes.TIMEOUT
                                        .plus(SendingNodes.BUDGET)
                                        .plusMillis(50));
                    }
                }))
                .toList();
    }

    @TestFactory
    List<DynamicTest> noOrderOfFaultsGivesABroadcastAFalseErrorOrAFalseSuccess() {
        return IntStream.range(0, 10)
                .mapToObj(tenth -> DynamicTest.dynamicTest("seeds from " + tenth * BROADCASTS / 10, () -> {
                    for (int seed = tenth * BROADCASTS / 10; seed < (tenth + 1) * BROADCASTS / 10; seed++) {
                        Case one = new Case(seed);
                        BroadcastReport report = one.nodes.broadcast(SendingTest.SIGNED);
                        one.check(report.outcome());
                        one.checkThatGoodNodesAreEnough(report.outcome());
                        assertThat(report.answers()).as("%s", one).hasSize(one.nodes.nodes.size());
                        assertThat(report.isComplete()).as("%s", one).isTrue();
                        report.answers().values().stream()
                                .filter(SendOutcome::isTaken)
                                .forEach(one::check);
                    }
                }))
                .toList();
    }

    /** Nodes, what is so on their chain, and what becomes of each call: all by the seed. */
    private static final class Case {
        private final int seed;
        private final SendingNodes nodes;
        private final Map<String, Random> randoms = new HashMap<>(); // one a node: threads ask in any order
        private final boolean invalid;
        private final int trouble; // of ten calls
        private final boolean isQuiet;

        Case(int seed) {
            this.seed = seed;
            Random random = new Random(seed);
            nodes = new SendingNodes(1 + random.nextInt(5));
            nodes.hash = SignedTransaction.parse(SendingTest.SIGNED).hash();
            trouble = random.nextInt(4) * 3;
            invalid = random.nextInt(6) == 0;
            nodes.minesAtOnce = random.nextBoolean();
            nodes.knowsSenders = random.nextBoolean();
            boolean isBehind = random.nextInt(3) == 0;
            boolean hasPolicies = random.nextInt(3) == 0;
            for (Node node : nodes.nodes) {
                randoms.put(node.name(), new Random(seed * 31L + node.name().hashCode()));
                nodes.lags.put(node.name(), Duration.ofMillis(isBehind ? random.nextInt(900) : 0));
                if (invalid) {
                    nodes.policies.put(node.name(), ErrorClass.TX_INVALID);
                } else if (hasPolicies && random.nextBoolean()) {
                    nodes.policies.put(node.name(), POLICIES.get(random.nextInt(POLICIES.size())));
                }
            }
            switch (random.nextInt(invalid ? 1 : 4)) {
                case 1 -> nodes.mine(OTHER);
                case 2 -> nodes.mine(nodes.hash);
                default -> {}
            }
            isQuiet = trouble == 0 && !hasPolicies && !isBehind && !invalid;
            nodes.fates = this::fate;
            Random late = new Random(seed * 7L);
            nodes.isLate = node -> seed % 2 == 0 && late.nextInt(3) == 0;
        }

        private Fate fate(String node) {
            Random random = randoms.get(node);
            boolean fine = random.nextInt(10) >= trouble;
            Fate fate = Fate.values()[random.nextInt(Fate.values().length)];
            return fine ? Fate.SERVED : fate;
        }

        void check(SendOutcome outcome) {
            boolean isOurs = nodes.mined.equals(nodes.hash);
            boolean isTaken = isOurs || (!nodes.holders.isEmpty() && nodes.mined.isEmpty());
            switch (outcome) {
                case SendOutcome.Accepted accepted ->
                    assertThat(nodes.holders).as("%s", this).contains(accepted.node());
                case SendOutcome.AlreadyKnown known ->
                    assertThat(nodes.holders).as("%s", this).contains(known.node());
                case SendOutcome.Mined mined ->
                    assertThat(isOurs).as("%s %s", this, mined).isTrue();
                case SendOutcome.Replaced replaced -> {
                    assertThat(nodes.mined).as("%s %s", this, replaced).isEqualTo(OTHER);
                    replaced.by().ifPresent(by -> assertThat(by).as("%s", this).isEqualTo(OTHER));
                }
                case SendOutcome.Rejected rejected -> {
                    boolean isUnread = List.of(ErrorClass.TRANSPORT_NOT_SENT, ErrorClass.RATE_LIMITED)
                            .contains(rejected.errorClass());
                    boolean isOfBefore = isOurs && nodes.holders.isEmpty();
                    assertThat(isTaken && !(isUnread && isOfBefore))
                            .as("%s %s", this, rejected)
                            .isFalse();
                }
                case SendOutcome.Unknown unknown ->
                    assertThat(unknown.causes()).as("%s", this).isNotEmpty();
            }
            assertThat(outcome.hash()).isEqualTo(nodes.hash);
        }

        /** What is not known is not said where all is plain. */
        void checkThatGoodNodesAreEnough(SendOutcome outcome) {
            if (isQuiet) {
                boolean isForeign = nodes.mined.equals(OTHER);
                assertThat(outcome.isTaken()).as("%s %s", this, outcome).isEqualTo(!isForeign);
                assertThat(outcome instanceof SendOutcome.Replaced)
                        .as("%s", this)
                        .isEqualTo(isForeign);
            } else if (invalid && trouble == 0) {
                assertThat(outcome).as("%s", this).isInstanceOf(SendOutcome.Rejected.class);
            }
        }

        @Override
        public String toString() {
            return "seed " + seed + " " + nodes.trail;
        }
    }
}
