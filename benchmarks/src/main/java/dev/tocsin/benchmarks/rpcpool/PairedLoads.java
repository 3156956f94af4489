package dev.tocsin.benchmarks.rpcpool;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Two clients at the same work in turns, so that what else the machine does falls on both.
 *
 * @param tocsin all its calls
 * @param web3j all its calls
 * @param ratios of the medians, one for each round, ascending
 */
record PairedLoads(Load tocsin, Load web3j, List<Double> ratios) {

    private static final int ROUNDS = 12;
    private static final long WARM_UP_MILLIS = 4_000;
    private static final long ROUND_MILLIS = 800;
    private static final long ANY = 1_000_000_000;

    static PairedLoads of(Peer tocsin, Peer web3j) throws IOException {
        tocsin.load("balance", ANY, WARM_UP_MILLIS, Scenarios.CALLERS);
        web3j.load("balance", ANY, WARM_UP_MILLIS, Scenarios.CALLERS);
        List<Load.Sample> ours = new ArrayList<>();
        List<Load.Sample> theirs = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            boolean weAreFirst = round % 2 == 0;
            Load before = round(weAreFirst ? tocsin : web3j);
            Load after = round(weAreFirst ? web3j : tocsin);
            Load our = weAreFirst ? before : after;
            Load their = weAreFirst ? after : before;
            ours.addAll(our.samples());
            theirs.addAll(their.samples());
            ratios.add(our.percentile(50) / their.percentile(50));
        }
        ratios.sort(null);
        return new PairedLoads(new Load(ours, Map.of()), new Load(theirs, Map.of()), List.copyOf(ratios));
    }

    private static Load round(Peer peer) throws IOException {
        return peer.load("balance", ANY, ROUND_MILLIS, Scenarios.CALLERS);
    }

    double ratio() {
        return tocsin.percentile(50) / web3j.percentile(50);
    }
}
