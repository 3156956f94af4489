package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.faults.Fault;
import dev.tocsin.rpcpool.faults.FaultyNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What goes wrong at three nodes, changing all the time, by a seed. Of two spells one has a single bad node and one has two, one of
 * which lies. Once there is a blackout, in which no node answers at all. Counts the sockets meanwhile.
 */
final class WireWeather implements AutoCloseable {

    private static final Duration SPELL = Duration.ofMillis(300);
    private static final Duration LOOK = Duration.ofMillis(25);
    private static final Duration BLACKOUT = Duration.ofSeconds(4);
    private static final Duration FOR_EVER = Duration.ofMinutes(1); // longer than any call may last
    private static final int BLACKOUT_AFTER = 8; // spells
    private static final Fault LATENCY = Fault.latency(Duration.ofMillis(1), Duration.ofMillis(4));
    private static final String RAW = "eth_sendRawTransaction";

    private static final List<Function<Random, Fault>> BAD = List.of(
            random ->
                    Fault.stall(Duration.ofMillis(200 + random.nextInt(1_500))).share(0.3),
            random -> Fault.stall(FOR_EVER).share(0.05),
            random -> Fault.reset().share(0.5),
            random -> Fault.reset(),
            random -> Fault.tooManyRequests(Duration.ofSeconds(1)).share(0.3),
            random -> Fault.http(500, "").share(0.5),
            random -> Fault.http(503, "<html>Service Unavailable</html>"),
            random -> Fault.http(200, "{\"jsonrpc\":\"2.0\",\"id\":").share(0.5),
            random -> Fault.truncated().share(0.5),
            random -> Fault.lostAnswer().share(0.5),
            random -> Fault.lostAnswer().on(RAW),
            random -> Fault.error(-32603, "internal error").share(0.5),
            random -> Fault.error(-32603, "internal error").on(RAW),
            random -> Fault.lag(1 + random.nextInt(4)),
            random -> Fault.batch(Fault.BatchReply.REVERSED),
            random -> Fault.batch(Fault.BatchReply.values()[random.nextInt(Fault.BatchReply.values().length)]));

    private final List<FaultyNode> nodes;
    private final Random random;
    private final Thread thread = Thread.ofVirtual().unstarted(this::run);
    private volatile boolean blackoutBegan;
    private volatile boolean blackoutEnded;
    private volatile long blackoutFrom;
    private volatile long blackoutTo;
    private volatile int mostSockets;
    private volatile boolean isOver;

    WireWeather(List<FaultyNode> nodes, long seed) {
        this.nodes = nodes;
        this.random = new Random(seed);
    }

    WireWeather start() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            for (int spell = 0; !isOver; spell++) {
                if (spell == BLACKOUT_AFTER) {
                    blackout();
                }
                change(spell);
                watch(SPELL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void change(int spell) {
        int liar = random.nextInt(nodes.size());
        int other = spell % 2 == 0 ? liar : random.nextInt(nodes.size());
        for (int i = 0; i < nodes.size(); i++) {
            List<Fault> faults = new ArrayList<>(List.of(LATENCY));
            if (i == liar || i == other) {
                faults.add(BAD.get(random.nextInt(BAD.size())).apply(random));
            }
            if (i == liar) {
                faults.add(Fault.wrong("\"0xbad" + i + '"').on(WireTraffic.AGREED)); // each has a lie of its own
            }
            nodes.get(i).inject(faults.toArray(Fault[]::new));
        }
    }

    private void blackout() throws InterruptedException {
        blackoutFrom = System.nanoTime();
        blackoutBegan = true;
        nodes.forEach(node -> node.inject(Fault.stall(FOR_EVER)));
        watch(BLACKOUT);
        blackoutTo = System.nanoTime();
        blackoutEnded = true;
    }

    private void watch(Duration time) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        while (!isOver && System.nanoTime() < end) {
            nodes.forEach(node -> mostSockets = Math.max(mostSockets, node.openConnections()));
            TimeUnit.NANOSECONDS.sleep(LOOK.toNanos()); // the faults stay for a while
        }
    }

    /** Whether nobody could have answered a call for a part of the time between. */
    boolean isBlackout(long fromNanos, long toNanos) {
        return blackoutBegan && toNanos - blackoutFrom >= 0 && (!blackoutEnded || fromNanos - blackoutTo <= 0);
    }

    boolean hadBlackout() {
        return blackoutEnded;
    }

    /** The most that were open at one node at one time. */
    int mostSockets() {
        return mostSockets;
    }

    @Override
    public void close() {
        isOver = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        nodes.forEach(FaultyNode::heal);
    }
}
