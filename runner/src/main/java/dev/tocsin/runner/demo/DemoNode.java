package dev.tocsin.runner.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.jspecify.annotations.Nullable;

/**
 * An Ethereum node that serves a demo chain: JSON-RPC by HTTP POST and by WebSocket, on one port of the loopback interface,
 * with the answers and errors of geth. It reads the chain and changes nothing; several nodes may serve one chain.
 *
 * <p>Methods: {@code eth_chainId}, {@code net_version}, {@code web3_clientVersion}, {@code eth_syncing}, {@code
 * eth_blockNumber}, {@code eth_getBlockByNumber}, {@code eth_getBlockByHash}, {@code eth_getBlockReceipts}, {@code
 * eth_getLogs}, {@code eth_getTransactionByHash}, {@code eth_getTransactionReceipt}, and over WebSocket {@code
 * eth_subscribe} (newHeads, logs) and {@code eth_unsubscribe}. Safe for use by many threads.
 */
public final class DemoNode implements AutoCloseable {

    private static final int PLATFORM_THREADS = 16;
    private static final int MAX_CONNECTIONS = 1_000;
    private static final Duration HTTP_IDLE = Duration.ofMinutes(2); // longer than clients keep connections
    private static final Duration SOCKET_IDLE = Duration.ofMinutes(30);
    private static final String LOOPBACK = "127.0.0.1";

    private final DemoChain chain;
    private final String name;
    private final JsonRpc rpc;
    private final Set<NodeSocket> sockets = ConcurrentHashMap.newKeySet();

    /** Guards starting and stopping, which it makes wait for each other. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Server server; // guarded by lock
    private DemoChain.@Nullable Subscription subscription; // guarded by lock
    private volatile int port;
    private volatile boolean running;

    private DemoNode(DemoChain chain, String name) {
        this.chain = Objects.requireNonNull(chain, "chain");
        this.name = Objects.requireNonNull(name, "name");
        this.rpc = new JsonRpc(new NodeMethods(chain, "tocsin-demo/" + name));
    }

    /**
     * A node that is not started yet.
     *
     * @param chain what it serves
     * @param name its name in {@code web3_clientVersion}
     * @return the node
     */
    public static DemoNode on(DemoChain chain, String name) {
        return new DemoNode(chain, name);
    }

    /**
     * Starts serving: at first on a free loopback port, after a stop on the same one. Does nothing if it serves already.
     *
     * @return this
     * @throws IOException if the port cannot be had
     */
    public DemoNode start() throws IOException {
        lock.lock();
        try {
            if (server == null) {
                Server starting = server();
                begin(starting);
                server = starting;
                port = ((ServerConnector) starting.getConnectors()[0]).getLocalPort();
                subscription = chain.listen(new Teller());
                running = true;
            }
            return this;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops at once, as a crash would: the port and every connection are closed, without a farewell and whatever runs on
     * them. Does nothing if it does not serve.
     */
    public void stop() {
        lock.lock();
        try {
            Server stopping = server;
            if (stopping == null) {
                return;
            }
            running = false;
            server = null;
            if (subscription != null) {
                subscription.close();
            }
            ServerConnector connector = (ServerConnector) stopping.getConnectors()[0];
            connector.close();
            connector.getConnectedEndPoints().forEach(EndPoint::close);
            sockets.forEach(socket -> socket.drop("stopped"));
            end(stopping);
            connector
                    .getConnectedEndPoints()
                    .forEach(EndPoint::close); // those accepted just before the port was closed
            sockets.clear();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Whether it serves.
     *
     * @return true between start and stop
     */
    public boolean isRunning() {
        return running;
    }

    /**
     * The HTTP address.
     *
     * @return the same for all the node's life
     * @throws IllegalStateException if it was never started
     */
    public URI http() {
        return URI.create("http://" + LOOPBACK + ":" + knownPort());
    }

    /**
     * The WebSocket address.
     *
     * @return the same for all the node's life
     * @throws IllegalStateException if it was never started
     */
    public URI webSocket() {
        return URI.create("ws://" + LOOPBACK + ":" + knownPort());
    }

    /** Stops. */
    @Override
    public void close() {
        stop();
    }

    /** How many WebSocket connections there are. */
    int connections() {
        return sockets.size();
    }

    private int knownPort() {
        if (port == 0) {
            throw new IllegalStateException(name + " was never started");
        }
        return port;
    }

    private Server server() {
        QueuedThreadPool threads = new QueuedThreadPool(PLATFORM_THREADS);
        threads.setName("tocsin-" + name);
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("tocsin-" + name + "-"));
        Server made = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(made, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(LOOPBACK);
        connector.setPort(port);
        connector.setIdleTimeout(HTTP_IDLE.toMillis());
        made.addConnector(connector);
        made.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
        WebSocketUpgradeHandler upgrades = WebSocketUpgradeHandler.from(made, container -> {
            container.setMaxTextMessageSize(NodeHttp.MAX_BODY_BYTES);
            container.setIdleTimeout(SOCKET_IDLE);
            container.addMapping(
                    "/*", (request, response, callback) -> new NodeSocket(rpc, sockets::add, sockets::remove));
        });
        upgrades.setHandler(new NodeHttp(rpc));
        made.setHandler(upgrades);
        made.setStopTimeout(0);
        return made;
    }

    private void begin(Server starting) throws IOException {
        try {
            starting.start();
        } catch (Exception e) { // Jetty declares no less
            end(starting);
            throw new IOException(
                    name + " cannot serve on " + InetAddress.getLoopbackAddress() + " port " + port + ": "
                            + e.getMessage(),
                    e);
        }
    }

    private static void end(Server stopping) {
        try {
            stopping.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) { // Jetty declares no less
            throw new IllegalStateException("a demo node did not stop", e);
        }
    }

    private final class Teller implements DemoChain.Listener {
        @Override
        public void onHead(DemoBlock block) {
            sockets.forEach(socket -> socket.tell(block, false));
        }

        @Override
        public void onRemoved(DemoBlock block) {
            sockets.forEach(socket -> socket.tell(block, true));
        }
    }
}
