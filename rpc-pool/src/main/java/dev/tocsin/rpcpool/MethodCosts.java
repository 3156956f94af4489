package dev.tocsin.rpcpool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToIntFunction;

/**
 * What providers count for a call, by method, as they have published it (see the head of {@code costs.tsv}). Providers change it: a function of one's
 * own serves as well. Immutable.
 */
public final class MethodCosts implements ToIntFunction<String> {

    private static final String RESOURCE = "costs.tsv";
    private static final String ANY = "*";
    private static final Map<String, MethodCosts> TABLES = read();

    private final Map<String, Integer> byMethod;
    private final Map<String, Integer> byPrefix;
    private final int others;

    private MethodCosts(Map<String, Integer> rows) {
        byMethod = new HashMap<>();
        byPrefix = new HashMap<>();
        rows.forEach((method, cost) -> {
            if (method.endsWith(ANY)) {
                byPrefix.put(method.substring(0, method.length() - 1), cost);
            } else {
                byMethod.put(method, cost);
            }
        });
        others = Objects.requireNonNull(byPrefix.remove(""), "a row for all other methods");
    }

    /**
     * Alchemy's throughput compute units, which its limit per second counts; not those that are billed.
     *
     * @return the table
     * @see <a href="https://www.alchemy.com/docs/reference/compute-unit-costs">Alchemy, Compute Unit Costs</a>
     */
    public static MethodCosts alchemy() {
        return table("alchemy");
    }

    /**
     * Infura's credits.
     *
     * @return the table
     * @see <a href="https://docs.metamask.io/services/get-started/pricing/credit-cost/">Infura, Credit costs</a>
     */
    public static MethodCosts infura() {
        return table("infura");
    }

    /**
     * QuickNode's API credits, for Ethereum and the chains that cost as much. Its limit per second counts requests, not these.
     *
     * @return the table
     * @see <a href="https://www.quicknode.com/api-credits">QuickNode, API Credits</a>
     */
    public static MethodCosts quickNode() {
        return table("quicknode");
    }

    /**
     * The requests that Google's Blockchain RPC counts for a call.
     *
     * @return the table
     * @see <a href="https://cloud.google.com/blockchain-rpc/docs/rpc-api">Google Cloud, Ethereum API Methods</a>
     */
    public static MethodCosts google() {
        return table("google");
    }

    /**
     * Moralis' compute units; historic state, which costs more there, counts as any other.
     *
     * @return the table
     * @see <a href="https://docs.moralis.com/rpc-nodes/reference/compute-units-cu">Moralis, RPC Node Compute Units</a>
     */
    public static MethodCosts moralis() {
        return table("moralis");
    }

    /**
     * Tenderly's units.
     *
     * @return the table
     * @see <a href="https://docs.tenderly.co/node-rpc/pricing">Tenderly, Node RPC Pricing</a>
     */
    public static MethodCosts tenderly() {
        return table("tenderly");
    }

    /**
     * The table by which a provider limits, as its host tells: that of Alchemy, Infura, Google, Moralis or Tenderly.
     *
     * @param host such as {@code eth-mainnet.g.alchemy.com}
     * @return the table; of every other host each call costs 1
     */
    public static ToIntFunction<String> ofHost(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        for (String[] known : List.of(
                new String[] {".alchemy.com", "alchemy"},
                new String[] {".alchemyapi.io", "alchemy"},
                new String[] {".infura.io", "infura"},
                new String[] {"blockchain.googleapis.com", "google"},
                new String[] {".moralis-nodes.com", "moralis"},
                new String[] {".tenderly.co", "tenderly"})) {
            if (name.endsWith(known[0])) {
                return table(known[1]);
            }
        }
        return method -> 1;
    }

    /** What a call of a method costs. */
    @Override
    public int applyAsInt(String method) {
        Integer exact = byMethod.get(method);
        if (exact != null) {
            return exact;
        }
        int end = method.indexOf('_') + 1;
        Integer prefix = end == 0 ? null : byPrefix.get(method.substring(0, end));
        return prefix == null ? others : prefix;
    }

    private static MethodCosts table(String provider) {
        return Objects.requireNonNull(TABLES.get(provider), provider);
    }

    private static Map<String, MethodCosts> read() {
        Map<String, Map<String, Integer>> rows = new HashMap<>();
        try (InputStream in = Objects.requireNonNull(MethodCosts.class.getResourceAsStream(RESOURCE), RESOURCE);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isBlank() || line.startsWith("#")) {
                    continue;
                }
                String[] cells = line.split("\t", -1); // provider, units, methods
                for (String method : cells[2].split(" ", -1)) {
                    rows.computeIfAbsent(cells[0], any -> new HashMap<>()).put(method, Integer.parseInt(cells[1]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, MethodCosts> tables = new HashMap<>();
        rows.forEach((provider, costs) -> tables.put(provider, new MethodCosts(costs)));
        return Map.copyOf(tables);
    }
}
