package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.FakeChain.FakeBlock;
import dev.tocsin.rpcpool.FakeReader.LogFault;
import dev.tocsin.rpcpool.FakeReader.ViewFault;
import dev.tocsin.rpcpool.Follower.Step;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One rule of the engine at a time. */
final class FollowerTest {
    private final FakeChain chain = new FakeChain(new Random(7), true);
    private final List<FakeBlock> truth = chain.line(20);
    private final FakeReader reader = new FakeReader(truth);
    private final Ledger ledger = new Ledger();
    private final List<Long> reorgDepths = new ArrayList<>();
    private final List<Header> doubtful = new ArrayList<>();
    private final LogStreamListener listener = new LogStreamListener() {
        @Override
        public void onReorg(long chainId, long ancestor, long depth, List<Header> retracted) {
            reorgDepths.add(depth);
        }

        @Override
        public void onSuspiciousEmpty(long chainId, Header block) {
            doubtful.add(block);
        }
    };

    private Follower follower(Start start, LogQuery query, int confirmations, int window) {
        LogFetch fetch = new LogFetch(reader, query, new LogCheck(query, true));
        return new Follower(
                reader,
                start,
                fetch,
                confirmations,
                window,
                listener,
                batch -> {
                    ledger.apply(batch);
                    return true;
                },
                InstantSource.system());
    }

    private Follower fromBlock(long first) {
        return follower(new Start.AtBlock(first), LogQuery.all(), 0, 128);
    }

    private static void settle(Follower follower) throws Exception {
        int failures = 0;
        for (int quiet = 0; quiet < 4; ) {
            try {
                Step step = follower.step();
                assertThat(step).isNotEqualTo(Step.VIOLATED);
                quiet = step == Step.NOTHING_NEW ? quiet + 1 : 0;
            } catch (ChainReadException e) {
                assertThat(++failures).as("failures").isLessThan(20);
            }
        }
    }

    private void assertEverythingFrom(long first) {
        assertThat(ledger.liveKeys())
                .containsExactlyElementsOf(Ledger.keysOf(truth, LogQuery.all(), first, truth.size()));
        assertThat(ledger.checkpoint.orElseThrow().hash())
                .isEqualTo(truth.getLast().hash());
    }

    @Test
    void everyLogOfTheChainComesOnceAndInOrder() throws Exception {
        settle(fromBlock(0));

        assertEverythingFrom(0);
    }

    @Test
    void blocksBelowTheFirstWantedOneAreNeitherDeliveredNorRetracted() throws Exception {
        Follower follower = fromBlock(15);
        settle(follower);
        chain.reorganise(truth, 10, 12);
        settle(follower);

        assertEverythingFrom(15);
        assertThat(ledger.blocks().getFirst().number()).isEqualTo(15);
        assertThat(ledger.retracted).isEqualTo(5);
    }

    @Test
    void aStreamThatBeginsAtTheHeadDeliversOnlyWhatComesAfterIt() throws Exception {
        Follower follower = follower(new Start.AtHead(), LogQuery.all(), 0, 128);
        settle(follower);
        chain.grow(truth, 5);
        settle(follower);

        assertEverythingFrom(20);
        assertThat(ledger.batches.getFirst().blocks()).isEmpty();
        assertThat(ledger.batches.getFirst().checkpoint().number()).isEqualTo(19);
    }

    @Test
    void aStreamFromABlockAboveTheHeadWaitsForIt() throws Exception {
        Follower follower = fromBlock(25);
        settle(follower);
        assertThat(ledger.batches).isEmpty();

        chain.grow(truth, 8);
        settle(follower);

        assertEverythingFrom(25);
    }

    @Test
    void aReorganisationComesAsOneBatchOfRetractionsNewestFirstAndTheNewBranch() throws Exception {
        Follower follower = fromBlock(0);
        settle(follower);
        List<Header> old = ledger.blocks().subList(14, 20).reversed().stream().toList();
        chain.reorganise(truth, 6, 7);
        settle(follower);

        LogBatch batch = ledger.batches.getLast();
        assertThat(batch.retracted()).isEqualTo(old);
        assertThat(batch.blocks()).extracting(Header::number).containsExactly(14L, 15L, 16L, 17L, 18L, 19L, 20L);
        assertThat(batch.checkpoint().number()).isEqualTo(20);
        assertThat(reorgDepths).containsExactly(6L);
        assertEverythingFrom(0);
    }

    @Test
    void aReorganisationOfManyBlocksIsStillOneBatch() throws Exception {
        chain.grow(truth, 200);
        Follower follower = fromBlock(0);
        settle(follower);
        chain.reorganise(truth, 120, 121);
        settle(follower);

        assertThat(ledger.batches)
                .filteredOn(batch -> !batch.retracted().isEmpty())
                .hasSize(1);
        assertThat(ledger.retracted).isEqualTo(120);
        assertEverythingFrom(0);
    }

    @Test
    void anEquallyHighBranchIsTakenOnlyWhenItIsSeenThreeTimesInARow() throws Exception {
        Follower follower = fromBlock(0);
        settle(follower);
        chain.reorganise(truth, 3, 3);

        assertThat(follower.step()).isEqualTo(Step.LOOK_AGAIN);
        assertThat(follower.step()).isEqualTo(Step.LOOK_AGAIN);
        assertThat(ledger.retracted).isZero();
        settle(follower);

        assertEverythingFrom(0);
    }

    @Test
    void nodesThatDisagreeAtTheSameHeightDoNotMakeTheStreamFlap() throws Exception {
        Follower follower = fromBlock(0);
        settle(follower);
        List<FakeBlock> other = new ArrayList<>(truth);
        chain.reorganise(other, 2, 2);
        reader.nodes.add(other);
        int[] turn = {0};
        reader.choice = () -> turn[0]++ % 2;

        for (int i = 0; i < 100; i++) {
            follower.step();
        }

        assertThat(ledger.retracted).isZero();
    }

    @Test
    void aShorterBranchOfALaggingNodeIsNotTaken() throws Exception {
        Follower follower = fromBlock(0);
        settle(follower);
        List<FakeBlock> other = new ArrayList<>(truth);
        chain.reorganise(other, 5, 4);
        reader.nodes.add(other);
        reader.choice = () -> 1;

        for (int i = 0; i < 20; i++) {
            assertThat(follower.step()).isEqualTo(Step.NOTHING_NEW);
        }

        assertThat(ledger.retracted).isZero();
    }

    /** Hole O3: a lower head must neither move the checkpoint back nor give the same blocks again. */
    @Test
    void aLaggingNodeNeverMovesTheCheckpointBack() throws Exception {
        Follower follower = fromBlock(0);
        settle(follower);
        int batches = ledger.batches.size();
        reader.nodes.add(new ArrayList<>(truth.subList(0, 5)));
        int[] turn = {0};
        reader.choice = () -> turn[0]++ % 2;

        for (int i = 0; i < 20; i++) {
            assertThat(follower.step()).isEqualTo(Step.NOTHING_NEW);
        }
        assertThat(ledger.batches).hasSize(batches);
        assertThat(follower.processed()).isEqualTo(19);
        assertThat(follower.head()).isEqualTo(19);
    }

    /** Hole O1: a failed or wrong answer about the logs of a block must never count as "no logs". */
    @ParameterizedTest
    @EnumSource(
            value = LogFault.class,
            names = {"NONE"},
            mode = EnumSource.Mode.EXCLUDE)
    void noBlockIsDoneOnAFailedOrWrongAnswer(LogFault fault) throws Exception {
        Follower follower = fromBlock(0);
        reader.logChance = () -> fault;
        for (int i = 0; i < 60; i++) {
            try {
                follower.step();
            } catch (ChainReadException e) {
                assertThat(e).hasMessageMatching("(logs of block \\d+: .*|fault: .*)");
            }
        }
        List<String> delivered = ledger.liveKeys();
        long done = follower.processed();
        assertThat(delivered).isEqualTo(Ledger.keysOf(truth, LogQuery.all(), 0, done));
        if (fault != LogFault.EMPTY) { // which the fake does not say twice
            assertThat(done).as("a block whose answer is wrong").isLessThan(19);
        }

        reader.logChance = () -> LogFault.NONE;
        settle(follower);
        assertEverythingFrom(0);
    }

    /** Hole O4: block and logs must not come from different forks. */
    @Test
    void logsAreNeverTakenFromAnotherForkThanTheirBlock() throws Exception {
        List<FakeBlock> other = new ArrayList<>(truth);
        chain.reorganise(other, 5, 5);
        reader.nodes.add(other);
        int[] turn = {1};
        reader.choice = () -> turn[0]++ % 2; // blocks of one node, logs of the other
        Follower follower = fromBlock(0);

        for (int i = 0; i < 40; i++) {
            try {
                follower.step();
            } catch (ChainReadException e) {
                assertThat(e).hasMessageContaining("unknown block");
            }
        }

        long done = follower.processed();
        assertThat(ledger.liveKeys())
                .isIn(Ledger.keysOf(truth, LogQuery.all(), 0, done), Ledger.keysOf(other, LogQuery.all(), 0, done));
        reader.nodes.removeLast();
        reader.choice = () -> 0;
        settle(follower);
        assertEverythingFrom(0);
    }

    @ParameterizedTest
    @EnumSource(
            value = ViewFault.class,
            names = {"MIXED", "HOLE", "ERROR", "LAG", "HEAD_BEFORE_BLOCKS"})
    void aRowOfBlocksWithAFaultIsNoReorganisation(ViewFault fault) throws Exception {
        List<FakeBlock> other = new ArrayList<>(truth);
        chain.reorganise(other, 10, 10);
        reader.nodes.add(other);
        reader.viewChance = () -> fault;
        Follower follower = fromBlock(0);
        for (int i = 0; i < 30; i++) {
            try {
                follower.step();
            } catch (ChainReadException e) {
                assertThat(e).hasMessageMatching("(fault.*|.*is not the child of the one before it)");
            }
        }
        assertThat(reorgDepths).isEmpty();

        reader.viewChance = () -> ViewFault.NONE;
        settle(follower);

        assertEverythingFrom(0);
        assertThat(ledger.retracted).isZero();
    }

    @Test
    void confirmedBlocksWaitForTheirDepthAndShallowReorganisationsAreInvisible() throws Exception {
        Follower follower = follower(new Start.AtBlock(0), LogQuery.all(), 5, 128);
        settle(follower);
        assertThat(ledger.checkpoint.orElseThrow().number()).isEqualTo(14);

        chain.reorganise(truth, 5, 6);
        settle(follower);

        assertThat(ledger.retracted).isZero();
        assertThat(reorgDepths).containsExactly(5L);
        assertThat(ledger.checkpoint.orElseThrow().number()).isEqualTo(15);
        assertThat(ledger.liveKeys()).containsExactlyElementsOf(Ledger.keysOf(truth, LogQuery.all(), 0, 15));
    }

    @Test
    void aReorganisationDeeperThanTheConfirmationsIsRetracted() throws Exception {
        Follower follower = follower(new Start.AtBlock(0), LogQuery.all(), 5, 128);
        settle(follower);

        chain.reorganise(truth, 8, 9);
        settle(follower);

        assertThat(ledger.retracted).isEqualTo(3);
        assertThat(ledger.liveKeys()).containsExactlyElementsOf(Ledger.keysOf(truth, LogQuery.all(), 0, 15));
    }

    @Test
    void whatTheChainDroppedWhileWeWereDownIsRetractedAfterARestart() throws Exception {
        settle(fromBlock(0));
        chain.reorganise(truth, 9, 60);

        settle(follower(new Start.After(ledger.checkpoint.orElseThrow()), LogQuery.all(), 0, 128));

        assertThat(ledger.retracted).isEqualTo(9);
        assertEverythingFrom(0);
    }

    @Test
    void aReorganisationBelowTheWindowStopsTheStream() throws Exception {
        chain.grow(truth, 30);
        Follower follower = follower(new Start.AtBlock(0), LogQuery.all(), 0, 10);
        settle(follower);
        int batches = ledger.batches.size();
        chain.reorganise(truth, 11, 12);

        assertThat(follower.step()).isEqualTo(Step.LOOK_AGAIN);
        assertThat(follower.step()).isEqualTo(Step.LOOK_AGAIN);
        assertThat(follower.step()).isEqualTo(Step.VIOLATED);
        assertThat(ledger.batches).hasSize(batches);
    }

    @Test
    void aReorganisationAsDeepAsTheWindowIsFollowed() throws Exception {
        chain.grow(truth, 30);
        Follower follower = follower(new Start.AtBlock(0), LogQuery.all(), 0, 10);
        settle(follower);
        chain.reorganise(truth, 10, 12);
        settle(follower);

        assertThat(ledger.retracted).isEqualTo(10);
        assertEverythingFrom(0);
    }

    @Test
    void aBacklogTakesTwoRoundTripsForFiftyBlocks() throws Exception {
        chain.grow(truth, 4_000);
        settle(fromBlock(0));

        assertEverythingFrom(0);
        assertThat(reader.largestBatch).isEqualTo(Follower.MOST_BLOCKS);
        assertThat(reader.views + reader.logCalls).isLessThan(2 * 4_020 / 50 + 20);
        assertThat(ledger.batches).allMatch(batch -> batch.blocks().size() <= Follower.MOST_BLOCKS);
    }

    @Test
    void blocksWithManyLogsMakeSmallBatches() throws Exception {
        chain.mostLogs(4_000);
        chain.grow(truth, 30);
        settle(fromBlock(0));

        assertEverythingFrom(0);
        assertThat(ledger.batches).allMatch(batch -> batch.logs().size() <= Follower.ABOUT_LOGS);
        assertThat(ledger.batches.size()).isLessThan(30);
    }

    @Test
    void onlyBlocksWhoseBloomMayContainSomethingWantedAreAskedAbout() throws Exception {
        LogQuery nothing = LogQuery.address(FakeChain.address("nobody"));
        settle(follower(new Start.AtBlock(0), nothing, 0, 128));

        long empty =
                truth.stream().filter(block -> block.block().bloom().isZero()).count();
        assertThat(reader.logsAsked).isEqualTo((int) empty); // a zero bloom proves nothing
        assertThat(ledger.blocks()).hasSize(20);
    }

    @Test
    void aBlockWithoutABloomIsAskedAboutOnce() throws Exception {
        FakeChain bare = new FakeChain(new Random(3), false);
        truth.clear();
        bare.grow(truth, 20);
        settle(fromBlock(0));

        assertThat(reader.logsAsked).isEqualTo(20);
        assertThat(doubtful).isEmpty();
        assertEverythingFrom(0);
    }

    @Test
    void anEmptyAnswerAgainstTheBloomIsAskedForASecondTime() throws Exception {
        LogQuery query = LogQuery.address(FakeChain.ADDRESSES.getFirst());
        reader.logChance = () -> LogFault.EMPTY; // the fake does not say it twice
        settle(follower(new Start.AtBlock(0), query, 0, 128));

        assertThat(ledger.liveKeys()).containsExactlyElementsOf(Ledger.keysOf(truth, query, 0, 20));
        assertThat(doubtful).isEmpty();
    }

    @Test
    void aFalsePositiveOfTheBloomIsAcceptedAndReported() throws Exception {
        Log log = truth.stream()
                .flatMap(block -> block.logs().stream())
                .filter(l -> !l.topics().isEmpty())
                .findFirst()
                .orElseThrow();
        LogQuery query = new LogQuery(Set.of(), Set.of(log.topics().get(1))); // in the bloom, but not as a first topic
        settle(follower(new Start.AtBlock(0), query, 0, 128));

        assertThat(doubtful).extracting(Header::hash).containsExactly(log.blockHash());
        assertThat(ledger.liveKeys()).isEmpty();
        assertThat(ledger.checkpoint.orElseThrow().number()).isEqualTo(19);
    }

    @Test
    void manyAddressesAreFilteredHere() throws Exception {
        List<String> many = new ArrayList<>(IntStream.range(0, 600)
                .mapToObj(i -> FakeChain.address("many " + i))
                .toList());
        many.add(FakeChain.ADDRESSES.get(2));
        LogQuery query = LogQuery.address(many.toArray(new String[0]));
        settle(follower(new Start.AtBlock(0), query, 0, 128));

        assertThat(query.request("0xaa")).containsOnlyKeys("blockHash");
        assertThat(ledger.liveKeys()).isNotEmpty().containsExactlyElementsOf(Ledger.keysOf(truth, query, 0, 20));
    }

    @Test
    void aNodeThatAnswersWithOtherLogsThanAskedForIsNotBelieved() throws Exception {
        LogQuery query = LogQuery.address(FakeChain.ADDRESSES.getFirst());
        LogCheck check = new LogCheck(query, true);
        FakeBlock block = truth.stream()
                .filter(b -> b.logs().stream().anyMatch(log -> !query.wants(log)))
                .findFirst()
                .orElseThrow();
        List<ChainReader.ToldLog> all = block.logs().stream()
                .map(log -> new ChainReader.ToldLog(log, false))
                .toList();

        assertThat(check.whatIsWrong(block.block(), all)).contains("was not asked for");
    }

    @Test
    void aStepAfterAFailureLooksAtTheChainAgain() throws Exception {
        Follower follower = fromBlock(0);
        follower.step();
        reader.logFaults.add(LogFault.ERROR);
        assertThatThrownBy(follower::step).isInstanceOf(ChainReadException.class);
        chain.reorganise(truth, 19, 30); // the block is gone for ever
        settle(follower);

        assertEverythingFrom(0);
        assertThat(ledger.retracted).isZero();
    }
}
