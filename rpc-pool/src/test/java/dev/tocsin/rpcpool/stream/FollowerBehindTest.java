package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.stream.FakeChain.FakeBlock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes whose newest block is far below the one the stream stands at, or is to begin with. */
final class FollowerBehindTest extends FollowerFixture {

    private Follower atTheHead() throws Exception {
        Follower follower = fromBlock(0);
        settle(follower);
        told.clear();
        return follower;
    }

    private void beginAnew(int blocks) {
        truth.clear();
        chain.grow(truth, blocks);
    }

    /** A few looks, the last of them so much later than the first. */
    private void look(Follower follower, Duration later) throws Exception {
        follower.step();
        follower.step();
        nanos.addAndGet(later.toNanos());
        follower.step();
    }

    @Test
    void aChainThatBeganAnewIsToldOfOnceWithTheHeadOfTheNewOne() throws Exception {
        Follower follower = atTheHead();
        beginAnew(6);

        look(follower, Duration.ofSeconds(10));
        look(follower, Duration.ofHours(1));

        assertThat(told).containsExactly("behind 19 at 5");
        assertThat(follower.head()).isEqualTo(5);
        assertThat(follower.processed()).isEqualTo(19);
        chain.grow(truth, 2);
        look(follower, Duration.ofHours(1));
        assertThat(told).containsExactly("behind 19 at 5", "head 7");
        assertThat(follower.head()).isEqualTo(7);
    }

    @Test
    void lessThanTenSecondsAreNothing() throws Exception {
        Follower follower = atTheHead();
        beginAnew(6);

        look(follower, Duration.ofMillis(9_999));

        assertThat(told).isEmpty();
        assertThat(follower.head()).isEqualTo(19);
    }

    @Test
    void twoLooksAreNothingHoweverFarApart() throws Exception {
        Follower follower = atTheHead();
        beginAnew(6);

        follower.step();
        nanos.addAndGet(Duration.ofHours(2).toNanos());
        follower.step();

        assertThat(told).isEmpty();
    }

    @Test
    void threeBlocksLessAreNothing() throws Exception {
        Follower follower = atTheHead();
        beginAnew(17);

        look(follower, Duration.ofHours(1));

        assertThat(told).isEmpty();
    }

    @Test
    void oneNodeThatLagsBesideOneThatDoesNotIsNothing() throws Exception {
        Follower follower = atTheHead();
        List<FakeBlock> lagging = List.copyOf(truth.subList(0, 6));
        reader.nodes.add(lagging);
        for (int i = 0; i < 20; i++) {
            int node = i % 4 == 0 ? 0 : 1;
            reader.choice = () -> node;
            nanos.addAndGet(Duration.ofSeconds(4).toNanos());
            follower.step();
        }

        assertThat(told).isEmpty();
    }

    @Test
    void itIsToldAgainOnlyAfterTheNodesHaveHadTheBlock() throws Exception {
        Follower follower = atTheHead();
        List<FakeBlock> all = List.copyOf(truth);
        truth.subList(6, 20).clear();
        look(follower, Duration.ofSeconds(10));
        truth.addAll(all.subList(6, 18));
        look(follower, Duration.ofSeconds(10));
        truth.subList(6, 18).clear();
        look(follower, Duration.ofSeconds(10));
        assertThat(told).containsExactly("behind 19 at 5", "head 17");

        truth.addAll(all.subList(6, 20));
        look(follower, Duration.ofSeconds(10));
        assertThat(follower.head()).isEqualTo(19);
        truth.subList(6, 20).clear();
        look(follower, Duration.ofSeconds(10));

        assertThat(told).containsExactly("behind 19 at 5", "head 17", "head 19", "behind 19 at 5");
    }

    @Test
    void theHeadIsNeverBelowALoadedCheckpointUntilTheNodesHaveLongBeen() throws Exception {
        Checkpoint loaded = new Checkpoint(661, FakeChain.hash("elsewhere"), List.of());
        Follower follower = follower(new Start.After(loaded), LogQuery.all(), 0, 128);

        look(follower, Duration.ofSeconds(9));

        assertThat(told).containsExactly("begins after 661", "head 661");
        look(follower, Duration.ofSeconds(1));
        assertThat(told).endsWith("head 661", "behind 661 at 19");
    }

    @Test
    void aFirstBlockFarAboveTheHeadIsToldOfOnce() throws Exception {
        Follower follower = fromBlock(1000);

        look(follower, Duration.ofSeconds(10));
        look(follower, Duration.ofHours(1));

        assertThat(told).containsExactly("head 19", "waits for 1000 at 19");
        assertThat(follower.head()).isEqualTo(19);
        assertThat(follower.processed()).isEqualTo(-1);
    }

    @Test
    void aFirstBlockThatIsSoonToComeIsNotWorthAWord() throws Exception {
        Follower follower = fromBlock(22);

        look(follower, Duration.ofHours(1));

        assertThat(told).containsExactly("head 19");
    }
}
