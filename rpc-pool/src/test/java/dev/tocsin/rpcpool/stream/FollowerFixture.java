package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.stream.FakeChain.FakeBlock;
import dev.tocsin.rpcpool.stream.Follower.Step;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** A follower over a chain of twenty blocks, and what it has told. */
abstract class FollowerFixture {
    final FakeChain chain = new FakeChain(new Random(7), true);
    final List<FakeBlock> truth = chain.line(20);
    final FakeReader reader = new FakeReader(truth);
    final Ledger ledger = new Ledger();
    final List<Long> reorgDepths = new ArrayList<>();
    final List<Header> doubtful = new ArrayList<>();
    final List<String> told = new ArrayList<>(); // where the stream and the nodes stand
    final AtomicLong nanos = new AtomicLong();
    private final LogStreamListener listener = new LogStreamListener() {
        @Override
        public void onBegin(long chainId, Checkpoint checkpoint) {
            told.add("begins after " + checkpoint.number());
        }

        @Override
        public void onWaiting(long chainId, long first, long head) {
            told.add("waits for " + first + " at " + head);
        }

        @Override
        public void onBehind(long chainId, long processed, long head) {
            told.add("behind " + processed + " at " + head);
        }

        @Override
        public void onHead(long chainId, long head) {
            told.add("head " + head);
        }

        @Override
        public void onReorg(long chainId, long ancestor, long depth, List<Header> retracted) {
            reorgDepths.add(depth);
        }

        @Override
        public void onSuspiciousEmpty(long chainId, Header block) {
            doubtful.add(block);
        }
    };

    Follower follower(Start start, LogQuery query, int confirmations, int window) {
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
                InstantSource.system(),
                new Shortfall(nanos::get));
    }

    Follower fromBlock(long first) {
        return follower(new Start.AtBlock(first), LogQuery.all(), 0, 128);
    }

    static void settle(Follower follower) throws Exception {
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

    void assertEverythingFrom(long first) {
        assertThat(ledger.liveKeys())
                .containsExactlyElementsOf(Ledger.keysOf(truth, LogQuery.all(), first, truth.size()));
        assertThat(ledger.checkpoint.orElseThrow().hash())
                .isEqualTo(truth.getLast().hash());
    }
}
