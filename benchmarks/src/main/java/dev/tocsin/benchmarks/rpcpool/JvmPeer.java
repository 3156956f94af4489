package dev.tocsin.benchmarks.rpcpool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One client on the JVM in a process of its own, told what to do by lines of JSON on its input, one line of JSON for each on its output;
 * {@code peers/peer.mjs} does the same for clients in JavaScript. Arguments: the kind of client, and the URLs of the nodes in order.
 */
final class JvmPeer {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final String kind;
    private final List<String> urls;
    private final Client client;
    private final AtomicLong addresses = new AtomicLong();

    private JvmPeer(String kind, List<String> urls) throws InterruptedException {
        this.kind = kind;
        this.urls = urls;
        this.client = Client.of(kind, urls);
    }

    public static void main(String[] args) throws Exception {
        List<String> all = Arrays.asList(args);
        JvmPeer peer = new JvmPeer(all.getFirst(), all.subList(1, all.size()));
        PrintStream out = System.out;
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.println(JSON.writeValueAsString(peer.does(JSON.readTree(line))));
        }
        peer.client.close();
    }

    private Object does(JsonNode command) throws Exception {
        return switch (command.path("do").asString()) {
            case "load" -> load(command);
            case "send" -> send(command.path("lanes"));
            case "batch" -> batch(command.path("address").asString());
            case String other -> throw new IllegalArgumentException("no command: " + other);
        };
    }

    private Object load(JsonNode command) throws Exception {
        boolean heads = command.path("method").asString().equals("head");
        AtomicLong left = new AtomicLong(command.path("calls").asLong());
        long most = Duration.ofMillis(command.path("millis").asLong()).toNanos();
        Map<String, Integer> errors = new ConcurrentHashMap<>();
        long began = System.nanoTime();
        Callable<List<double[]>> caller = () -> {
            List<double[]> samples = new ArrayList<>();
            while (left.getAndDecrement() > 0 && System.nanoTime() - began < most) {
                long start = System.nanoTime();
                long value = heads ? -1 : 0;
                try {
                    if (heads) {
                        value = client.head();
                    } else {
                        client.balance(String.format("0x%040x", addresses.incrementAndGet()));
                    }
                } catch (Exception e) {
                    value = -1;
                    errors.merge(brief(e), 1, Integer::sum);
                }
                samples.add(new double[] {(start - began) / 1e6, (System.nanoTime() - start) / 1e6, value});
            }
            return samples;
        };
        List<Callable<List<double[]>>> callers = new ArrayList<>();
        for (int i = 0; i < command.path("concurrency").asInt(); i++) {
            callers.add(caller);
        }
        return Map.of("samples", together(callers), "errors", errors);
    }

    /** Each transaction by a client of its own, which knows nothing yet of its nodes. */
    private Object send(JsonNode lanes) throws Exception {
        List<Callable<List<String>>> senders = new ArrayList<>();
        for (JsonNode lane : lanes) {
            senders.add(() -> {
                List<String> said = new ArrayList<>();
                for (JsonNode signed : lane) {
                    try (Client fresh = Client.of(kind, urls)) {
                        said.add(fresh.send(signed.asString()));
                    } catch (IOException | RuntimeException e) {
                        said.add(brief(e));
                    }
                }
                return said;
            });
        }
        return Map.of("outcomes", together(senders));
    }

    private Object batch(String address) {
        try {
            List<BigInteger> answers = client.batch(address);
            return Map.of(
                    "head", answers.get(0).toString(), "balance", answers.get(1).toString());
        } catch (Exception e) {
            return Map.of("error", brief(e));
        }
    }

    private static <T> List<T> together(List<Callable<List<T>>> tasks) throws Exception {
        List<T> all = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<T>> done : threads.invokeAll(tasks)) {
                all.addAll(done.get());
            }
        }
        return all;
    }

    private static String brief(Exception failure) {
        String text = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        return text.substring(0, Math.min(text.length(), 80));
    }
}
