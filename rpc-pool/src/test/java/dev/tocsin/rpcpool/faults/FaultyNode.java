package dev.tocsin.rpcpool.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands on loopback before a JSON-RPC node (HTTP) and makes it misbehave: late, silent, cut off, limiting, behind, out of order. Counts
 * what it is asked. Not for WebSocket nor TLS, and no place for secrets: bodies are kept.
 *
 * <p>Safe for use by many threads; faults may be changed while requests are under way, which keep those they began with. With one request at a
 * time, chance is the same for the same seed.
 */
public final class FaultyNode implements AutoCloseable {

    private static final int LOWEST_PORT = 12_000; // below those that the system gives to outgoing connections
    private static final int HIGHEST_PORT = 32_000;
    private static final int TRIES = 1_000;
    private static final int BACKLOG = 1_000;
    private static final int MOST_BODIES = 10_000;
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final Duration END = Duration.ofSeconds(5);

    private final URI upstream;
    private final Random random;
    private final LongSupplier nanoTicker;
    private final Set<Conversation> conversations = ConcurrentHashMap.newKeySet();
    private volatile Injected injected = new Injected(List.of(), 0);
    private final ReentrantLock lock = new ReentrantLock(); // guards every field below
    private final Map<String, Long> calls = new HashMap<>(); // guarded by lock
    private final Deque<String> bodies = new ArrayDeque<>(); // guarded by lock
    private long requests; // guarded by lock
    private long connections; // guarded by lock
    private @Nullable ServerSocket listener; // guarded by lock; null while connections are refused
    private @Nullable Thread accepting; // guarded by lock
    private final int port;

    /** Faults, and since when. */
    private record Injected(List<Fault> faults, long sinceNanos) {}

    private FaultyNode(URI upstream, long seed, LongSupplier nanoTicker) {
        this.upstream = upstream;
        this.random = new Random(seed);
        this.nanoTicker = nanoTicker;
        ServerSocket first = listenAnywhere();
        this.port = first.getLocalPort();
        accept(first);
    }

    /**
     * Opens a front with seed 1 on a free port, without faults.
     *
     * @param upstream the node behind, with http; it need not run yet
     * @return a front; close it
     * @throws IllegalArgumentException if that is no URL with http and a host
     */
    public static FaultyNode before(URI upstream) {
        return before(upstream, 1);
    }

    /**
     * Opens a front on a free port, without faults.
     *
     * @param upstream the node behind, with http; it need not run yet
     * @param seed what chance is made from
     * @return a front; close it
     * @throws IllegalArgumentException if that is no URL with http and a host
     */
    public static FaultyNode before(URI upstream, long seed) {
        if (!"http".equals(upstream.getScheme()) || upstream.getHost() == null) {
            throw new IllegalArgumentException("upstream must be a URL that begins with http:// and names a host");
        }
        return new FaultyNode(upstream, seed, System::nanoTime);
    }

    /**
     * Where it listens.
     *
     * @return {@code http://127.0.0.1:port}, the same over {@link #refuse} and {@link #heal}
     */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /**
     * Where it listens.
     *
     * @return a port
     */
    public int port() {
        return port;
    }

    /**
     * Sets what goes wrong from now on, instead of what did before. Of several that end a request the first one does.
     *
     * @param faults none: nothing
     */
    public void inject(Fault... faults) {
        injected = new Injected(List.of(faults), nanoTicker.getAsLong());
    }

    /** Takes all faults away, and listens. */
    public void heal() {
        inject();
        lock.lock();
        try {
            if (listener == null) {
                accept(listenAgain());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Refuses connections from now on and resets those there are, as a machine does whose node was killed; until {@link #heal}. */
    public void refuse() {
        ServerSocket last;
        Thread acceptor;
        lock.lock();
        try {
            last = listener;
            acceptor = accepting;
            listener = null;
        } finally {
            lock.unlock();
        }
        try {
            if (last != null) {
                last.close();
            }
            // the system closes a socket only when the thread inside accept has left it; until then connections succeed
            if (acceptor != null && !acceptor.join(END)) {
                throw new IllegalStateException("the node still accepts connections after " + END);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        resetConnections();
    }

    /** Resets (RST) the connections there are; new ones are accepted. */
    public void resetConnections() {
        conversations.forEach(Conversation::reset);
    }

    /**
     * How many HTTP requests came.
     *
     * @return since the start, or the last {@link #forget}
     */
    public long requests() {
        lock.lock();
        try {
            return requests;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How often a method was called, in batches as well.
     *
     * @param method such as {@code eth_call}
     * @return since the start, or the last {@link #forget}
     */
    public long calls(String method) {
        lock.lock();
        try {
            return calls.getOrDefault(method, 0L);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What was asked.
     *
     * @return the bodies of the last 10,000 requests since the start or the last {@link #forget}, oldest first
     */
    public List<String> bodies() {
        lock.lock();
        try {
            return List.copyOf(bodies);
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many connections were accepted.
     *
     * @return since the start, or the last {@link #forget}
     */
    public long connections() {
        lock.lock();
        try {
            return connections;
        } finally {
            lock.unlock();
        }
    }

    /**
     * How many connections are open.
     *
     * @return a count
     */
    public int openConnections() {
        return conversations.size();
    }

    /** Counts from zero again. */
    public void forget() {
        lock.lock();
        try {
            requests = 0;
            connections = 0;
            calls.clear();
            bodies.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses and resets connections for good. */
    @Override
    public void close() {
        refuse();
    }

    /** Notes a request; the faults that strike it. */
    List<Fault> striking(byte[] body, List<String> methods) {
        lock.lock();
        try {
            requests++;
            methods.forEach(method -> calls.merge(method, 1L, Long::sum));
            bodies.addLast(new String(body, StandardCharsets.UTF_8));
            if (bodies.size() > MOST_BODIES) {
                bodies.removeFirst();
            }
        } finally {
            lock.unlock();
        }
        Injected now = injected;
        long since = nanoTicker.getAsLong() - now.sinceNanos();
        return now.faults().stream()
                .filter(fault -> fault.isMeant(methods) && fault.isThere(since))
                .filter(fault -> fault.share() >= 1 || random.nextDouble() < fault.share())
                .toList();
    }

    long delayNanos(List<Fault> faults) {
        long sum = 0;
        for (Fault fault : faults) {
            if (fault.effect() instanceof Effect.Delay delay) {
                long width = delay.mostNanos() - delay.leastNanos();
                sum += delay.leastNanos() + (width == 0 ? 0 : random.nextLong(width + 1));
            }
        }
        return sum;
    }

    Random random() {
        return random;
    }

    void ended(Conversation conversation) {
        conversations.remove(conversation);
    }

    /** Under the lock, or in the constructor. */
    private void accept(ServerSocket from) {
        listener = from;
        accepting = Thread.ofVirtual().name("tocsin-faulty-" + port).start(() -> {
            while (!from.isClosed()) {
                try {
                    converse(from.accept(), from);
                } catch (IOException e) {
                    // closed by refuse, or a client that was gone before it was accepted
                }
            }
        });
    }

    private void converse(Socket client, ServerSocket from) {
        Conversation conversation = new Conversation(this, client, upstream);
        conversations.add(conversation);
        lock.lock();
        try {
            connections++;
        } finally {
            lock.unlock();
        }
        if (from.isClosed()) { // refused between accept and here
            conversation.reset();
        }
        Thread.ofVirtual().name("tocsin-faulty-link-" + port).start(conversation);
    }

    private static ServerSocket listenAnywhere() {
        for (int i = 0; i < TRIES; i++) {
            try {
                return listen(ThreadLocalRandom.current().nextInt(LOWEST_PORT, HIGHEST_PORT));
            } catch (IOException e) {
                // taken
            }
        }
        throw new IllegalStateException("no free port found between " + LOWEST_PORT + " and " + HIGHEST_PORT);
    }

    /** A port that was just closed may be taken for a moment still, by a connection on its way out. */
    private ServerSocket listenAgain() {
        long start = nanoTicker.getAsLong();
        while (true) {
            try {
                return listen(port);
            } catch (IOException e) {
                if (nanoTicker.getAsLong() - start > END.toNanos()) {
                    throw new UncheckedIOException("the node could not listen on port " + port, e);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), BACKLOG);
            return socket;
        } catch (BindException e) {
            socket.close();
            throw e;
        }
    }
}
