package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.SimulatedTraffic.Answer;
import dev.tocsin.rpcpool.SimulatedTraffic.Answers;
import dev.tocsin.rpcpool.internal.node.Bulkhead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** So many requests at one node at once, and no more. */
class BulkheadTest {

    private static final long SECOND = 1_000_000_000;

    private static Duration quick(Random random) {
        return Duration.ofNanos(5_000_000 + random.nextInt(5_000_000));
    }

    private static void use(Bulkhead bulkhead, int answers, double slowness) {
        for (int i = 0; i < answers; i++) {
            bulkhead.answered(slowness);
        }
    }

    private static Bulkhead busy(int most) {
        Bulkhead bulkhead = new Bulkhead(most);
        while (bulkhead.tryEnter()) {}
        return bulkhead;
    }

    @Test
    void fewerMayEnterWhileANodeIsSlowAndAsManyAsBeforeOnceItIsNot() {
        Bulkhead bulkhead = busy(64);
        use(bulkhead, 1_000, 1);
        assertThat(bulkhead.limit()).isEqualTo(64);

        use(bulkhead, 400, 10);
        int slow = bulkhead.limit();
        use(bulkhead, 2_000, 1);

        assertThat(slow).isLessThan(20);
        assertThat(bulkhead.limit()).isEqualTo(64);
    }

    @Test
    void aNodeThatIsAlwaysSlowerThanTheOthersIsNoSlowNode() {
        Bulkhead bulkhead = busy(64);

        use(bulkhead, 5_000, 4);

        assertThat(bulkhead.limit()).isEqualTo(64);
    }

    @Test
    void aNodeThatHasLittleToDoKeepsItsLimit() {
        Bulkhead bulkhead = new Bulkhead(64);
        use(bulkhead, 1_000, 1);

        use(bulkhead, 1_000, 10);

        assertThat(bulkhead.limit()).isEqualTo(64);
    }

    @Test
    void someMayAlwaysEnter() {
        Bulkhead bulkhead = busy(64);
        use(bulkhead, 100, 1);

        for (int i = 0; i < 200; i++) {
            use(bulkhead, 100, 10 + i);
        }

        assertThat(bulkhead.limit()).isGreaterThanOrEqualTo(4);
    }

    /** Counts what is under way; the caller ends it. */
    private static final class Counted implements Answers {
        private final Answers answers;
        private final AtomicInteger asked = new AtomicInteger();

        Counted(Answers answers) {
            this.answers = answers;
        }

        @Override
        public Answer at(long nanos, Random random, int calls) {
            asked.incrementAndGet();
            return answers.at(nanos, random, calls);
        }
    }

    @Test
    void aNodeThatHangsHoldsSoManyCallsAndAllOthersAreServed() throws InterruptedException {
        Counted hangs = new Counted((nanos, random, calls) -> Answer.served(Duration.ofHours(1)));
        Counted well = new Counted((nanos, random, calls) -> Answer.served(quick(random)));
        SimulatedTraffic traffic = new SimulatedTraffic(1).node("n0", hangs).node("n1", well);
        List<Long> took = new ArrayList<>();
        RpcPoolBuilder settings =
                traffic.settings().selection(SelectionStrategy.priority()).maxConnections(16);
        try (RpcPool pool = settings.open()) {
            traffic.run(200, random -> {
                long began = traffic.now();
                assertThat(pool.call("eth_x").node()).isEqualTo("n1");
                took.add(traffic.now() - began);
            });
        }

        assertThat(hangs.asked).hasValueLessThanOrEqualTo(16);
        assertThat(took.stream().filter(nanos -> nanos < SECOND).count()).isGreaterThanOrEqualTo(184);
    }

    @Test
    void whoComesFirstIsServedFirst() throws InterruptedException {
        SimulatedTraffic traffic =
                new SimulatedTraffic(1).node("n0", (nanos, random, calls) -> Answer.served(Duration.ofMillis(10)));
        List<Integer> order = new ArrayList<>();
        AtomicInteger came = new AtomicInteger();
        try (RpcPool pool = traffic.settings().maxConnections(1).open()) {
            traffic.run(50, random -> {
                int place = came.getAndIncrement();
                pool.call("eth_x");
                order.add(place);
                pool.call("eth_x"); // who comes again goes to the end of the line
                order.add(50 + place);
            });
        }

        assertThat(order).isSorted().hasSize(100);
    }

    @Test
    void whoWaitsForOneNodeKeepsNobodyFromAnother() throws InterruptedException {
        SimulatedTraffic traffic = new SimulatedTraffic(1)
                .node("n0", (nanos, random, calls) -> Answer.served(Duration.ofSeconds(3)))
                .node("n1", (nanos, random, calls) -> Answer.served(Duration.ofMillis(10)));
        List<Long> others = new ArrayList<>();
        AtomicInteger came = new AtomicInteger();
        RpcPoolBuilder settings = traffic.settings().maxConnections(1).attempts(1);
        settings.selection((candidates, random) -> 0);
        try (RpcPool pool = settings.open()) {
            traffic.run(12, random -> {
                int place = came.getAndIncrement();
                if (place > 0) {
                    traffic.sleep(place * 1_000_000L);
                }
                pool.call("eth_x");
                others.add(traffic.now());
            });
        }

        assertThat(others.stream().filter(at -> at < SECOND).count()).isEqualTo(11);
    }
}
