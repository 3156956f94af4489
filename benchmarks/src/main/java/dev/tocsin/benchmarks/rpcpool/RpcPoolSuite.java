package dev.tocsin.benchmarks.rpcpool;

import dev.tocsin.benchmarks.rpcpool.Peer.Kind;
import dev.tocsin.benchmarks.rpcpool.Scenarios.Outcome;
import dev.tocsin.benchmarks.rpcpool.Scenarios.Stalls;
import dev.tocsin.rpcpool.BatchGain;
import dev.tocsin.rpcpool.PoolOverhead;
import dev.tocsin.testsupport.AnvilNode;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The suite {@code rpc-pool}: Tocsin's pool and its peers, each in a process of its own, over the same three nodes while these misbehave; then
 * what the pool itself costs. Prints the tables as Markdown, and last a line that begins with {@code RESULT}.
 */
final class RpcPoolSuite {

    private final Map<String, Map<Kind, Outcome>> rows = new LinkedHashMap<>();

    private RpcPoolSuite() {}

    public static void main(String[] args) throws Exception {
        if (List.of(args).equals(List.of("own"))) {
            System.out.println(Own.measure().tables());
        } else {
            new RpcPoolSuite().run();
        }
    }

    /** What is measured without peers. */
    private record Own(PoolOverhead.Figures overhead, ClassifierCost classifier, BatchGain batching) {

        static Own measure() throws Exception {
            return new Own(PoolOverhead.measure(), ClassifierCost.measure(), BatchGain.measure());
        }

        String tables() {
            return String.join("\n\n", overhead.table(), classifier.table(), batching.table());
        }
    }

    private interface Scenario {
        Outcome of(Kind kind) throws Exception;
    }

    private void run() throws Exception {
        PairedLoads paired;
        try (Scenarios scenarios = new Scenarios()) {
            try (Peer node = Peer.start(Kind.VIEM, List.of("http://127.0.0.1:1"))) {
                System.out.println("Peers: " + node.versions() + "; Anvil " + AnvilNode.VERSION);
            }
            paired = scenarios.paired();
            stalls(scenarios);
            List<Kind> pools = new ArrayList<>(List.of(Kind.values()));
            pools.remove(Kind.WEB3J);
            row("node 1 resets every connection, 400 calls", pools, scenarios::dead);
            row("node 1 says 429, Retry-After 5, for 5 s", pools, scenarios::limited);
            row("node 1 comes and goes, node 2 is 10 behind: heads that go back", pools, scenarios::lagging);
            row("taken, answer lost: called failed, of 100", List.of(Kind.values()), scenarios::lostAnswers);
            row(
                    "batch answered in reverse",
                    List.of(Kind.TOCSIN, Kind.VIEM, Kind.ETHERS_Q1, Kind.WEB3J),
                    scenarios::reversedBatch);
        }
        Own own = Own.measure();
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        System.out.printf(Locale.ROOT, "Load at the end: %.2f%n", load);
        print(paired, own);
    }

    private void stalls(Scenarios scenarios) throws Exception {
        Map<Kind, Outcome> healthy = new EnumMap<>(Kind.class);
        Map<Kind, Outcome> always = new EnumMap<>(Kind.class);
        Map<Kind, Outcome> sometimes = new EnumMap<>(Kind.class);
        for (Kind kind : Kind.values()) {
            Stalls stalls = scenarios.stalls(kind);
            healthy.put(kind, stalls.healthy());
            always.put(kind, stalls.always());
            sometimes.put(kind, stalls.sometimes());
        }
        rows.put("healthy, p50 / p99 ms", healthy);
        rows.put("node 1 stalls 2 s always, p50 / p99 ms", always);
        rows.put("node 1 stalls 2 s in 5 %, p50 / p99 ms", sometimes);
    }

    private void row(String title, List<Kind> kinds, Scenario scenario) throws Exception {
        Map<Kind, Outcome> row = new EnumMap<>(Kind.class);
        for (Kind kind : kinds) {
            row.put(kind, scenario.of(kind));
        }
        rows.put(title, row);
    }

    private double figure(String titleStart, Kind kind) {
        for (Map.Entry<String, Map<Kind, Outcome>> row : rows.entrySet()) {
            Outcome outcome = row.getValue().get(kind);
            if (row.getKey().startsWith(titleStart) && outcome != null) {
                return outcome.figure();
            }
        }
        throw new IllegalStateException("no row " + titleStart + " of " + kind);
    }

    private void print(PairedLoads paired, Own own) {
        System.out.println(
                "Each client in a process of its own, " + Scenarios.CALLERS
                        + " callers (virtual threads on the JVM), one Anvil with 1 s blocks behind three fronts with 5 to 10 ms latency.\n");
        StringBuilder head = new StringBuilder("| scenario |");
        for (Kind kind : Kind.values()) {
            head.append(' ').append(kind.title()).append(" |");
        }
        System.out.println(head + "\n" + "|---".repeat(Kind.values().length + 1) + "|");
        rows.forEach((title, row) -> {
            StringBuilder line = new StringBuilder("| " + title + " |");
            for (Kind kind : Kind.values()) {
                Outcome outcome = row.get(kind);
                line.append(' ').append(outcome == null ? "–" : outcome.text()).append(" |");
            }
            System.out.println(line);
        });
        System.out.printf(
                Locale.ROOT,
                "%n| one healthy node, in turns | p50 / p99 ms | calls |%n|---|---|---|%n| Tocsin | %s | %,d |%n| web3j HttpService | %s | %,d |%n%n"
                        + "Ratio of the medians %.3f; by round %.3f to %.3f, median %.3f.%n%n%s%n",
                paired.tocsin().times(),
                paired.tocsin().samples().size(),
                paired.web3j().times(),
                paired.web3j().samples().size(),
                paired.ratio(),
                paired.ratios().getFirst(),
                paired.ratios().getLast(),
                paired.ratios().get(paired.ratios().size() / 2),
                own.tables());
        System.out.printf(
                Locale.ROOT,
                "%nRESULT rpc-pool healthy_p50_vs_web3j=%.2f stall_p99_vs_healthy=%.2f dead_node_errors=%d lost_response_false_errors=%d overhead_us=%.2f calls_per_s=%.0f%n",
                paired.ratio(),
                Math.max(stall(Kind.TOCSIN), stall(Kind.TOCSIN_ORDER)),
                Math.round(Math.max(figure("node 1 resets", Kind.TOCSIN), figure("node 1 resets", Kind.TOCSIN_ORDER))),
                Math.round(Math.max(figure("taken", Kind.TOCSIN), figure("taken", Kind.TOCSIN_ORDER))),
                own.overhead().microsPerCall(),
                own.overhead().callsPerSecond());
    }

    /** The worse of the two, against what is healthy in the same arrangement. */
    private double stall(Kind kind) {
        return Math.max(figure("node 1 stalls 2 s always", kind), figure("node 1 stalls 2 s in 5 %", kind))
                / figure("healthy", kind);
    }
}
