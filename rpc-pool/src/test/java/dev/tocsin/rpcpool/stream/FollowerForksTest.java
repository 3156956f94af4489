package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.stream.FakeChain.FakeBlock;
import dev.tocsin.rpcpool.stream.Follower.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which branch is taken, how it is told, and how deep. */
final class FollowerForksTest extends FollowerFixture {
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
}
