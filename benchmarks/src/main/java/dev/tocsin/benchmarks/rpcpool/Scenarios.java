package dev.tocsin.benchmarks.rpcpool;

import dev.tocsin.rpcpool.faults.Fault;
import dev.tocsin.rpcpool.faults.FaultyNode;
import dev.tocsin.testsupport.AnvilNode;
import java.io.IOException;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What happens to three nodes, each a front of one Anvil with 5 to 10 ms of latency, and what a client makes of it. */
final class Scenarios implements AutoCloseable {

    static final int CALLERS = 8;
    private static final int SENDERS = 8;
    private static final int SENDS = 100;
    private static final int CALLS_OF_THE_DEAD = 400;
    private static final long ANY = 1_000_000_000;
    private static final String RICH = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266"; // Anvil's first account
    private static final Fault LATENCY = Fault.latency(Duration.ofMillis(5), Duration.ofMillis(10));

    private final AnvilNode anvil;
    private final FaultyNode first;
    private final FaultyNode second;
    private final FaultyNode third;
    private int series; // of accounts, so that nobody's transactions are in another's way

    Scenarios() throws InterruptedException {
        anvil = AnvilNode.builder().blockTime(Duration.ofSeconds(1)).start();
        first = FaultyNode.before(anvil.uri(), 1);
        second = FaultyNode.before(anvil.uri(), 2);
        third = FaultyNode.before(anvil.uri(), 3);
        anvil.mine(100);
        heal();
    }

    /** What a client made of it, for people; and the figure that is compared. */
    record Outcome(String text, double figure) {}

    /** The times of one client: healthy, one node stalling always, one stalling in 5 of 100 calls. */
    record Stalls(Outcome healthy, Outcome always, Outcome sometimes) {}

    private List<String> urls() {
        return List.of(
                first.uri().toString(), second.uri().toString(), third.uri().toString());
    }

    private void heal() {
        List.of(first, second, third).forEach(node -> {
            node.heal();
            node.inject(LATENCY);
            node.forget();
        });
    }

    private long requests() {
        return first.requests() + second.requests() + third.requests();
    }

    /** A client that has been in use for a while. */
    private Peer warm(Peer.Kind kind, long millis) throws IOException {
        heal();
        Peer peer = Peer.start(kind, urls());
        peer.load("balance", ANY, millis, CALLERS);
        return peer;
    }

    Stalls stalls(Peer.Kind kind) throws IOException {
        try (Peer peer = warm(kind, 2_500)) {
            Outcome healthy = timed(peer, 3_000);
            if (kind == Peer.Kind.WEB3J) {
                return new Stalls(healthy, new Outcome("–", Double.NaN), new Outcome("–", Double.NaN));
            }
            first.inject(LATENCY, Fault.stall(Duration.ofSeconds(2)));
            peer.load("balance", ANY, 5_000, CALLERS);
            Outcome always = timed(peer, 5_000);
            first.inject(LATENCY, Fault.stall(Duration.ofSeconds(2)).share(0.05));
            peer.load("balance", ANY, 5_000, CALLERS);
            return new Stalls(healthy, always, timed(peer, 5_000));
        }
    }

    private Outcome timed(Peer peer, long millis) throws IOException {
        long before = requests();
        Load load = peer.load("balance", ANY, millis, CALLERS);
        double share = (double) (requests() - before) / load.samples().size();
        String errors = load.errors() == 0 ? "" : ", " + load.errors() + " errors";
        String text = String.format(
                Locale.ROOT,
                "%s (%,d calls, ×%.2f)%s",
                load.times(),
                load.samples().size(),
                share,
                errors);
        return new Outcome(text, load.percentile(99));
    }

    /** The first node resets every connection: errors for the caller, and how often it was asked. */
    Outcome dead(Peer.Kind kind) throws IOException {
        try (Peer peer = warm(kind, 1_000)) {
            first.inject(Fault.reset());
            first.forget();
            Load load = peer.load("balance", CALLS_OF_THE_DEAD, 60_000, CALLERS);
            return new Outcome(
                    load.errors() + " errors, asked " + first.requests() + " times, p99 "
                            + Math.round(load.percentile(99)) + " ms",
                    load.errors());
        }
    }

    /** The first node says 429 and Retry-After: 5; how often it is asked in those 5 s. */
    Outcome limited(Peer.Kind kind) throws IOException {
        try (Peer peer = warm(kind, 1_000)) {
            first.inject(LATENCY, Fault.tooManyRequests(Duration.ofSeconds(5)));
            first.forget();
            Load load = peer.load("balance", ANY, 5_000, CALLERS);
            return new Outcome(
                    String.format(
                            Locale.ROOT,
                            "%d errors, asked %d times (%,d calls)",
                            load.errors(),
                            first.requests(),
                            load.samples().size()),
                    first.requests());
        }
    }

    /** The first node is gone every other 0.7 s, the second is 10 blocks behind: heads that go back, read by one caller. */
    Outcome lagging(Peer.Kind kind) throws IOException {
        try (Peer peer = warm(kind, 1_000)) {
            first.inject(LATENCY, Fault.reset().flapping(Duration.ofMillis(700)));
            second.inject(LATENCY, Fault.lag(10));
            Load load = peer.load("head", ANY, 6_000, 1);
            return new Outcome(
                    load.backward() + " of " + load.samples().size() + ", " + load.errors() + " errors",
                    load.backward());
        }
    }

    /** The first node takes every transaction and loses the answer: what clients call failed though it is in a block. */
    Outcome lostAnswers(Peer.Kind kind) throws IOException, InterruptedException {
        heal();
        Transactions transactions = Transactions.signed(anvil, SENDERS, SENDS, ++series);
        first.inject(LATENCY, Fault.lostAnswer().on("eth_sendRawTransaction"));
        try (Peer peer = Peer.start(kind, urls())) {
            List<String> outcomes = peer.send(transactions.lanes());
            transactions.awaitMined(anvil);
            long wrong = outcomes.stream().filter(said -> !said.equals("ok")).count();
            return new Outcome(wrong + " of " + outcomes.size(), wrong);
        }
    }

    /** A batch of the head and a balance, answered in reverse order. */
    Outcome reversedBatch(Peer.Kind kind) throws IOException, InterruptedException {
        heal();
        BigInteger truth = new BigInteger(
                anvil.rpc("eth_getBalance", RICH, "latest").asString().substring(2), 16);
        try (Peer peer = Peer.start(kind, urls())) {
            List.of(first, second, third).forEach(node -> node.inject(LATENCY, Fault.batch(Fault.BatchReply.REVERSED)));
            Optional<BigInteger> balance = peer.balanceInABatch(RICH);
            if (balance.isEmpty()) {
                return new Outcome("refused", 0);
            }
            boolean isRight = balance.get().equals(truth);
            return new Outcome(isRight ? "right" : "**wrong**: balance " + balance.get() + " wei", isRight ? 0 : 1);
        }
    }

    /** Two clients over the first node alone, in turns. */
    PairedLoads paired() throws IOException {
        heal();
        List<String> one = urls().subList(0, 1);
        try (Peer tocsin = Peer.start(Peer.Kind.TOCSIN, one);
                Peer web3j = Peer.start(Peer.Kind.WEB3J, one)) {
            return PairedLoads.of(tocsin, web3j);
        }
    }

    @Override
    public void close() {
        first.close();
        second.close();
        third.close();
        anvil.close();
    }
}
