package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.stream.FakeChain.FakeBlock;
import dev.tocsin.rpcpool.stream.FakeReader.LogFault;
import dev.tocsin.rpcpool.stream.FakeReader.ViewFault;
import dev.tocsin.rpcpool.stream.Follower.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A node that fails, lags or mixes things up leaves no hole in what is delivered. */
final class FollowerHolesTest extends FollowerFixture {
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
    void anEmptyAnswerAgainstTheBloomIsAskedForASecondTime() throws Exception {
        LogQuery query = LogQuery.address(FakeChain.ADDRESSES.getFirst());
        reader.logChance = () -> LogFault.EMPTY; // the fake does not say it twice
        settle(follower(new Start.AtBlock(0), query, 0, 128));

        assertThat(ledger.liveKeys()).containsExactlyElementsOf(Ledger.keysOf(truth, query, 0, 20));
        assertThat(doubtful).isEmpty();
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
