package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How long it takes until two of three nodes agree: in virtual time, the answers to a call come one after the other, the quickest first. */
class ConsensusTailTest {

    private static final int CALLS = 1_000;
    private static final Function<Random, Duration> QUICK = SimulatedNodes.between(5, 10);
    private static final Function<Random, Duration> SECOND = SimulatedNodes.between(20, 30);
    private static final Function<Random, Duration> STALLS = random -> Duration.ofSeconds(2);
    private static final double SECOND_P99 = 29.9; // of a time between 20 and 30

    private final ScriptedTransport nodes = new ScriptedTransport();
    private final ReentrantLock lock = new ReentrantLock(); // guards the field below
    private List<Answer> awaited = new ArrayList<>(); // guarded by lock; of the call under way

    /** An answer on its way; the latch opens when it is there or given up. */
    private record Answer(Duration takes, CountDownLatch come) {}

    private ScriptedTransport.Answer takes(Function<Random, Duration> latency, Random random) {
        ScriptedTransport.Answer says = ScriptedTransport.says("\"0x7\"");
        return (call, cancellation) -> {
            Answer mine = new Answer(latency.apply(random), new CountDownLatch(1));
            asked(mine);
            cancellation.onCancel(mine.come::countDown);
            if (!mine.come.await(5, TimeUnit.SECONDS)) { // the slowest, for which somebody waits though two have agreed
                nodes.clock.advance(mine.takes);
            }
            if (cancellation.isCancelled()) {
                throw NodeFailure.givenUp();
            }
            return says.to(call, cancellation);
        };
    }

    /** Once all three are asked, the two quickest answers come. */
    private void asked(Answer answer) {
        lock.lock();
        try {
            awaited.add(answer);
            if (awaited.size() < 3) {
                return;
            }
            awaited.sort(Comparator.comparing(Answer::takes));
            awaited.getFirst().come.countDown();
            nodes.clock.advance(awaited.get(1).takes);
            awaited.get(1).come.countDown();
            awaited = new ArrayList<>();
        } finally {
            lock.unlock();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void twoOfThreeAgreeAsSoonAsTheSecondFastestNodeAnswers(long seed) throws InterruptedException {
        nodes.node("a", takes(STALLS, new Random(seed)))
                .node("b", takes(QUICK, new Random(seed + 10)))
                .node("c", takes(SECOND, new Random(seed + 20)));
        List<Double> took = new ArrayList<>();
        try (RpcPool pool = nodes.open(RpcPool.builder())) {
            RpcCaller sure = pool.agreeing(Agreement.of(2, 3));
            for (int i = 0; i < CALLS; i++) {
                long began = nodes.clock.nanos();
                assertThat(sure.call("eth_x", i).asLong()).isEqualTo(7);
                took.add((nodes.clock.nanos() - began) / 1e6);
            }
        }
        took.sort(null);

        assertThat(took.get(CALLS * 99 / 100 - 1)).isLessThanOrEqualTo(1.3 * SECOND_P99);
    }
}
