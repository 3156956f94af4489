package dev.tocsin.rpcpool;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The least WebSocket server (RFC 6455) that can tell of heads: text frames, pings are answered, no extensions. */
final class FakeHeads implements AutoCloseable {

    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String SUBSCRIBED = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0xabc\"}";
    private static final String HEAD =
            "{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{\"subscription\":"
                    + "\"0xabc\",\"result\":{\"number\":\"0x1\"}}}";

    private static final int PING = 9;
    private static final int PONG = 10;

    private final ServerSocket server;
    private final Set<Socket> subscribers = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger pings = new AtomicInteger(); // answered
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private volatile String answer = SUBSCRIBED;
    private volatile boolean closesAtOnce;
    private volatile boolean mute;

    private FakeHeads() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    static FakeHeads start() {
        try {
            return new FakeHeads();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    FakeHeads refusing() {
        return saying(
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"notifications not supported\"}}");
    }

    /** Answers subscriptions with a text. */
    FakeHeads saying(String text) {
        answer = text;
        return this;
    }

    FakeHeads closingAtOnce() {
        closesAtOnce = true;
        return this;
    }

    /** Answers pings no more, and keeps the connections. */
    void mute() {
        mute = true;
    }

    String url() {
        return "ws://" + name();
    }

    String name() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    int subscribers() {
        return subscribers.size();
    }

    int connections() {
        return connections.get();
    }

    int pings() {
        return pings.get();
    }

    List<String> requests() {
        return heads;
    }

    /** Tells every subscriber of a head, the message cut into so many frames. */
    void tell(int frames) {
        for (Socket socket : subscribers) {
            try {
                byte[] text = HEAD.getBytes(StandardCharsets.UTF_8);
                int size = text.length / frames + 1;
                for (int from = 0; from < text.length; from += size) {
                    boolean last = from + size >= text.length;
                    frame(
                            socket,
                            (last ? 0x80 : 0) | (from == 0 ? 1 : 0),
                            java.util.Arrays.copyOfRange(text, from, Math.min(text.length, from + size)));
                }
            } catch (IOException e) {
                subscribers.remove(socket);
            }
        }
    }

    /** Breaks every connection; new ones are accepted. */
    void drop() {
        for (Socket socket : subscribers) {
            subscribers.remove(socket);
            quietly(socket);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        drop();
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            String head = FakeNode.head(socket.getInputStream());
            heads.add(head);
            OutputStream out = socket.getOutputStream();
            out.write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(head) + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            if (new String(readFrame(socket.getInputStream()).payload, StandardCharsets.UTF_8).contains("newHeads")) {
                frame(socket, 0x81, answer.getBytes(StandardCharsets.UTF_8));
                if (closesAtOnce) {
                    frame(socket, 0x88, new byte[] {3, (byte) 0xe8});
                    return;
                }
                subscribers.add(socket);
            }
            while (true) {
                Frame said = readFrame(socket.getInputStream());
                if (said.opcode == PING && !mute) {
                    pings.incrementAndGet();
                    frame(socket, 0x80 | PONG, said.payload);
                }
            }
        } catch (IOException e) {
            // dropped
        } finally {
            subscribers.remove(socket);
        }
    }

    private static String accept(String head) {
        for (String line : head.split("\r\n")) {
            if (line.toLowerCase(java.util.Locale.ROOT).startsWith("sec-websocket-key:")) {
                try {
                    byte[] hash = MessageDigest.getInstance("SHA-1")
                            .digest((line.substring(18).strip() + GUID).getBytes(StandardCharsets.US_ASCII));
                    return Base64.getEncoder().encodeToString(hash);
                } catch (NoSuchAlgorithmException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
        return "";
    }

    private record Frame(int opcode, byte[] payload) {}

    private static Frame readFrame(InputStream in) throws IOException {
        int first = in.read();
        int length = in.read() & 0x7f;
        if (first < 0) {
            throw new IOException("the client has closed");
        }
        if (length == 126) {
            length = in.read() << 8 | in.read();
        }
        byte[] mask = in.readNBytes(4);
        byte[] payload = in.readNBytes(length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] ^= mask[i % 4];
        }
        return new Frame(first & 0xf, payload);
    }

    private static void frame(Socket socket, int first, byte[] payload) throws IOException {
        byte[] header = payload.length < 126
                ? new byte[] {(byte) first, (byte) payload.length}
                : new byte[] {(byte) first, 126, (byte) (payload.length >> 8), (byte) payload.length};
        byte[] all = java.util.Arrays.copyOf(header, header.length + payload.length);
        System.arraycopy(payload, 0, all, header.length, payload.length);
        socket.getOutputStream().write(all);
        socket.getOutputStream().flush();
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // gone
        }
    }
}
