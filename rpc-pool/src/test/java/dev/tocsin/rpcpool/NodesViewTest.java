package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.node.NodesView;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodesViewTest {

    private final List<String> given = new ArrayList<>();
    private List<Node> nodes = List.of();
    private NodesView view = of();
    private long now;

    private NodesView of(long... heads) {
        nodes = IntStream.range(0, heads.length)
                .mapToObj(i -> new Node("n" + i, URI.create("http://n" + i), Tier.PRIMARY, 3))
                .toList();
        RpcPoolListener listener = new RpcPoolListener() {
            @Override
            public void onHeadGivenUp(long shown, long head) {
                given.add(shown + " to " + head);
            }

            @Override
            public void onFinalizedGivenUp(long shown, long finalized) {
                given.add("final " + shown + " to " + finalized);
            }
        };
        view = new NodesView(new Nodes(nodes), () -> now, new Listeners(List.of(listener)));
        nodes.forEach(node -> node.healthy(false, Duration.ZERO, Instant.EPOCH, now));
        tell(heads);
        return view;
    }

    /** A new head of each node. */
    private void tell(long... heads) {
        for (int i = 0; i < heads.length; i++) {
            view.learned(nodes.get(i), heads[i]);
        }
    }

    private void after(Duration time) {
        now += time.toNanos();
    }

    @Test
    void tipIsTheNewestBlockThatMoreThanHalfHave() {
        assertThat(of().tip()).isEqualTo(-1);
        assertThat(of(7).tip()).isEqualTo(7);
        assertThat(of(7, 9).tip()).isEqualTo(7);
        assertThat(of(7, 9, 8).tip()).isEqualTo(8);
        assertThat(of(7, 9, 8, 10).tip()).isEqualTo(8);
        assertThat(of(7, 1_000_000, 8).tip()).isEqualTo(8);
    }

    @Test
    void highestIsTheNewestBlockOfANodeThatIsNotTooFarAheadOfTheTip() {
        assertThat(of().highest()).isEqualTo(-1);
        assertThat(of(7).highest()).isEqualTo(7);
        assertThat(of(7, 9, 8).highest()).isEqualTo(9);
        assertThat(of(7, 1_000_000, 8).highest()).isEqualTo(8);
    }

    @Test
    void tipNeverGoesBelowWhatWasShown() {
        of(9, 9, 8).shown(9);
        tell(8, 8, 8);

        assertThat(view.tip()).isEqualTo(9);
        tell(10, 10, 8);
        assertThat(view.tip()).isEqualTo(10);
    }

    @Test
    void afterADeepReorgTheTipIsGivenUpAfterAMinuteAndListenersHearOfIt() {
        of(100, 100, 100).shown(100);
        tell(60, 60, 60);
        assertThat(view.tip()).isEqualTo(100);
        after(Duration.ofSeconds(59));
        assertThat(view.tip()).isEqualTo(100);
        assertThat(given).isEmpty();

        after(Duration.ofSeconds(1));
        assertThat(view.tip()).isEqualTo(60);
        view.shown(100); // by somebody who read it before

        assertThat(view.tip()).isEqualTo(60);
        assertThat(given).containsExactly("100 to 60");
    }

    @Test
    void slowChainKeepsItsTipForTenBlocks() {
        of(1, 1, 1);
        for (long head = 2; head < 10; head++) {
            after(Duration.ofSeconds(12));
            tell(head, head, head);
        }
        assertThat(view.blockTimeNanos()).isEqualTo(Duration.ofSeconds(12).toNanos());
        view.shown(9);
        tell(5, 5, 5);
        assertThat(view.tip()).isEqualTo(9);

        after(Duration.ofSeconds(119));
        assertThat(view.tip()).isEqualTo(9);
        after(Duration.ofSeconds(1));
        assertThat(view.tip()).isEqualTo(5);
    }

    @Test
    void nodesThatStandStillDoNotHoldBackTheOthers() {
        of(100, 100, 100, 100);
        for (long head = 101; head < 104; head++) {
            after(Duration.ofSeconds(12));
            tell(head, head, 100, 100);
        }
        after(Duration.ofSeconds(1));

        assertThat(view.tip()).isEqualTo(103);
    }

    @Test
    void blockTimeIsKnownAfterThreeBlocksAndBounded() {
        of(1, 1);
        for (long head = 2; head < 5; head++) {
            after(Duration.ofSeconds(2));
            tell(head, head);
            assertThat(view.blockTimeNanos()).isZero();
        }
        after(Duration.ofSeconds(4));
        tell(6, 6); // two at once
        assertThat(view.blockTimeNanos()).isEqualTo(Duration.ofSeconds(2).toNanos());

        after(Duration.ofHours(1));
        tell(7, 7);
        assertThat(Duration.ofNanos(view.blockTimeNanos())).isEqualTo(Duration.ofMillis(13_800));
    }

    @Test
    void finalizedNeverGoesBack() {
        of(100, 100, 100);
        view.learnedFinalized(nodes.get(0), 60);
        view.learnedFinalized(nodes.get(1), 70);
        assertThat(view.finalized()).isEqualTo(60);
        view.learnedFinalized(nodes.get(2), 90);
        assertThat(view.finalized()).isEqualTo(70);
        nodes.get(2).wrongChain("another", Instant.EPOCH);

        assertThat(view.finalized()).isEqualTo(70);
    }

    @Test
    void finalizedThatOneNodeLiedAboutIsGivenUpAfterAMinute() {
        of(100, 100, 100);
        view.learnedFinalized(nodes.get(0), 95);
        assertThat(view.finalized()).isEqualTo(95);
        view.learnedFinalized(nodes.get(1), 40);
        view.learnedFinalized(nodes.get(2), 41);
        assertThat(view.finalized()).isEqualTo(95);
        after(Duration.ofSeconds(59));
        assertThat(view.finalized()).isEqualTo(95);
        assertThat(given).isEmpty();

        after(Duration.ofSeconds(1));
        assertThat(view.finalized()).isEqualTo(41);
        assertThat(view.finalizedShown()).isEqualTo(41);
        assertThat(given).containsExactly("final 95 to 41");
    }

    @Test
    void finalizedIsNeverBeyondTheHead() {
        of(100, 100, 100);
        view.learnedFinalized(nodes.get(0), 1_000_000);
        assertThat(view.finalized()).as("of a node that makes no sense").isEqualTo(-1);
        view.learnedFinalized(nodes.get(0), 101);
        assertThat(view.finalized()).isEqualTo(100);
        view.shownFinalized(200);

        assertThat(view.finalizedShown()).isEqualTo(100);
    }

    @Test
    void nodesDifferWhileOneInUseHasAnotherHead() {
        assertThat(of(7, 7).nodesDiffer()).isFalse();
        assertThat(of(7, 8).nodesDiffer()).isTrue();
        nodes.get(1).wrongChain("another", Instant.EPOCH);
        assertThat(view.nodesDiffer()).isFalse();
    }

    @Test
    void leapOfTheOnlyNodeIsBelievedOnceItIsToldAgain() {
        of(100);
        tell(0xffff_ffffL);
        assertThat(view.tip()).isEqualTo(100);
        tell(101);
        assertThat(view.tip()).isEqualTo(101);
        tell(0xffff_ffffL);
        assertThat(view.tip()).isEqualTo(101);
        tell(5000);
        assertThat(view.tip()).isEqualTo(101);
        tell(5001);

        assertThat(view.tip()).isEqualTo(5001);
    }
}
