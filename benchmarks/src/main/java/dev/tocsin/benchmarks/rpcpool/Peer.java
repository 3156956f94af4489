package dev.tocsin.benchmarks.rpcpool;

import dev.tocsin.testsupport.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A client in a process of its own, as it is seen from the suite. */
final class Peer implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** The clients of the table, in its order. */
    enum Kind {
        TOCSIN("Tocsin, 3 primaries"),
        TOCSIN_ORDER("Tocsin, primary and 2 fallbacks"),
        VIEM("viem fallback"),
        VIEM_RANK("viem fallback, rank 1 s"),
        ETHERS_Q1("ethers quorum 1"),
        ETHERS_Q2("ethers quorum 2"),
        WEB3J("web3j HttpService, node 1");

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }

        private boolean isJvm() {
            return this == TOCSIN || this == TOCSIN_ORDER || this == WEB3J;
        }

        private String argument() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    private final Process process;
    private final Writer in;
    private final BufferedReader out;

    private Peer(Process process) {
        this.process = process;
        this.in = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static Peer start(Kind kind, List<String> urls) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(
                kind.isJvm()
                        ? List.of(java, "-Xmx256m", "-cp", JavaProcess.classPath(), JvmPeer.class.getName())
                        : List.of("node", System.getProperty("tocsin.peers") + "/peer.mjs"));
        command.add(kind.argument());
        command.addAll(urls);
        return new Peer(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** Reads with several callers at once, until a number of calls has begun or the time is over. */
    Load load(String method, long calls, long millis, int concurrency) throws IOException {
        return Load.from(ask(
                Map.of("do", "load", "method", method, "calls", calls, "millis", millis, "concurrency", concurrency)));
    }

    /** What was said of each transaction, each sent by a fresh client; the lanes at once, what is in a lane in order. */
    List<String> send(List<List<String>> lanes) throws IOException {
        List<String> outcomes = new ArrayList<>();
        ask(Map.of("do", "send", "lanes", lanes)).path("outcomes").forEach(said -> outcomes.add(said.asString()));
        return outcomes;
    }

    /** The balance of an account as it comes out of a batch; empty if the client refuses what came back. */
    Optional<BigInteger> balanceInABatch(String address) throws IOException {
        return ask(Map.of("do", "batch", "address", address))
                .path("balance")
                .stringValueOpt()
                .map(BigInteger::new);
    }

    String versions() throws IOException {
        return ask(Map.of("do", "versions")).path("versions").asString();
    }

    private JsonNode ask(Map<String, Object> command) throws IOException {
        in.write(JSON.writeValueAsString(command) + "\n");
        in.flush();
        String line = out.readLine();
        if (line == null) {
            throw new IOException(
                    "the peer ended: " + process.info().commandLine().orElse("?"));
        }
        return JSON.readTree(line);
    }

    @Override
    public void close() throws IOException {
        in.close();
        try {
            if (!process.waitFor(2, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
