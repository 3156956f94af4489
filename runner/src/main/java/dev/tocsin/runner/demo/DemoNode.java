package dev.tocsin.runner.demo;

import java.io.IOException;
import java.net.URI;
import java.util.Objects;

/** An Ethereum node that serves a demo chain. */
public final class DemoNode implements AutoCloseable {

    private final DemoChain chain;
    private final String name;
    private int port;

    private DemoNode(DemoChain chain, String name) {
        this.chain = Objects.requireNonNull(chain, "chain");
        this.name = Objects.requireNonNull(name, "name");
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
     * Starts serving: at first on a free loopback port, after a stop on the same one.
     *
     * @return this
     * @throws IOException if the port cannot be had
     */
    public DemoNode start() throws IOException {
        if (port < 0) {
            throw new IOException(name + " cannot serve " + chain.chainId());
        }
        return this;
    }

    /** Stops at once, as a crash would: the port and every connection are closed without a farewell. */
    public void stop() {}

    /**
     * Whether it serves.
     *
     * @return true between start and stop
     */
    public boolean isRunning() {
        return false;
    }

    /**
     * The HTTP address.
     *
     * @return the same for all the node's life, once it was started
     */
    public URI http() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /**
     * The WebSocket address.
     *
     * @return the same for all the node's life, once it was started
     */
    public URI webSocket() {
        return URI.create("ws://127.0.0.1:" + port);
    }

    /** Stops. */
    @Override
    public void close() {
        stop();
    }
}
