package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much is asked for at a time, and about which blocks. */
final class FollowerBacklogTest extends FollowerFixture {
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
}
