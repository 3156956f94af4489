package dev.tocsin.rpcpool;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import jdk.jfr.Recording;

/**
 * A JVM of its own: ten thousand callers at once over three nodes behind real sockets, first all well, then with one that hangs. Prints for
 * both the 99th percentile of what calls took at the nodes that do not hang, and how many sockets each node saw at most. Records who holds
 * his carrier meanwhile.
 */
final class Crowd {

    private static final int CALLERS = 10_000;
    private static final int WARM_UP = 2_000;
    private static final int ANSWER_MILLIS = 60; // so that the machine is not what is slow
    private static final int MOST_AT_A_NODE = 64;

    /** A thread that holds its carrier, so that the recording shows that it would have seen another. */
    static final String HOLDER = "holder";

    private Crowd() {}

    /** Who initializes it holds his carrier for a while, on every JDK. */
    private static final class Held {
        static final Object INSTANCE = held();

        private static Object held() {
            LockSupport.parkNanos(Duration.ofMillis(200).toNanos());
            return new Object();
        }
    }

    public static void main(String[] args) throws Exception {
        try (Recording recording = new Recording();
                Node a = new Node();
                Node b = new Node();
                Node c = new Node()) {
            run(WARM_UP, a, b, c);
            long before = run(CALLERS, a, b, c);
            recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ofMillis(20));
            recording.start();
            a.hangs = true;
            long after = run(CALLERS, a, b, c);
            Thread.ofVirtual()
                    .name(HOLDER)
                    .start(() -> Held.INSTANCE.toString())
                    .join();
            recording.stop();
            recording.dump(Path.of(args[0]));
            System.out.println("before=" + before + " after=" + after + " most=" + a.most.get() + "," + b.most.get()
                    + "," + c.most.get());
        }
    }

    /** Microseconds that 99 of 100 calls at the nodes that do not hang took at most, once they were sent. */
    private static long run(int calls, Node a, Node b, Node c) throws Exception {
        AtomicLongArray took = new AtomicLongArray(calls);
        AtomicInteger failed = new AtomicInteger();
        try (RpcPool pool = RpcPool.builder()
                        .chain(1)
                        .primary(a.url(), b.url(), c.url())
                        .callTimeout(Duration.ofSeconds(60))
                        .healthCheckEvery(Duration.ofHours(1))
                        .maxConnections(MOST_AT_A_NODE)
                        .open();
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < calls; i++) {
                int call = i;
                callers.execute(() -> {
                    try {
                        RpcResult result = pool.call("eth_getBalance", "0x" + call, "latest"); // no two alike
                        took.set(
                                call,
                                result.node().equals(a.name())
                                        ? 0
                                        : result.took().toNanos() / 1_000);
                    } catch (InterruptedException | RpcException e) {
                        failed.incrementAndGet();
                    }
                });
            }
        }
        if (failed.get() > 0) {
            throw new IllegalStateException(failed + " calls failed");
        }
        long[] sorted = IntStream.range(0, calls)
                .mapToLong(took::get)
                .filter(micros -> micros > 0)
                .sorted()
                .toArray();
        return sorted[sorted.length * 99 / 100];
    }

    /** Answers after a while, or not at all. */
    private static final class Node implements AutoCloseable {
        private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);

        private final ServerSocket server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        private final AtomicInteger open = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private volatile boolean hangs;

        Node() throws IOException {
            Thread.ofVirtual().start(() -> {
                try {
                    while (!server.isClosed()) {
                        Socket socket = server.accept();
                        Thread.ofVirtual().start(() -> serve(socket));
                    }
                } catch (IOException e) {
                    // closed
                }
            });
        }

        String name() {
            return "127.0.0.1:" + server.getLocalPort();
        }

        String url() {
            return "http://" + name();
        }

        private void serve(Socket socket) {
            most.accumulateAndGet(open.incrementAndGet(), Math::max);
            try (socket;
                    InputStream in = new BufferedInputStream(socket.getInputStream())) {
                for (String body = body(in); !body.isEmpty(); body = body(in)) {
                    boolean isCheck = body.contains("eth_chainId") || body.contains("eth_blockNumber");
                    if (!isCheck && hangs) {
                        in.read(); // until the client leaves
                        return;
                    }
                    if (!isCheck) {
                        Thread.sleep(ANSWER_MILLIS); // a slow peer is what this is
                    }
                    String id = body.replaceAll("(?s).*\"id\":\\s*(\\d+).*", "$1");
                    String answer = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":\"0x1\"}";
                    socket.getOutputStream()
                            .write(("HTTP/1.1 200 OK\r\nContent-Length: " + answer.length() + "\r\n\r\n" + answer)
                                    .getBytes(StandardCharsets.US_ASCII));
                }
            } catch (IOException | InterruptedException e) {
                // the client left
            } finally {
                open.decrementAndGet();
            }
        }

        private static String body(InputStream in) throws IOException {
            int length = 0;
            int matched = 0;
            int line = 0;
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == '\n') {
                    if (line == 0) {
                        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
                    }
                    line = 0;
                    matched = 0;
                } else if (next != '\r') {
                    if (matched == LENGTH.length) {
                        length = length * 10 + next - '0';
                    } else if (matched == line && Character.toLowerCase(next) == LENGTH[matched]) {
                        matched++;
                    }
                    line++;
                }
            }
            return "";
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }
}
