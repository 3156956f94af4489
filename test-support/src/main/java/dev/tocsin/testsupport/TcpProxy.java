package dev.tocsin.testsupport;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Stands on loopback in front of a server and injects the faults of a network: connections reset or refused, silence, slowness, an answer
 * cut in the middle. Safe for use by many threads; virtual threads carry the bytes.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BUFFER = 8 * 1024;
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;

    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);
    private static final Duration BIND_DEADLINE = Duration.ofSeconds(5);

    private final InetSocketAddress target;
    private final int port;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final AtomicLong connections = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock(); // guards the faults and the listener
    private final Condition changed = lock.newCondition();
    private boolean paused; // guarded by lock
    private long cutAfterBytes = Long.MAX_VALUE; // guarded by lock
    private Duration delay = Duration.ZERO; // guarded by lock
    private @Nullable ServerSocket listener; // guarded by lock; null while the proxy is dead

    private @Nullable Thread accepting; // guarded by lock

    private TcpProxy(InetSocketAddress target, int port) {
        this.target = target;
        this.port = port;
    }

    /**
     * Opens a front on a free port.
     *
     * @param host the server's host
     * @param port the server's port
     * @return a proxy without faults
     */
    public static TcpProxy to(String host, int port) {
        TcpProxy proxy = new TcpProxy(new InetSocketAddress(host, port), FreePort.next());
        proxy.restore();
        return proxy;
    }

    /**
     * Opens a front on a free port.
     *
     * @param server an address with host and port
     * @return a proxy without faults
     */
    public static TcpProxy to(URI server) {
        return to(server.getHost(), server.getPort());
    }

    /**
     * Where the proxy listens.
     *
     * @return {@code 127.0.0.1}
     */
    public String host() {
        return "127.0.0.1";
    }

    /**
     * Where the proxy listens.
     *
     * @return a port, the same over {@link #kill} and {@link #restore}
     */
    public int port() {
        return port;
    }

    /**
     * Where the proxy listens, as an address.
     *
     * @param scheme {@code http}, {@code ws}, {@code redis} …
     * @return {@code scheme://127.0.0.1:port}
     */
    public URI uri(String scheme) {
        return URI.create(scheme + "://" + host() + ':' + port);
    }

    /**
     * How many connections were accepted since the proxy was opened.
     *
     * @return a count that only grows
     */
    public long connections() {
        return connections.get();
    }

    /**
     * How many connections are open now.
     *
     * @return a count
     */
    public int openConnections() {
        return links.size();
    }

    /** Resets every connection and refuses new ones, as a machine does whose process was killed. */
    public void kill() {
        Thread acceptor;
        lock.lock();
        try {
            closeQuietly(listener);
            listener = null;
            acceptor = accepting;
        } finally {
            lock.unlock();
        }
        // the system closes a socket only when the thread inside accept has left it; until then connections succeed
        awaitEnd(acceptor);
        reset();
    }

    /** Resets every connection (RST); new ones are accepted. */
    public void reset() {
        links.forEach(Link::reset);
    }

    /** Listens again on the same port after {@link #kill}. Faults set before stay; {@link #heal} takes them away. */
    public void restore() {
        lock.lock();
        try {
            if (listener != null) {
                return;
            }
            ServerSocket opened = listen();
            listener = opened;
            accepting = Thread.ofVirtual().name("tocsin-proxy-" + port).start(() -> accept(opened));
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy could not listen on port " + port, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the proxy was opening port " + port, e);
        } finally {
            lock.unlock();
        }
    }

    /** From now on no byte passes in either direction; connections stay open and new ones are accepted. */
    public void pause() {
        change(() -> paused = true);
    }

    /** Ends {@link #pause}; what was held back passes. */
    public void resume() {
        change(() -> paused = false);
    }

    /**
     * Each piece of an answer (at most 8 KiB) is held back that long.
     *
     * @param pause zero for none
     */
    public void slow(Duration pause) {
        change(() -> delay = pause);
    }

    /**
     * Each connection is reset once that many bytes have come back from the server over it; those before it pass.
     *
     * @param bytes zero or more; bytes that passed before this call count
     */
    public void cutAfter(long bytes) {
        change(() -> cutAfterBytes = bytes);
    }

    /** Takes all faults away and listens. */
    public void heal() {
        change(() -> {
            paused = false;
            delay = Duration.ZERO;
            cutAfterBytes = Long.MAX_VALUE;
        });
        restore();
    }

    /** Closes the listener and resets every connection. */
    @Override
    public void close() {
        kill();
        change(() -> paused = false);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A port that was just closed may be taken for a moment still: by a connection on its way out, or by the thread in accept. */
    private ServerSocket listen() throws IOException, InterruptedException {
        long start = System.nanoTime();
        while (true) {
            ServerSocket socket = new ServerSocket();
            try {
                socket.setReuseAddress(true);
                socket.bind(new InetSocketAddress(FreePort.loopback(), port));
                return socket;
            } catch (BindException e) {
                socket.close();
                if (System.nanoTime() - start > BIND_DEADLINE.toNanos()) {
                    throw e;
                }
                Waiting.pause(Duration.ofMillis(10));
            }
        }
    }

    private void accept(ServerSocket from) {
        while (!from.isClosed()) {
            try {
                Link link = new Link(from.accept(), new Socket());
                links.add(link);
                connections.incrementAndGet(); // afterwards: what is counted can be reset
                Thread.ofVirtual().name("tocsin-proxy-link-" + port).start(() -> connect(link, from));
            } catch (IOException e) {
                // closed by kill, or a client that was gone before it was accepted
            }
        }
    }

    private void connect(Link link, ServerSocket from) {
        Socket client = link.client;
        Socket server = link.server;
        try {
            server.connect(target, CONNECT_TIMEOUT_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
        } catch (IOException e) {
            link.reset();
            return;
        }
        if (from.isClosed()) { // killed between accept and here
            link.reset();
            return;
        }
        Thread.ofVirtual().name("tocsin-proxy-up-" + port).start(() -> link.carry(client, server, false));
        Thread.ofVirtual().name("tocsin-proxy-down-" + port).start(() -> link.carry(server, client, true));
    }

    private static void awaitEnd(@Nullable Thread thread) {
        try {
            if (thread != null && !thread.join(CLOSE_DEADLINE)) {
                throw new IllegalStateException("the proxy still accepts after " + CLOSE_DEADLINE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void closeQuietly(@Nullable AutoCloseable closeable) {
        try {
            if (closeable != null) {
                closeable.close();
            }
        } catch (Exception e) {
            // closing is all that was wanted
        }
    }

    /** One connection through the proxy: a socket on each side. */
    private final class Link {
        private final Socket client;
        private final Socket server;
        private long answered; // used by the thread of the way back alone

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void carry(Socket source, Socket sink, boolean back) {
            byte[] buffer = new byte[BUFFER];
            try {
                InputStream in = source.getInputStream();
                OutputStream out = sink.getOutputStream();
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    int allowed = allowed(n, back);
                    out.write(buffer, 0, allowed);
                    if (allowed < n) {
                        reset();
                        return;
                    }
                }
                sink.shutdownOutput();
                if (back) {
                    end();
                }
            } catch (IOException e) {
                reset();
            } catch (InterruptedException e) {
                reset();
                Thread.currentThread().interrupt();
            }
        }

        /** Waits while the proxy is paused or slow, then says how many of the bytes may pass. */
        private int allowed(int bytes, boolean back) throws InterruptedException {
            Duration wait;
            int allowed = bytes;
            lock.lock();
            try {
                while (paused) {
                    changed.await();
                }
                wait = back ? delay : Duration.ZERO;
                if (back) {
                    allowed = Math.clamp(cutAfterBytes - answered, 0, bytes);
                    answered += allowed;
                }
            } finally {
                lock.unlock();
            }
            Waiting.pause(wait);
            return allowed;
        }

        void reset() {
            for (Socket socket : new Socket[] {client, server}) {
                try {
                    socket.setSoLinger(true, 0); // close sends RST
                } catch (SocketException e) {
                    // already closed
                }
            }
            end();
        }

        private void end() {
            links.remove(this);
            closeQuietly(client);
            closeQuietly(server);
        }
    }
}
