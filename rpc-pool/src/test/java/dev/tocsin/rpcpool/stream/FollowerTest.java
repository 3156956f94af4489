package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Where a stream begins, and that it leaves nothing out. */
final class FollowerTest extends FollowerFixture {
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
}
