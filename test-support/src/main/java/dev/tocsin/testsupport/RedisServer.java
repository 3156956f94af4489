package dev.tocsin.testsupport;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import redis.embedded.core.ExecutableProvider;

/**
 * A real Redis on loopback: the binary of the {@code embedded-redis} jar, run by us so that it can be killed and frozen. It keeps nothing
 * on disk unless told so; a restart is an empty server on the same port.
 */
public final class RedisServer implements AutoCloseable {
    private static final Duration START_DEADLINE = Duration.ofSeconds(20);
    private static final ReentrantLock LOCK = new ReentrantLock(); // guards the extraction of the binary
    private static volatile String binary = ""; // empty until extracted

    private final int port;
    private final List<String> options;
    private volatile ChildProcess process;

    private RedisServer(int port, List<String> options, ChildProcess process) {
        this.port = port;
        this.options = options;
        this.process = process;
    }

    /**
     * Starts a server on a free port and waits until it answers. Skips the test (in CI: fails it) where the binary does not run.
     *
     * @param options further options as on the command line of Redis, such as {@code "--appendonly", "yes"}
     * @return the running server
     * @throws InterruptedException if interrupted while waiting
     */
    public static RedisServer start(String... options) throws InterruptedException {
        int port = FreePort.next();
        return new RedisServer(port, List.of(options), launch(port, List.of(options)));
    }

    /**
     * Where it listens.
     *
     * @return {@code 127.0.0.1}
     */
    public String host() {
        return "127.0.0.1";
    }

    /**
     * Where it listens.
     *
     * @return a port, the same over restarts
     */
    public int port() {
        return port;
    }

    /**
     * Where it listens.
     *
     * @return {@code redis://127.0.0.1:port}
     */
    public String url() {
        return "redis://" + host() + ':' + port;
    }

    /**
     * Stops it in good order (SIGTERM) and waits until it is gone.
     *
     * @throws InterruptedException if interrupted while waiting
     */
    public void stop() throws InterruptedException {
        process.terminate();
        process.awaitExit(Duration.ofSeconds(10));
    }

    /**
     * Ends it as {@code kill -9} does, and waits until it is gone.
     *
     * @throws InterruptedException if interrupted while waiting
     */
    public void kill9() throws InterruptedException {
        process.kill9();
    }

    /** Freezes it: connections stay open, nothing is answered. */
    public void pause() {
        process.pause();
    }

    /** Lets it go on after {@link #pause}. */
    public void resume() {
        process.resume();
    }

    /**
     * Starts it again on the same port, killing it first if it still runs.
     *
     * @throws InterruptedException if interrupted while waiting
     */
    public void restart() throws InterruptedException {
        process.close();
        process = launch(port, options);
    }

    /** Kills it. */
    @Override
    public void close() {
        process.close();
    }

    private static ChildProcess launch(int port, List<String> options) throws InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(binary(), "--port", Integer.toString(port), "--bind", "127.0.0.1"));
        command.addAll(List.of("--save", "", "--daemonize", "no"));
        command.addAll(options);
        ChildProcess process = ChildProcess.of(command).start();
        Waiting.until(
                () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("Redis did not start: " + process.lines());
                    }
                    return answers(port);
                },
                START_DEADLINE,
                () -> "Redis on port " + port + " did not answer");
        return process;
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(FreePort.loopback(), port), 1_000);
            socket.setSoTimeout(1_000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).startsWith("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    private static String binary() {
        LOCK.lock();
        try {
            if (binary.isEmpty()) {
                File extracted = ExecutableProvider.newJarResourceProvider().get();
                binary = extracted.getAbsolutePath();
            }
            return binary;
        } catch (IOException e) {
            throw new UncheckedIOException("the embedded Redis could not be extracted", e);
        } finally {
            LOCK.unlock();
        }
    }
}
