package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.stream.FakeChain.FakeBlock;
import dev.tocsin.rpcpool.stream.FakeReader.LogFault;
import dev.tocsin.rpcpool.stream.FakeReader.ViewFault;
import dev.tocsin.rpcpool.stream.Follower.Step;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random chains with forks, nodes that lag, disagree, fail and lie, and restarts: in the end all is there once. */
final class LogStreamPropertyTest {
    private static final int ROUNDS = 160;

    static IntStream seeds() {
        return IntStream.range(0, 300);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void deliveredMinusRetractedIsTheCanonicalChain(int seed) throws Exception {
        World world = new World(new Random(seed));

        for (int round = 0; round < ROUNDS; round++) {
            world.happen();
            world.follow();
        }
        world.heal();
        world.followToTheEnd();

        List<FakeBlock> truth = world.reader.nodes.getFirst();
        long last = truth.getLast().number() - world.confirmations;
        List<String> expected = Ledger.keysOf(truth, world.query, world.start, last);
        assertThat(world.ledger.liveKeys()).containsExactlyElementsOf(expected);
        assertThat(world.ledger.checkpoint.orElseThrow().number()).isEqualTo(Math.max(last, world.start - 1));
    }

    /** The process dies before the handler has taken the batch. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class World {
        private final Random random;
        private final FakeChain chain;
        final FakeReader reader;
        final LogQuery query;
        final long start;
        final int confirmations;
        final Ledger ledger = new Ledger();
        private final double trouble;
        private final LogCheck check;
        private Follower follower;

        World(Random random) {
            this.random = random;
            this.chain = new FakeChain(random, random.nextInt(5) > 0);
            this.query = randomQuery();
            this.check = new LogCheck(query, true);
            this.confirmations = random.nextBoolean() ? 0 : random.nextInt(13);
            this.trouble = random.nextDouble() * 0.4;
            List<FakeBlock> truth = chain.line(1 + random.nextInt(90));
            this.start = random.nextInt(truth.size() + 3);
            this.reader = new FakeReader(truth);
            for (int i = random.nextInt(3); i > 0; i--) {
                reader.nodes.add(new ArrayList<>(truth));
            }
            reader.choice = () -> random.nextInt(reader.nodes.size());
            reader.viewChance = () -> chance(ViewFault.values());
            reader.logChance = () -> chance(LogFault.values());
            this.follower = newFollower();
        }

        private <T> T chance(T[] faults) {
            return faults[random.nextDouble() < trouble ? random.nextInt(faults.length) : 0];
        }

        private LogQuery randomQuery() {
            return switch (random.nextInt(4)) {
                case 0 -> LogQuery.all();
                case 1 -> LogQuery.address(FakeChain.ADDRESSES.get(0), FakeChain.ADDRESSES.get(1));
                case 2 -> new LogQuery(Set.of(), Set.of(FakeChain.TOPICS.get(0), FakeChain.TOPICS.get(2)));
                default -> new LogQuery(manyAddresses(), Set.of(FakeChain.TOPICS.get(1)));
            };
        }

        private static Set<String> manyAddresses() {
            Set<String> many = new HashSet<>();
            IntStream.range(0, 600).forEach(i -> many.add("0x" + String.format("%040x", i)));
            many.add(FakeChain.ADDRESSES.get(3));
            return many;
        }

        private Follower newFollower() {
            Start from = ledger.checkpoint.<Start>map(Start.After::new).orElse(new Start.AtBlock(start));
            LogFetch fetch = new LogFetch(reader, query, check);
            return new Follower(
                    reader,
                    from,
                    fetch,
                    confirmations,
                    LogStream.WINDOW,
                    new LogStreamListener() {},
                    this::deliver,
                    InstantSource.system(),
                    new Shortfall(System::nanoTime));
        }

        private boolean deliver(LogBatch batch) {
            if (random.nextDouble() < trouble / 8) {
                throw new Crash();
            }
            ledger.apply(batch);
            if (random.nextDouble() < trouble / 8) {
                throw new Crash(); // taken, and the stream does not know
            }
            return true;
        }

        /** The chain grows or reorganises; other nodes catch up, lag, or stay on their branch. */
        void happen() {
            List<FakeBlock> truth = reader.nodes.getFirst();
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> chain.grow(truth, 1 + random.nextInt(3));
                case 3 -> chain.grow(truth, random.nextInt(20) == 0 ? 120 : 1);
                case 4 -> {
                    int depth = Math.min(truth.size() - 1, 1 + random.nextInt(10));
                    chain.reorganise(truth, depth, depth + random.nextInt(3));
                }
                case 5 -> growOther();
                default -> syncOther(truth);
            }
        }

        private void growOther() {
            List<FakeBlock> other = reader.nodes.getLast();
            if (other != reader.nodes.getFirst() && random.nextInt(3) == 0) {
                int depth = Math.min(other.size() - 1, random.nextInt(4));
                chain.reorganise(other, depth, depth + random.nextInt(2));
            }
        }

        private void syncOther(List<FakeBlock> truth) {
            int node = random.nextInt(reader.nodes.size());
            if (node > 0) {
                List<FakeBlock> other = reader.nodes.get(node);
                other.clear();
                other.addAll(truth.subList(0, Math.max(1, truth.size() - random.nextInt(4))));
            }
        }

        void follow() throws InterruptedException {
            for (int i = random.nextInt(4); i > 0; i--) {
                try {
                    assertThat(follower.step()).isNotEqualTo(Step.VIOLATED);
                } catch (ChainReadException e) {
                    assertThat(e).hasMessageNotContaining("null");
                } catch (Crash e) {
                    follower = newFollower();
                }
            }
            if (random.nextInt(40) == 0) {
                follower = newFollower();
            }
        }

        void heal() {
            List<FakeBlock> truth = reader.nodes.getFirst();
            int highest = reader.nodes.stream().mapToInt(List::size).max().orElse(0);
            long reached = ledger.checkpoint.map(Checkpoint::number).orElse(0L) + confirmations;
            chain.grow(truth, 20 + (int) Math.max(0, Math.max(highest, reached) - truth.size()));
            reader.nodes.subList(1, reader.nodes.size()).clear();
            reader.viewChance = () -> ViewFault.NONE;
            reader.logChance = () -> LogFault.NONE;
        }

        void followToTheEnd() throws Exception {
            int quiet = 0;
            for (int i = 0; quiet < 5; i++) {
                assertThat(i).as("steps to the end").isLessThan(2000);
                try {
                    quiet = follower.step() == Step.NOTHING_NEW ? quiet + 1 : 0;
                } catch (ChainReadException e) {
                    quiet = 0; // logs of a block that was in hand and is gone
                } catch (Crash e) {
                    follower = newFollower();
                    quiet = 0;
                }
            }
        }
    }
}
