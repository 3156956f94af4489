package dev.tocsin.rpcpool.faults;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One connection to the node behind, opened when it is first needed. Asks once: a request is never repeated. For one thread at a time. */
final class Upstream implements AutoCloseable {

    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    private static final int READ_TIMEOUT_MILLIS = 60_000;
    private static final long MOST_IDLE_NANOS = 20_000_000_000L; // nodes close idle connections, after a minute or two

    private final URI url;
    private @Nullable Socket socket;
    private @Nullable InputStream in;
    private long usedAt;

    Upstream(URI url) {
        this.url = url;
    }

    HttpMessage ask(byte[] body) throws IOException {
        Socket open = socket;
        if (open == null || System.nanoTime() - usedAt > MOST_IDLE_NANOS) {
            close();
            open = connect();
        }
        String path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
        HttpMessage.write(
                open.getOutputStream(),
                "POST " + path + query + " HTTP/1.1",
                "Host: " + url.getRawAuthority() + "\r\n",
                body);
        HttpMessage reply = HttpMessage.read(Objects.requireNonNull(in))
                .orElseThrow(() -> new EOFException("the node behind closed the connection"));
        usedAt = System.nanoTime();
        if (reply.isLast()) {
            close();
        }
        return reply;
    }

    private Socket connect() throws IOException {
        Socket fresh = new Socket();
        socket = fresh;
        fresh.setTcpNoDelay(true);
        fresh.setSoTimeout(READ_TIMEOUT_MILLIS);
        fresh.connect(
                new InetSocketAddress(url.getHost(), url.getPort() < 0 ? 80 : url.getPort()), CONNECT_TIMEOUT_MILLIS);
        in = new BufferedInputStream(fresh.getInputStream());
        return fresh;
    }

    @Override
    public void close() throws IOException {
        if (socket != null) {
            socket.close();
        }
        socket = null;
    }
}
