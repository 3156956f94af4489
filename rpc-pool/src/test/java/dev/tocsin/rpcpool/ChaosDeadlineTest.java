package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.SimulatedTraffic.Answer;
import dev.tocsin.rpcpool.SimulatedTraffic.Answers;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever nodes do, no call takes longer than it may; and a node that hangs does not cost much of it. */
class ChaosDeadlineTest {

    private static final long SECOND = 1_000_000_000;
    private static final Duration HOUR = Duration.ofHours(1);

    /** Well, slow, hanging, failing and refusing, each for some seconds. */
    private static final class Moody implements Answers {
        private long until;
        private int mood;

        @Override
        public Answer at(long nanos, Random random, int calls) {
            if (nanos >= until) {
                until = nanos + random.nextInt(5) * SECOND;
                mood = random.nextInt(7);
            }
            Duration quick = Duration.ofMillis(5 + random.nextInt(20));
            return switch (mood) {
                case 0 -> Answer.served(HOUR);
                case 1 -> Answer.tooMany(Duration.ofMillis(random.nextInt(20_000)));
                case 2 -> new Answer(quick, new NodeFailure(NodeFailure.Kind.NOT_SENT, "refused"));
                case 3 -> Answer.served(random.nextBoolean() ? quick : HOUR);
                case 4 -> Answer.served(quick.multipliedBy(100));
                default -> Answer.served(quick);
            };
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void noCallTakesLongerThanItMay(long seed) throws InterruptedException {
        Duration most = Duration.ofSeconds(4);
        SimulatedTraffic traffic = new SimulatedTraffic(seed);
        for (int i = 0; i < 4; i++) {
            traffic.node("n" + i, new Moody());
        }
        traffic.limit("n0", RateLimit.requests(20)).limit("n1", RateLimit.units(900, MethodCosts.alchemy()));
        List<Long> took = new ArrayList<>();
        AtomicInteger served = new AtomicInteger();
        RpcPoolBuilder settings = traffic.settings().callTimeout(most).maxConnections(8);
        try (RpcPool pool = settings.open()) {
            traffic.run(50, random -> {
                for (int i = 0; i < 50; i++) {
                    long began = traffic.now();
                    try {
                        call(pool, random);
                        served.incrementAndGet();
                    } catch (NoNodeException e) {
                        assertThat(e.causes()).hasSize(4);
                    }
                    took.add(traffic.now() - began);
                    traffic.sleep(random.nextInt(200) * 1_000_000L);
                }
            });
        }

        assertThat(took).hasSize(2_500).allMatch(nanos -> nanos <= most.toNanos() + 50_000_000);
        assertThat(served).hasValueGreaterThan(1_000);
    }

    private static void call(RpcPool pool, Random random) throws InterruptedException {
        switch (random.nextInt(4)) {
            case 0 -> pool.call("eth_sendRawTransaction", "0x");
            case 1 -> pool.batch(List.of(RpcCall.of("eth_call"), RpcCall.of("eth_getLogs")));
            default -> pool.call("eth_x");
        }
    }

    @Test
    void aNodeThatHangsCostsASecondAndNotItsWholeShare() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        SimulatedTraffic traffic = new SimulatedTraffic(1)
                .node(
                        "n0",
                        (nanos, random, calls) ->
                                Answer.served(asked.incrementAndGet() <= 100 ? Duration.ofMillis(10) : HOUR))
                .node("n1", (nanos, random, calls) -> Answer.served(Duration.ofMillis(10)));
        List<Long> took = new ArrayList<>();
        try (RpcPool pool =
                traffic.settings().selection(SelectionStrategy.priority()).open()) {
            traffic.run(1, random -> {
                for (int i = 0; i < 120; i++) {
                    long began = traffic.now();
                    pool.call("eth_x");
                    took.add(traffic.now() - began);
                }
            });
        }

        assertThat(took.get(100)).isEqualTo(SECOND + 10_000_000);
    }

    @Test
    void nodesThatHaveBecomeSlowAreWaitedForLonger() throws InterruptedException {
        SimulatedTraffic traffic = new SimulatedTraffic(1);
        Answers both = (nanos, random, calls) -> Answer.served(Duration.ofMillis(nanos < 10 * SECOND ? 10 : 1_500));
        traffic.node("n0", both).node("n1", both);
        AtomicInteger served = new AtomicInteger();
        try (RpcPool pool = traffic.settings().unhealthyAfter(1_000).open()) {
            traffic.run(1, random -> {
                while (traffic.now() < 60 * SECOND) {
                    pool.call("eth_x");
                    served.incrementAndGet();
                }
            });
        }

        assertThat(served).hasValueGreaterThan(1_000 + 20);
    }

    @Test
    void whatChangesSomethingIsNotCutShort() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        Answers both =
                (nanos, random, calls) -> Answer.served(Duration.ofMillis(asked.incrementAndGet() <= 50 ? 10 : 2_500));
        SimulatedTraffic traffic = new SimulatedTraffic(1).node("n0", both).node("n1", both);
        try (RpcPool pool = traffic.settings().open()) {
            traffic.run(1, random -> {
                for (int i = 0; i < 51; i++) {
                    pool.call("evm_mine");
                }
            });
        }

        assertThat(asked).hasValue(51);
    }
}
