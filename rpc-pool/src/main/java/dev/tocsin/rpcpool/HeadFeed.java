package dev.tocsin.rpcpool;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Wakes whoever waits for a new head, by {@code eth_subscribe newHeads} at one WebSocket node at a time; goes on to the next node
 * when one is lost or silent, with a growing pause once all have been tried. Messages are not read: they are only a sign.
 */
final class HeadFeed implements AutoCloseable {

    private static final String SUBSCRIBE =
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_subscribe\",\"params\":[\"newHeads\"]}";
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 10_000;

    private final HttpClient client;
    private final Listeners listeners;
    private final List<Source> sources = new ArrayList<>();
    private final Set<Registration> waiting = ConcurrentHashMap.newKeySet();
    private final RandomGenerator random = RandomGenerator.getDefault();
    private final @Nullable Thread thread;

    HeadFeed(HttpClient client, List<URI> urls, Listeners listeners) {
        this.client = client;
        this.listeners = listeners;
        NodeName names = new NodeName();
        urls.forEach(url -> sources.add(new Source(names.of(url), url)));
        thread = urls.isEmpty() ? null : Thread.ofVirtual().name("tocsin-heads").start(this::loop);
    }

    private record Source(String name, URI url) {}

    /** Identity, so that the same callback may be registered twice. */
    private static final class Registration {
        private final Runnable wake;

        Registration(Runnable wake) {
            this.wake = wake;
        }
    }

    RpcPool.Subscription subscribe(Runnable wake) {
        Registration registration = new Registration(wake);
        waiting.add(registration);
        return () -> waiting.remove(registration);
    }

    @Override
    public void close() {
        waiting.clear();
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void loop() {
        int lost = 0;
        try {
            for (int turn = 0; !Thread.currentThread().isInterrupted(); turn++) {
                Source source = sources.get(turn % sources.size());
                boolean worked = listen(source);
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
        WebSocket socket;
        try {
            WebSocket.Builder builder = client.newWebSocketBuilder().connectTimeout(CONNECT);
            String user = HttpTransport.userInfo(source.url());
            if (user != null) {
                builder.header(
                        "Authorization",
                        "Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
            }
            socket = builder.buildAsync(source.url(), receiver).get(CONNECT.toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            listeners.onHeadSubscription(source.name(), false, "cannot connect");
            return false;
        }
        try {
            socket.sendText(SUBSCRIBE, true).get(CONNECT.toMillis(), TimeUnit.MILLISECONDS);
            listeners.onHeadSubscription(source.name(), true, "");
            String cause = receiver.untilLost();
            listeners.onHeadSubscription(source.name(), false, cause);
            return receiver.heard;
        } catch (ExecutionException | TimeoutException e) {
            listeners.onHeadSubscription(source.name(), false, "cannot subscribe");
            return false;
        } finally {
            socket.abort();
        }
    }

    private void wakeAll() {
        for (Registration registration : waiting) {
            try {
                registration.wake.run();
            } catch (RuntimeException e) {
                listeners.onHeadSubscription(
                        "", true, "a callback failed: " + e.getClass().getSimpleName());
            }
        }
    }

    /** Any message wakes; no message for a minute counts as lost. */
    private final class Receiver implements WebSocket.Listener {

        private final CountDownLatch lost = new CountDownLatch(1);
        private volatile long lastNanos = System.nanoTime();
        private volatile boolean heard;
        private volatile String cause = "closed by the node";

        String untilLost() throws InterruptedException {
            while (!lost.await(1, TimeUnit.SECONDS)) {
                if (System.nanoTime() - lastNanos > SILENCE.toNanos()) {
                    return "silent for " + SILENCE;
                }
            }
            return cause;
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            lastNanos = System.nanoTime();
            if (last) {
                heard = true;
                wakeAll();
            }
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            lost.countDown();
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            cause = "connection broke";
            lost.countDown();
        }
    }
}
