package dev.tocsin.testsupport;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A real Ethereum node for tests: Foundry's Anvil from npm, on loopback, HTTP and WebSocket on one port. Its chain is in memory: after a
 * stop it is gone.
 */
public final class AnvilNode implements AutoCloseable {
    /** The version of the npm package that is installed. */
    public static final String VERSION = "1.7.1";

    private static final Duration START_DEADLINE = Duration.ofSeconds(30);
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(90);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final ChildProcess process;
    private final int port;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private final AtomicLong ids = new AtomicLong();

    private AnvilNode(ChildProcess process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts a node that mines a block for each transaction. Skips the test (in CI: fails it) where Anvil cannot be had.
     *
     * @return the running node
     * @throws InterruptedException if interrupted while waiting
     */
    public static AnvilNode start() throws InterruptedException {
        return builder().start();
    }

    /**
     * Begins the description of a node.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * The node's JSON-RPC over HTTP.
     *
     * @return {@code http://127.0.0.1:port}
     */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /**
     * The node's JSON-RPC over WebSocket.
     *
     * @return {@code ws://127.0.0.1:port}
     */
    public URI webSocketUri() {
        return URI.create("ws://127.0.0.1:" + port);
    }

    /**
     * Where it listens.
     *
     * @return a port
     */
    public int port() {
        return port;
    }

    /**
     * The process, for signals and its output.
     *
     * @return the process
     */
    public ChildProcess process() {
        return process;
    }

    /**
     * Calls the node.
     *
     * @param method a JSON-RPC method
     * @param params strings, numbers, booleans, lists, maps, null
     * @return the result
     * @throws InterruptedException if interrupted while waiting
     * @throws AssertionError if the node gives an error or no answer
     */
    public JsonNode rpc(String method, @Nullable Object... params) throws InterruptedException {
        Map<String, Object> request = new LinkedHashMap<>();
        request.put("jsonrpc", "2.0");
        request.put("id", ids.incrementAndGet());
        request.put("method", method);
        request.put("params", Arrays.asList(params));
        JsonNode answer;
        try {
            answer = JSON.readTree(post(JSON.writeValueAsString(request)));
        } catch (IOException e) {
            throw new AssertionError("Anvil gave no answer to " + method, e);
        }
        if (answer.hasNonNull("error")) {
            throw new AssertionError("Anvil refused " + method + ": " + answer.get("error"));
        }
        return answer.path("result");
    }

    /**
     * The height of the chain.
     *
     * @return the newest block's number
     * @throws InterruptedException if interrupted while waiting
     */
    public long blockNumber() throws InterruptedException {
        return quantity(rpc("eth_blockNumber"));
    }

    /**
     * Mines blocks now.
     *
     * @param blocks how many
     * @throws InterruptedException if interrupted while waiting
     */
    public void mine(int blocks) throws InterruptedException {
        rpc("anvil_mine", "0x" + Integer.toHexString(blocks));
    }

    /**
     * Replaces the newest blocks by empty ones of other hashes. Anvil announces the new heads, but no log as removed.
     *
     * @param depth how many blocks
     * @throws InterruptedException if interrupted while waiting
     */
    public void reorg(int depth) throws InterruptedException {
        reorg(depth, List.of());
    }

    /**
     * Replaces the newest blocks by others that hold transactions of the old ones again, one a block, in the order given; the blocks after
     * them are empty. A transaction that is not given is gone.
     *
     * @param depth how many blocks
     * @param returning hashes of transactions in those blocks, at most {@code depth}
     * @throws InterruptedException if interrupted while waiting
     */
    public void reorg(int depth, List<String> returning) throws InterruptedException {
        List<List<Object>> blocks = new ArrayList<>();
        for (String hash : returning) {
            String raw = rpc("eth_getRawTransactionByHash", hash).asString();
            blocks.add(List.of(raw, blocks.size()));
        }
        rpc("anvil_reorg", depth, blocks);
    }

    /**
     * Remembers the chain as it is.
     *
     * @return a name for {@link #revert}
     * @throws InterruptedException if interrupted while waiting
     */
    public String snapshot() throws InterruptedException {
        return rpc("evm_snapshot").asString();
    }

    /**
     * Goes back to what was remembered: the blocks since then are gone, and the head is lower until others are mined.
     *
     * @param snapshot what {@link #snapshot} gave; used up by this call
     * @throws InterruptedException if interrupted while waiting
     */
    public void revert(String snapshot) throws InterruptedException {
        if (!rpc("evm_revert", snapshot).asBoolean()) {
            throw new AssertionError("Anvil knows no snapshot " + snapshot);
        }
    }

    /**
     * The accounts whose transactions the node signs itself, each with 10,000 ether.
     *
     * @return ten addresses
     * @throws InterruptedException if interrupted while waiting
     */
    public List<String> accounts() throws InterruptedException {
        List<String> accounts = new ArrayList<>();
        rpc("eth_accounts").forEach(account -> accounts.add(account.asString()));
        return List.copyOf(accounts);
    }

    /**
     * Stops it in good order and waits until it is gone.
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

    /** Kills it. */
    @Override
    public void close() {
        process.close();
        http.shutdownNow();
    }

    static long quantity(JsonNode hex) {
        return Long.parseUnsignedLong(hex.asString().substring(2), 16);
    }

    private String post(String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri())
                .header("Content-Type", "application/json")
                .timeout(CALL_DEADLINE)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private boolean answers() throws InterruptedException {
        if (!process.isAlive()) {
            throw new AssertionError("Anvil did not start: " + process.lines());
        }
        try {
            return post("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"eth_chainId\",\"params\":[]}")
                    .contains("result");
        } catch (IOException e) {
            return false;
        }
    }

    /** Describes a node; mutable, for one thread. */
    public static final class Builder {
        private final List<String> options = new ArrayList<>();
        private long chainId = 31_337;
        private int port;

        private Builder() {}

        /**
         * The chain's number.
         *
         * @param id default 31337
         * @return this
         */
        public Builder chainId(long id) {
            chainId = id;
            return this;
        }

        /**
         * Mines in that rhythm instead of a block for each transaction.
         *
         * @param time between two blocks, at least 10 ms
         * @return this
         */
        public Builder blockTime(Duration time) {
            options.addAll(List.of("--block-time", Double.toString(time.toMillis() / 1_000.0)));
            return this;
        }

        /**
         * Two blocks make the first final: {@code safe} is head − 1 and {@code finalized} head − 2. Without it both stay at block 0.
         *
         * @return this
         */
        public Builder quickFinality() {
            options.addAll(List.of("--slots-in-an-epoch", "1"));
            return this;
        }

        /**
         * Listens on a given port.
         *
         * @param number default: a free one
         * @return this
         */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /**
         * Further options as on Anvil's command line.
         *
         * @param arguments such as {@code "--gas-limit", "3000000000"}
         * @return this
         */
        public Builder options(String... arguments) {
            options.addAll(List.of(arguments));
            return this;
        }

        /**
         * Starts the node and waits until it answers. Skips the test (in CI: fails it) where Anvil cannot be had.
         *
         * @return the running node
         * @throws InterruptedException if interrupted while waiting
         */
        public AnvilNode start() throws InterruptedException {
            int listen = port == 0 ? FreePort.next() : port;
            List<String> command = new ArrayList<>(List.of(binary().toString(), "--host", "127.0.0.1"));
            command.addAll(List.of("--port", Integer.toString(listen), "--chain-id", Long.toString(chainId)));
            command.addAll(options);
            AnvilNode node = new AnvilNode(ChildProcess.of(command).start(), listen);
            Waiting.until(node::answers, START_DEADLINE, () -> "Anvil on port " + listen + " did not answer");
            return node;
        }

        private static Path binary() throws InterruptedException {
            String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
            String system = os.contains("mac") ? "darwin" : "linux";
            String machine = System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
            Path folder = NpmPackages.install("@foundry-rs/anvil-" + system + '-' + machine + '@' + VERSION);
            Path binary = folder.resolve("bin/anvil");
            Requires.that(Files.isExecutable(binary), "needs Anvil, and its npm package has no executable bin/anvil");
            return binary;
        }
    }
}
