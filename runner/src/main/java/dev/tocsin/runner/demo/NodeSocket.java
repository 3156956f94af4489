package dev.tocsin.runner.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSocket connection of a node. What goes out waits in one bounded queue, and a virtual thread of its own sends it: at
 * most {@value #MAX_WAITING_ANSWERS} answers (then no further request is read) and {@value #MAX_WAITING} blocks in all. A
 * client that does not read is dropped, when the queue is full or a message takes longer than {@value #SEND_SECONDS} s.
 *
 * <p>Public only because Jetty calls it by reflection; for use by {@link DemoNode} alone.
 */
public final class NodeSocket implements Session.Listener.AutoDemanding {

    static final int MAX_WAITING = 256;
    private static final int MAX_WAITING_ANSWERS = 8;
    private static final int MAX_SUBSCRIPTIONS = 100;
    private static final int SEND_SECONDS = 10;
    private static final Logger LOG = LoggerFactory.getLogger(NodeSocket.class);

    private final JsonRpc rpc;
    private final Consumer<NodeSocket> onOpen;
    private final Consumer<NodeSocket> onEnd;
    private final BlockingQueue<Outgoing> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Semaphore answers = new Semaphore(MAX_WAITING_ANSWERS);

    /** Guards the subscriptions and the order of what is put into the queue. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<String, Subscription> active = new LinkedHashMap<>(); // guarded by lock
    private final List<Subscription> answered = new ArrayList<>(); // only of the thread that reads
    private volatile @Nullable Session session;
    private volatile @Nullable Thread writer;

    NodeSocket(JsonRpc rpc, Consumer<NodeSocket> onOpen, Consumer<NodeSocket> onEnd) {
        this.rpc = rpc;
        this.onOpen = onOpen;
        this.onEnd = onEnd;
    }

    private record Subscription(String id, @Nullable LogFilter filter) {}

    private sealed interface Outgoing {
        record Answer(String text) implements Outgoing {}

        record Event(DemoBlock block, boolean removed, List<Subscription> subscriptions) implements Outgoing {}
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        session = opened;
        Thread sender = Thread.ofVirtual().name("tocsin-demo-socket").start(() -> write(opened));
        writer = sender; // before anybody knows this socket and could end it
        onOpen.accept(this);
    }

    @Override
    public void onWebSocketText(String message) {
        try {
            if (!answers.tryAcquire(SEND_SECONDS, TimeUnit.SECONDS)) {
                drop("does not read its answers");
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            drop("was interrupted");
            return;
        }
        Optional<String> answer = rpc.answer(message, new Subscriptions());
        boolean taken;
        lock.lock();
        try {
            taken = answer.isEmpty() || waiting.offer(new Outgoing.Answer(answer.get()));
            answered.forEach(subscription -> active.put(subscription.id(), subscription));
            answered.clear();
        } finally {
            lock.unlock();
        }
        if (answer.isEmpty()) {
            answers.release();
        }
        if (!taken) {
            drop("does not keep up");
        }
    }

    @Override
    public void onWebSocketClose(int status, @Nullable String reason, Callback callback) {
        end();
        callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("A connection of a demo node failed", cause);
        end();
    }

    /** Passes a change of the chain on to the subscriptions there are now; never waits. */
    void tell(DemoBlock block, boolean removed) {
        boolean taken;
        lock.lock();
        try {
            taken = active.isEmpty() || waiting.offer(new Outgoing.Event(block, removed, List.copyOf(active.values())));
        } finally {
            lock.unlock();
        }
        if (!taken) {
            drop("does not keep up");
        }
    }

    /** Ends the connection without a farewell. */
    void drop(String why) {
        LOG.debug("A demo node drops a connection cause=\"{}\"", why);
        Session opened = session;
        if (opened != null) {
            opened.disconnect();
        }
        end();
    }

    private void end() {
        onEnd.accept(this);
        Thread running = writer;
        if (running != null) {
            running.interrupt();
        }
    }

    private void write(Session to) {
        try {
            while (true) {
                switch (waiting.take()) {
                    case Outgoing.Answer answer -> {
                        send(to, answer.text());
                        answers.release();
                    }
                    case Outgoing.Event event -> {
                        for (Subscription subscription : event.subscriptions()) {
                            send(to, subscription, event);
                        }
                    }
                }
            }
        } catch (InterruptedException e) {
            // the connection has ended
        } catch (ExecutionException | TimeoutException e) {
            drop("cannot be sent to");
        }
    }

    private static void send(Session to, Subscription subscription, Outgoing.Event event)
            throws InterruptedException, ExecutionException, TimeoutException {
        DemoBlock block = event.block();
        LogFilter filter = subscription.filter();
        if (filter == null) {
            if (!event.removed()) {
                send(to, JsonRpc.notification(subscription.id(), NodeJson.header(block)));
            }
            return;
        }
        List<DemoLog> logs = event.removed() ? block.logs().reversed() : block.logs();
        for (DemoLog log : logs) {
            if (filter.matches(log)) {
                send(to, JsonRpc.notification(subscription.id(), NodeJson.log(block, log, event.removed())));
            }
        }
    }

    private static void send(Session to, String text)
            throws InterruptedException, ExecutionException, TimeoutException {
        CompletableFuture<Boolean> sent = new CompletableFuture<>();
        to.sendText(text, Callback.from(() -> sent.complete(true), sent::completeExceptionally));
        sent.get(SEND_SECONDS, TimeUnit.SECONDS);
    }

    /** The connection's subscriptions, as a call sees them. */
    private final class Subscriptions implements JsonRpc.Subscriptions {
        @Override
        public boolean add(String id, @Nullable LogFilter filter) {
            lock.lock();
            try {
                return active.size() + answered.size() < MAX_SUBSCRIPTIONS
                        && answered.add(new Subscription(id, filter));
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean remove(String id) {
            lock.lock();
            try {
                return active.remove(id) != null;
            } finally {
                lock.unlock();
            }
        }
    }
}
