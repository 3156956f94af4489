package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.transport.Cancellation;
import dev.tocsin.rpcpool.internal.transport.CoolDown;
import dev.tocsin.rpcpool.internal.transport.NodeFailure;
import dev.tocsin.rpcpool.internal.transport.Timer;
import dev.tocsin.rpcpool.internal.transport.Transport;
import dev.tocsin.testsupport.MutableClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.StringNode;

/**
 * Many callers at once over nodes without a network, in virtual time. Each caller has a thread, but only one runs at a time: who waits hands
 * over to the one whose waiting ends next, so a seed decides all. Without second requests, whose races wait in real time.
 */
final class SimulatedTraffic implements Transport, Timer {

    static final CoolDown NO_HINT = new CoolDown(Duration.ofSeconds(1), Duration.ZERO);

    private final MutableClock clock = MutableClock.at("2026-01-01T00:00:00Z");
    private final Map<Thread, Caller> callers = new ConcurrentHashMap<>();
    private final Map<String, Answers> nodes = new HashMap<>();
    private final Map<String, RateLimit> limits = new HashMap<>();
    private final PriorityQueue<Wait> waits =
            new PriorityQueue<>(Comparator.comparingLong(Wait::at).thenComparing(Wait::order));
    private final Semaphore allDone = new Semaphore(0);
    private final HttpClient client = HttpClient.newHttpClient(); // for the feed of heads, which is not used
    private final Random random;
    private final List<Throwable> errors = new ArrayList<>();
    private long elapsed;
    private long order;

    /** What a node does with a request: how long it takes, and whether it is served. */
    @FunctionalInterface
    interface Answers {
        Answer at(long nanos, Random random, int calls);
    }

    /** After a time an answer, or a failure. */
    record Answer(Duration took, NodeFailure failure) {
        static Answer served(Duration took) {
            return new Answer(took, null);
        }

        static Answer reset(Duration took) {
            return new Answer(took, new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "connection broke"));
        }

        static Answer tooMany(Duration told) {
            return tooMany(new CoolDown(told, told));
        }

        static Answer tooMany(CoolDown coolDown) {
            return new Answer(
                    Duration.ofMillis(2),
                    new NodeFailure(NodeFailure.Kind.LIMITED, "HTTP 429").coolingDown(Optional.of(coolDown)));
        }
    }

    /** A caller's doings. */
    @FunctionalInterface
    interface Doings {
        void run(Random random) throws InterruptedException;
    }

    private static final class Caller {
        private final Semaphore turn = new Semaphore(0);
        private Wait wait;
        private boolean isWoken;
    }

    private record Wait(long at, long order, Caller caller) {}

    SimulatedTraffic(long seed) {
        random = new Random(seed);
    }

    SimulatedTraffic node(String name, Answers answers) {
        nodes.put(name, answers);
        return this;
    }

    /** Tells the pool what a node may be asked. */
    SimulatedTraffic limit(String name, RateLimit limit) {
        limits.put(name, limit);
        return this;
    }

    private NodeSettings settings(String name) {
        NodeSettings node = NodeSettings.of("http://" + name);
        return limits.containsKey(name) ? node.withRateLimit(limits.get(name)) : node;
    }

    RpcPoolBuilder settings() {
        RpcPoolBuilder settings = RpcPool.builder().chain(1).hedges(0).healthCheckEvery(Duration.ofHours(1));
        nodes.keySet().stream().sorted().forEach(name -> settings.primary(settings(name)));
        settings.transports = (any, headers) -> this;
        settings.timer = () -> this;
        settings.clock = clock;
        settings.nanoTicker = clock.nanoTicker();
        settings.random = random::nextLong;
        return settings;
    }

    /** Since the beginning. */
    long now() {
        return elapsed;
    }

    /** Runs callers until each has done what it does; throws what they throw. */
    void run(int count, Doings doings) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            Caller caller = new Caller();
            Random own = new Random(random.nextLong());
            Thread thread = Thread.ofVirtual().unstarted(() -> {
                caller.turn.acquireUninterruptibly();
                try {
                    doings.run(own);
                } catch (InterruptedException | RuntimeException | AssertionError e) {
                    errors.add(e);
                }
                callers.remove(Thread.currentThread());
                next();
            });
            callers.put(thread, caller);
            waits.add(new Wait(elapsed, order++, caller));
            thread.start();
        }
        next();
        if (!allDone.tryAcquire(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the callers hang");
        }
        if (!errors.isEmpty()) {
            throw new AssertionError(errors.size() + " calls failed", errors.getFirst());
        }
    }

    private void next() {
        Wait first = waits.poll();
        if (first == null) {
            allDone.release();
            return;
        }
        if (first.at > elapsed) {
            clock.advance(Duration.ofNanos(first.at - elapsed));
            elapsed = first.at;
        }
        first.caller.turn.release();
    }

    private void pass(long nanos) {
        Caller me = callers.get(Thread.currentThread());
        if (me == null) {
            return; // a check: takes no time
        }
        me.wait = new Wait(elapsed + Math.max(0, nanos), order++, me);
        waits.add(me.wait);
        next();
        me.turn.acquireUninterruptibly();
        me.wait = null;
    }

    @Override
    public void sleep(long nanos) {
        pass(nanos);
    }

    @Override
    public void park(long nanos) {
        Caller me = callers.get(Thread.currentThread());
        if (!me.isWoken) {
            pass(nanos);
        }
        me.isWoken = false;
    }

    @Override
    public void unpark(Thread thread) {
        Caller caller = callers.get(thread);
        if (caller == null) {
            return;
        }
        caller.isWoken = true;
        if (caller.wait != null && waits.remove(caller.wait)) {
            caller.wait = new Wait(elapsed, order++, caller);
            waits.add(caller.wait);
        }
    }

    @Override
    public Runnable after(Duration time, Runnable task) {
        return () -> {};
    }

    @Override
    public CallOutcome call(String name, URI url, RpcCall call, Duration timeout, Cancellation cancellation)
            throws NodeFailure {
        if (!callers.containsKey(Thread.currentThread()) || call.method().equals("eth_chainId")) {
            return answer("0x1", name);
        }
        wait(name, 1, timeout);
        return answer("0x7", name);
    }

    @Override
    public List<Optional<CallOutcome>> items(
            String name, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation) throws NodeFailure {
        wait(name, calls.size(), timeout);
        return calls.stream().map(call -> Optional.of(answer("0x7", name))).toList();
    }

    private void wait(String name, int calls, Duration timeout) throws NodeFailure {
        Answer answer = nodes.get(name).at(elapsed, random, calls);
        boolean late = answer.took.compareTo(timeout) > 0;
        pass((late ? timeout : answer.took).toNanos());
        if (late) {
            throw new NodeFailure(NodeFailure.Kind.MAYBE_SENT, "no answer");
        }
        if (answer.failure != null) {
            throw answer.failure;
        }
    }

    private static CallOutcome answer(String text, String name) {
        return new CallOutcome.Answered(RpcResult.of(StringNode.valueOf(text), name, Duration.ZERO));
    }

    @Override
    public HttpClient client() {
        return client;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
