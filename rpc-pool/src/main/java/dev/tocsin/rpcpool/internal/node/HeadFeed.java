package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.internal.transport.Headers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes whoever waits for a new head, by {@code eth_subscribe newHeads} at one WebSocket node at a time; goes on to the next node
 * when one is lost or silent, with a growing pause once all have been tried. Messages are not evaluated: they are only a sign. Where there is no such
 * node, those that ask for heads {@linkplain #heard say} when there is a new one.
 *
 * <p>A quiet connection is pinged. That finds the half-open ones, and those whose end the JDK's client does not tell of: if the peer closes
 * without a Close frame while the listener is at a message, neither onClose nor onError is called (seen in JDK 25).
 */
public final class HeadFeed implements AutoCloseable {

    private static final String SUBSCRIBE =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_subscribe\",\"params\":[\"newHeads\"]}";
    private static final Duration END = Duration.ofSeconds(2);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration QUIET = Duration.ofSeconds(3); // then it is pinged, and must answer in as much
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;
    private static final int MOST_CHARS = 4_096;
    private static final Logger LOG = LoggerFactory.getLogger(HeadFeed.class);

    private final Supplier<HttpClient> client;
    private final Headers headers;
    private final Listeners listeners;
    private final List<Source> sources = new ArrayList<>();
    private final Set<Registration> waiting = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean logged = new AtomicBoolean();
    private final LongSupplier nanoTicker;
    private final RandomGenerator random;
    private final Semaphore heard = new Semaphore(0);
    private final Thread thread;

    public HeadFeed(
            Supplier<HttpClient> client,
            List<URI> urls,
            Headers headers,
            Listeners listeners,
            LongSupplier nanoTicker,
            RandomGenerator random) {
        this.client = client;
        this.headers = headers;
        this.listeners = listeners;
        this.nanoTicker = nanoTicker;
        this.random = random;
        NodeName names = new NodeName();
        urls.forEach(url -> sources.add(new Source(names.of(url), url)));
        thread = Thread.ofVirtual().name("tocsin-heads").start(urls.isEmpty() ? this::hear : this::loop);
    }

    private record Source(String name, URI url) {}

    /** Identity, so that the same callback may be registered twice. */
    private static final class Registration {
        private final Runnable wake;

        Registration(Runnable wake) {
            this.wake = wake;
        }
    }

    /** What is given back ends it. */
    public Runnable subscribe(Runnable wake) {
        Registration registration = new Registration(wake);
        waiting.add(registration);
        return () -> waiting.remove(registration);
    }

    @Override
    public void close() {
        waiting.clear();
        thread.interrupt();
        try {
            thread.join(END);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** There is a new head, those say who ask for it; for where there is no WebSocket. */
    public void heard() {
        heard.release();
    }

    public boolean hasSources() {
        return !sources.isEmpty();
    }

    /** Whether somebody waits who is only told of heads that are asked for. */
    boolean needsPolls() {
        return !hasSources() && !waiting.isEmpty();
    }

    private void hear() {
        try {
            while (true) {
                heard.acquire();
                heard.drainPermits();
                wakeAll();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // we are closing
        }
    }

    private void loop() {
        int lost = 0;
        try {
            for (int turn = 0; !Thread.currentThread().isInterrupted(); turn++) {
                boolean worked = listen(sources.get(turn % sources.size()));
                lost = worked ? 0 : lost + 1;
                wakeAll();
                if (lost > 0 && lost % sources.size() == 0) {
                    long most =
                            Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(10, lost / sources.size()));
                    TimeUnit.MILLISECONDS.sleep(most / 2 + random.nextLong(most / 2 + 1));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Listens until the source is lost; whether it ever told of a head. */
    private boolean listen(Source source) throws InterruptedException {
        Receiver receiver = new Receiver();
        CompletableFuture<WebSocket> connecting = connect(source, receiver);
        try {
            WebSocket socket = connecting.get(CONNECT.toMillis() * 2, TimeUnit.MILLISECONDS);
            socket.sendText(SUBSCRIBE, true).get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
            return follow(source, receiver, socket);
        } catch (ExecutionException | TimeoutException e) {
            listeners.onHeadSubscription(source.name(), false, "cannot connect");
            return false;
        } finally {
            CompletableFuture<Void> unused = connecting.thenAccept(WebSocket::abort); // also one that connects too late
        }
    }

    private CompletableFuture<WebSocket> connect(Source source, Receiver receiver) {
        WebSocket.Builder builder = client.get().newWebSocketBuilder().connectTimeout(CONNECT);
        headers.forEach(source.url(), builder::header);
        return builder.buildAsync(Headers.withoutUserInfo(source.url()), receiver);
    }

    /** Wakes at each head until the source is lost. All waking is done by this one thread, however many messages arrive. */
    private boolean follow(Source source, Receiver receiver, WebSocket socket) throws InterruptedException {
        boolean subscribed = false;
        boolean heard = false;
        String cause = "";
        long lastNanos = nanoTicker.getAsLong();
        long quietSince = lastNanos;
        while (cause.isEmpty()) {
            boolean sign = receiver.signs.tryAcquire(1, TimeUnit.SECONDS);
            long now = nanoTicker.getAsLong();
            if (sign) {
                receiver.signs.drainPermits();
                lastNanos = now;
                quietSince = now;
            } else if (now - lastNanos > SILENCE.toNanos()) {
                receiver.lost("silent for " + SILENCE);
            } else if (now - quietSince > QUIET.toNanos()) {
                receiver.ping(socket);
                quietSince = now;
            }
            cause = receiver.lost;
            if (receiver.subscribed && !subscribed) {
                subscribed = true;
                listeners.onHeadSubscription(source.name(), true, "");
                wakeAll();
            }
            if (receiver.headTold.getAndSet(false)) {
                heard = true;
                wakeAll();
            }
        }
        listeners.onHeadSubscription(source.name(), false, cause);
        return heard;
    }

    private void wakeAll() {
        for (Registration registration : waiting) {
            try {
                registration.wake.run();
            } catch (RuntimeException e) {
                if (logged.compareAndSet(false, true)) {
                    LOG.warn("a callback for new heads throws; it is logged once", e);
                }
            }
        }
    }

    /** Tells the thread of the feed what came in. Any message is a sign of life. */
    private static final class Receiver implements WebSocket.Listener {

        private final Semaphore signs = new Semaphore(0);
        private final AtomicBoolean headTold = new AtomicBoolean();
        private final StringBuilder message =
                new StringBuilder(); // of the client's calls, which come one after the other
        private volatile boolean subscribed;
        private volatile boolean pinged; // and has said nothing since
        private volatile String lost = "";

        void ping(WebSocket socket) {
            if (pinged) {
                lost("does not answer a ping");
                return;
            }
            pinged = true;
            CompletableFuture<WebSocket> unused = socket.sendPing(ByteBuffer.allocate(0))
                    .whenComplete((sent, error) -> {
                        if (error != null) {
                            lost("connection broke");
                        }
                    });
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer payload) {
            pinged = false;
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            pinged = false;
            if (message.length() < MOST_CHARS) {
                message.append(data, 0, Math.min(data.length(), MOST_CHARS - message.length()));
            }
            if (last) {
                read(message.toString());
                message.setLength(0);
            }
            socket.request(1);
            return null;
        }

        /** Only as far as it must be: the beginning of a message tells which it is. */
        private void read(String text) {
            if (text.contains("\"eth_subscription\"")) {
                subscribed = true;
                headTold.set(true);
                signs.release();
            } else if (text.contains("\"error\"")) {
                lost("refused the subscription");
            } else if (text.contains("\"result\"")) {
                subscribed = true;
                signs.release();
            }
        }

        private void lost(String cause) {
            if (lost.isEmpty()) {
                lost = cause;
            }
            signs.release();
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            lost("closed by the node");
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            lost("connection broke");
        }
    }
}
