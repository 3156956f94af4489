package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.testsupport.MutableClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.node.StringNode;

/** Pools of 1 to 5 nodes that fail at random, each by its own seed, in virtual time. */
class RandomFaultsTest {

    private static final Set<String> CHECKS = Set.of(
            "eth_chainId",
            "eth_blockNumber",
            "eth_getBlockByNumber",
            "eth_syncing",
            "net_peerCount",
            "web3_clientVersion");
    private static final int SEEDS = 2_000;
    private static final int CALLS = 25;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Duration TIMEOUT = Duration.ofSeconds(6);

    /** Its threads are its own: other tests count those that are left. */
    @AfterAll
    static void close() throws InterruptedException {
        CLIENT.shutdownNow();
        assertThat(CLIENT.awaitTermination(Duration.ofSeconds(10))).isTrue();
    }

    @TestFactory
    List<DynamicTest> whateverNodesDoTheRulesHold() {
        return IntStream.range(0, 20)
                .mapToObj(tenth -> DynamicTest.dynamicTest("seeds from " + tenth * SEEDS / 20, () -> {
                    for (int seed = tenth * SEEDS / 20; seed < (tenth + 1) * SEEDS / 20; seed++) {
                        run(seed);
                    }
                }))
                .toList();
    }

    /** What a node does with a call. */
    private enum Fault {
        NONE,
        REFUSED,
        RESET,
        STALL,
        LIMIT,
        INTERNAL
    }

    /** Nodes without a network: each has a mood that lasts for some calls, and a chain. */
    private static final class FaultyNodes implements WithoutBatches {
        private final Random random;
        private final MutableClock clock;
        private final Map<String, Fault> moods = new ConcurrentHashMap<>();
        private final Map<String, Long> chains = new ConcurrentHashMap<>();
        private final Set<String> away = ConcurrentHashMap.newKeySet(); // failed since they last named their chain
        private final Set<String> unverified = ConcurrentHashMap.newKeySet(); // got a call though they were away
        private final List<String> trail = new ArrayList<>(); // calls that are no checks; one caller

        FaultyNodes(long seed, MutableClock clock) {
            this.random = new Random(seed);
            this.clock = clock;
        }

        /** Between calls, so that it depends on the seed alone. */
        void change(List<String> names) {
            for (String name : names) {
                if (random.nextInt(3) == 0) {
                    boolean fine = random.nextInt(3) == 0;
                    moods.put(name, fine ? Fault.NONE : Fault.values()[random.nextInt(Fault.values().length)]);
                }
                if (random.nextInt(20) == 0) {
                    chains.put(name, moods.get(name) == Fault.REFUSED ? 5L : chains.getOrDefault(name, 1L));
                }
            }
        }

        @Override
        public CallOutcome call(String name, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
                throws NodeFailure {
            boolean check = CHECKS.contains(call.method());
            Fault fault = moods.getOrDefault(name, Fault.NONE);
            if (!check) {
                trail.add(name + " " + call.params().getFirst() + " " + fault + " " + chains.getOrDefault(name, 1L));
            }
            if (!check && away.contains(name)) {
                unverified.add(name);
            }
            if (fault == Fault.NONE && call.method().equals("eth_chainId")) {
                away.remove(name);
            } else if (List.of(Fault.REFUSED, Fault.RESET, Fault.STALL).contains(fault)) {
                away.add(name);
            }
            clock.advance(fault == Fault.STALL ? timeout : Duration.ofMillis(5));
            return switch (fault) {
                case REFUSED -> throw new NodeFailure(NodeFailure.Kind.NOT_SENT, "refused");
                case RESET -> throw new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "reset");
                case STALL -> throw new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "no answer");
                case LIMIT ->
                    throw NodeFailure.unable(
                            new CallOutcome.Rejected(-32005, "limit", null, name, ErrorClass.RATE_LIMITED));
                case INTERNAL ->
                    throw NodeFailure.unable(
                            new CallOutcome.Rejected(-32603, "internal", null, name, ErrorClass.NODE_ERROR));
                case NONE -> answer(name, call);
            };
        }

        @Override
        public HttpClient client() {
            return CLIENT;
        }

        private CallOutcome answer(String name, RpcCall call) {
            String text = switch (call.method()) {
                case "eth_chainId" -> "0x" + Long.toHexString(chains.getOrDefault(name, 1L));
                case "eth_blockNumber" -> "0x1";
                case "eth_syncing", "eth_getBlockByNumber", "net_peerCount", "web3_clientVersion" -> "nothing";
                default -> "echo " + call.params().getFirst();
            };
            return new CallOutcome.Answered(RpcResult.of(StringNode.valueOf(text), name, Duration.ZERO));
        }

        @Override
        public void close() {}
    }

    /** Waiting lets virtual time pass; nobody is asked twice. */
    private record VirtualSleep(MutableClock clock) implements Timer {
        @Override
        public Runnable after(Duration time, Runnable task) {
            return () -> {};
        }

        @Override
        public void sleep(long nanos) {
            clock.advance(Duration.ofNanos(nanos));
        }

        @Override
        public void close() {}
    }

    private static void run(int seed) throws InterruptedException {
        Random random = new Random(seed);
        MutableClock clock = MutableClock.at("2026-01-01T00:00:00Z");
        FaultyNodes nodes = new FaultyNodes(seed, clock);
        int attempts = 1 + random.nextInt(5);
        RpcPoolBuilder settings = RpcPool.builder()
                .chain(1)
                .attempts(attempts)
                .callTimeout(TIMEOUT)
                .retryDelay(Duration.ZERO)
                .healthCheckEvery(Duration.ofHours(1));
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(5); i++) {
            String url = "http://n" + i;
            names.add("n" + i);
            if (i == 0 || random.nextBoolean()) {
                settings.primary(url);
            } else {
                settings.fallback(url);
            }
        }
        settings.transports = (any, headers) -> nodes;
        settings.timer = () -> new VirtualSleep(clock);
        settings.clock = clock;
        settings.nanoTicker = clock.nanoTicker();
        try (RpcPool pool = settings.open()) {
            for (int i = 0; i < CALLS; i++) {
                nodes.change(names);
                call(pool, nodes, clock, attempts, "seed " + seed + " call " + i, random.nextBoolean(), names);
            }
        }
    }

    private static void call(
            RpcPool pool,
            FaultyNodes nodes,
            MutableClock clock,
            int attempts,
            String key,
            boolean once,
            List<String> names)
            throws InterruptedException {
        nodes.trail.clear();
        long began = clock.nanos();
        boolean mustServe = !once
                && attempts >= names.size()
                && names.stream()
                        .anyMatch(name -> nodes.moods.getOrDefault(name, Fault.NONE) == Fault.NONE
                                && nodes.chains.getOrDefault(name, 1L) == 1
                                && isKnownOfChain(pool, name));
        boolean ambiguous = false;
        boolean served = false;
        try {
            assertThat(pool.call(once ? "eth_sendRawTransaction" : "eth_x", key).asText())
                    .isEqualTo("echo " + key);
            served = true;
        } catch (NoNodeException e) {
            ambiguous = e.isAmbiguous();
        } catch (RpcRejectedException e) {
            ambiguous = e.isAmbiguous();
        }
        Duration took = Duration.ofNanos(clock.nanos() - began);
        assertThat(took).as(key).isLessThanOrEqualTo(TIMEOUT.plusMillis(50));
        assertThat(nodes.trail).as(key).hasSizeLessThanOrEqualTo(attempts);
        assertThat(nodes.unverified).as(key).isEmpty();
        assertThat(served || !mustServe).as("%s served %s", key, nodes.trail).isTrue();
        expectOneTaker(nodes.trail, once, served, ambiguous);
    }

    private static boolean isKnownOfChain(RpcPool pool, String name) {
        return pool.status().nodes().stream()
                .anyMatch(node -> node.name().equals(name) && node.state() != NodeState.WRONG_CHAIN);
    }

    /** What changes something reaches at most one node that may have taken it, and the caller is told when that is not known. */
    private static void expectOneTaker(List<String> trail, boolean once, boolean served, boolean ambiguous) {
        long taken = trail.stream()
                .filter(step -> Stream.of(Fault.NONE, Fault.RESET, Fault.STALL, Fault.INTERNAL)
                        .anyMatch(fault -> step.contains(" " + fault + " ")))
                .count();
        if (once) {
            assertThat(taken).as("%s", trail).isLessThanOrEqualTo(1L);
            assertThat(ambiguous).as("%s", trail).isEqualTo(taken == 1 && !served);
        } else {
            assertThat(ambiguous).isFalse();
        }
    }
}
