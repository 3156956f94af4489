package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tocsin.rpcpool.SimulatedTraffic.Answer;
import dev.tocsin.rpcpool.SimulatedTraffic.Answers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Many callers over nodes that allow so many requests a second. */
class RateBudgetTest {

    private static final int CHECKS = 6; // what a pool asks a node when it opens, of the same budget
    private static final long SECOND = 1_000_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final int CALLERS = 30;

    private static Duration quick(Random random) {
        return Duration.ofNanos(5_000_000 + random.nextInt(5_000_000));
    }

    /** Serves so many, counted by its own clock, and refuses the others. */
    private static final class Quota implements Answers {
        private final double perSecond;
        private final double most; // that may be saved; 0: windows of a second
        private final List<Long> served = new ArrayList<>();
        private final List<Long> asked = new ArrayList<>();
        private int refused;
        private double left;
        private long last;

        static Quota bucket(double perSecond, double most) {
            return new Quota(perSecond, most);
        }

        static Quota windows(double perSecond) {
            return new Quota(perSecond, 0);
        }

        private Quota(double perSecond, double most) {
            this.perSecond = perSecond;
            this.most = most;
            this.left = most == 0 ? perSecond : most;
        }

        @Override
        public Answer at(long nanos, Random random, int calls) {
            if (most > 0) {
                left = Math.min(most, left + (nanos - last) * perSecond / SECOND);
            } else if (nanos / SECOND != last / SECOND) {
                left = perSecond;
            }
            last = nanos;
            asked.add(nanos);
            if (left < calls) {
                refused++;
                return Answer.tooMany(SimulatedTraffic.NO_HINT);
            }
            left -= calls;
            for (int i = 0; i < calls; i++) {
                served.add(nanos);
            }
            return Answer.served(quick(random));
        }
    }

    private static void callUntil(long end, SimulatedTraffic traffic, RpcPool pool) throws InterruptedException {
        traffic.run(CALLERS, random -> {
            while (traffic.now() < end) {
                pool.call("eth_x");
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"1, true", "2, true", "3, true", "1, false", "2, false", "3, false"})
    void nodesServeNineTenthsOfWhatTheyAllowAndRefuseHardlyAnything(long seed, boolean isTold)
            throws InterruptedException {
        List<Quota> quotas = List.of(Quota.bucket(50, 50), Quota.windows(100), Quota.windows(25));
        SimulatedTraffic traffic = new SimulatedTraffic(seed);
        for (int i = 0; i < 3; i++) {
            Quota quota = quotas.get(i);
            traffic.node("n" + i, quota);
            if (isTold) {
                traffic.limit("n" + i, RateLimit.requests(quota.perSecond));
            }
        }
        try (RpcPool pool = traffic.settings().open()) {
            callUntil(MINUTE, traffic, pool);
        }

        int served = quotas.stream().mapToInt(quota -> quota.served.size()).sum();
        int refused = quotas.stream().mapToInt(quota -> quota.refused).sum();
        assertThat(served).isGreaterThanOrEqualTo(175 * 60 * 9 / 10);
        assertThat((double) refused / (served + refused)).isLessThan(0.02);
    }

    @Test
    void noSecondSeesMoreThanItIsGiven() throws InterruptedException {
        Quota quota = Quota.bucket(1_000, 1_000);
        SimulatedTraffic traffic = new SimulatedTraffic(1).node("n0", quota).limit("n0", RateLimit.requests(40));
        try (RpcPool pool = traffic.settings().open()) {
            callUntil(10 * SECOND, traffic, pool);
        }

        for (int i = 40; i < quota.asked.size(); i++) {
            assertThat(quota.asked.get(i) - quota.asked.get(i - 40)).isGreaterThanOrEqualTo(SECOND);
        }
        assertThat(quota.asked).hasSizeGreaterThan(370);
    }

    @Test
    void aBatchCostsAsMuchAsItsCalls() throws InterruptedException {
        Quota quota = Quota.bucket(1_000, 1_000);
        List<RpcCall> calls = List.of(RpcCall.of("eth_call"), RpcCall.of("eth_getLogs"));
        RateLimit limit = RateLimit.units(860, MethodCosts.alchemy()); // ten batches of 26 + 60
        SimulatedTraffic traffic = new SimulatedTraffic(1).node("n0", quota).limit("n0", limit);
        try (RpcPool pool = traffic.settings().open()) {
            traffic.run(CALLERS, random -> {
                while (traffic.now() < 10 * SECOND) {
                    pool.batch(calls);
                }
            });
        }

        assertThat(quota.asked.size()).isBetween(90, 100 + CALLERS);
    }

    @Test
    void whoIsOverItsBudgetIsSkippedWhileAnotherIsNot() throws InterruptedException {
        Quota small = Quota.bucket(1_000, 1_000);
        Quota large = Quota.bucket(10_000, 10_000);
        SimulatedTraffic traffic = new SimulatedTraffic(1)
                .node("n0", small)
                .limit("n0", RateLimit.requests(10))
                .node("n1", large);
        AtomicLong slowest = new AtomicLong();
        RpcPoolBuilder settings = traffic.settings().selection(SelectionStrategy.priority());
        try (RpcPool pool = settings.open()) {
            traffic.run(CALLERS, random -> {
                while (traffic.now() < 5 * SECOND) {
                    long began = traffic.now();
                    pool.call("eth_x");
                    slowest.accumulateAndGet(traffic.now() - began, Math::max);
                }
            });
        }

        assertThat(small.asked.size()).isBetween(50 - CHECKS - 2, 50 - CHECKS); // and a head poll in two seconds
        assertThat(Duration.ofNanos(slowest.get())).isLessThan(Duration.ofMillis(11));
    }

    @Test
    void whoCannotHaveItsTurnBeforeTheDeadlineIsToldAtOnce() throws InterruptedException {
        Quota quota = Quota.bucket(1_000, 1_000);
        SimulatedTraffic traffic = new SimulatedTraffic(1).node("n0", quota).limit("n0", RateLimit.requests(10));
        RpcPoolBuilder settings = traffic.settings().callTimeout(Duration.ofSeconds(2));
        List<Long> toldAfter = new ArrayList<>();
        try (RpcPool pool = settings.open()) {
            traffic.run(CALLERS, random -> {
                long began = traffic.now();
                try {
                    pool.call("eth_x");
                } catch (NoNodeException e) {
                    assertThat(e.causes()).containsEntry("n0", "its budget is used up until the deadline");
                    toldAfter.add(traffic.now() - began);
                }
            });
        }

        assertThat(quota.asked.size()).isBetween(20 - CHECKS - 2, 20 - CHECKS);
        assertThat(toldAfter).hasSize(CALLERS - quota.asked.size()).containsOnly(0L);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void nobodyIsAskedBeforeTheTimeItHasToldAndNobodySeesAnError(int nodes) throws InterruptedException {
        SimulatedTraffic traffic = new SimulatedTraffic(nodes);
        AtomicLong refusedAt = new AtomicLong(-1);
        List<Long> asked = new ArrayList<>();
        traffic.node("n0", (nanos, random, calls) -> {
            asked.add(nanos);
            if (nanos >= 2 * SECOND && refusedAt.compareAndSet(-1, nanos)) {
                return Answer.tooMany(Duration.ofSeconds(5));
            }
            return Answer.served(quick(random).multipliedBy(5));
        });
        for (int i = 1; i < nodes; i++) {
            traffic.node(
                    "n" + i,
                    (nanos, random, calls) -> Answer.served(quick(random).multipliedBy(5)));
        }
        try (RpcPool pool = traffic.settings().open()) {
            callUntil(12 * SECOND, traffic, pool);
        }

        long told = refusedAt.get() + Duration.ofMillis(2).toNanos();
        assertThat(asked).noneMatch(at -> at > told && at < told + 5 * SECOND);
        assertThat(asked)
                .anyMatch(at -> at >= told + 5 * SECOND
                        && at <= told + Duration.ofMillis(5_100).toNanos());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whoHasToldIsNotAskedByCallersWithLessTimeEither(int nodes) throws InterruptedException {
        SimulatedTraffic traffic = new SimulatedTraffic(nodes);
        List<Long> asked = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            traffic.node("n" + i, (nanos, random, calls) -> {
                asked.add(nanos);
                return Answer.tooMany(Duration.ofSeconds(5));
            });
        }
        List<Long> took = new ArrayList<>();
        List<NoNodeException> said = new ArrayList<>();
        try (RpcPool pool =
                traffic.settings().callTimeout(Duration.ofSeconds(1)).open()) {
            traffic.run(1, random -> {
                while (traffic.now() < 4 * SECOND) {
                    long began = traffic.now();
                    said.add(catchThrowableOfType(NoNodeException.class, () -> pool.call("eth_x")));
                    took.add(traffic.now() - began);
                    traffic.sleep(SECOND / 50);
                }
            });
        }

        assertThat(asked).hasSize(nodes);
        assertThat(took.subList(1, took.size())).hasSizeGreaterThan(150).containsOnly(0L);
        assertThat(said.getLast().causes())
                .hasSize(nodes)
                .allSatisfy((node, cause) ->
                        assertThat(cause).startsWith("limits us, not to be asked before 2026-01-01T00:00:05.0"));
    }

    @Test
    void whatWasLearnedGrowsAgainOnceTheNodeAllowsMore() throws InterruptedException {
        Quota strict = Quota.windows(20);
        Quota free = Quota.bucket(1_000_000, 1_000_000);
        SimulatedTraffic traffic = new SimulatedTraffic(1);
        traffic.node("n0", (nanos, random, calls) -> (nanos < 30 * SECOND ? strict : free).at(nanos, random, calls));
        try (RpcPool pool = traffic.settings().open()) {
            callUntil(11 * MINUTE, traffic, pool);
        }

        long early = strict.served.size() / 30;
        long late = free.asked.stream().filter(at -> at >= 10 * MINUTE).count() / 60;
        assertThat(early).isBetween(17L, 20L);
        assertThat(late).isGreaterThan(20 * early);
    }

    @Test
    void limitsAreChecked() {
        assertThatThrownBy(() -> RateLimit.requests(0)).hasMessageStartingWith("requestsPerSecond must be above 0");
        assertThatThrownBy(() -> RateLimit.units(Double.NaN, MethodCosts.infura()))
                .hasMessageStartingWith("unitsPerSecond must be above 0");
    }

    @ParameterizedTest
    @CsvSource({
        "eth-mainnet.g.alchemy.com, eth_getLogs, 60",
        "eth-mainnet.g.alchemy.com, eth_sendRawTransaction, 250",
        "eth-mainnet.g.alchemy.com, debug_traceCall, 1000",
        "eth-mainnet.g.alchemy.com, eth_getBalance, 20",
        "mainnet.infura.io, eth_getLogs, 255",
        "mainnet.infura.io, trace_block, 300",
        "mainnet.infura.io, eth_unheard, 80",
        "x.ethereum.quiknode.pro, eth_getLogs, 1",
        "blockchain.googleapis.com, eth_getLogs, 50",
        "site1.moralis-nodes.com, eth_call, 3",
        "mainnet.gateway.tenderly.co, eth_call, 4",
        "example.org, eth_getLogs, 1"
    })
    void aHostTellsWhatItsProviderCounts(String host, String method, int cost) {
        assertThat(MethodCosts.ofHost(host).applyAsInt(method)).isEqualTo(cost);
    }

    @Test
    void quickNodeCountsWholeFamiliesTwice() {
        assertThat(List.of("eth_call", "trace_block", "trace_replayTransaction", "noUnderscore"))
                .extracting(MethodCosts.quickNode()::applyAsInt)
                .containsExactly(20, 40, 80, 20);
    }
}
