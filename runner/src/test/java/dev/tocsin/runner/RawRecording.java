package dev.tocsin.runner;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Counts over the raw text of the recordings; shares no code with the line, nor with the demo. */
final class RawRecording {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private static final String V2_SWAP = "0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822";
    private static final String V3_SWAP = "0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67";

    long logs;
    long transfers;
    long swaps;
    final Set<String> blocks = new HashSet<>();
    final Map<String, Long> matches = new TreeMap<>();

    void read(Path file) throws IOException {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            if (file.toString().endsWith(".jsonl.gz")) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    JsonNode log = JSON.readTree(line);
                    take(log.path("chainId").toString(), log);
                }
            } else {
                JsonNode block = JSON.readTree(reader);
                blocks.add(block.path("chainId") + "-"
                        + Long.decode(block.path("header").path("number").asString()));
                block.path("receipts")
                        .forEach(receipt -> receipt.path("logs")
                                .forEach(log -> take(block.path("chainId").toString(), log)));
            }
        }
    }

    private void take(String chain, JsonNode log) {
        logs++;
        blocks.add(chain + "-" + Long.decode(log.path("blockNumber").asString()));
        JsonNode topics = log.path("topics");
        String topic0 = topics.path(0).asString("");
        int words = (log.path("data").asString().length() - 2) / 64;
        String address = log.path("address").asString();
        if (topics.size() != 3 || (log.path("data").asString().length() - 2) % 64 != 0) {
            return;
        }
        if (topic0.equals(TRANSFER) && words == 1) {
            transfers++;
            BigInteger value = word(log, 0);
            count("usdc", address.equals("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48") && atLeast(value, 250_000));
            count("usdc2", address.equals("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48") && atLeast(value, 1_000_000));
            count("usdt", address.equals("0xdac17f958d2ee523a2206206994597c13d831ec7") && atLeast(value, 1_000_000));
        } else if (topic0.equals(V2_SWAP) && words == 4) {
            swaps++;
            boolean here = address.equals("0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc");
            count("buy", here && atLeast(word(log, 0), 100_000));
            count("sale", here && atLeast(word(log, 2), 100_000));
        } else if (topic0.equals(V3_SWAP) && words == 5) {
            swaps++;
            boolean here = address.equals("0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640");
            BigInteger amount = word(log, 0);
            BigInteger signed = amount.testBit(255) ? amount.subtract(BigInteger.ONE.shiftLeft(256)) : amount;
            count("v3", here && atLeast(signed.abs(), 500_000));
        }
    }

    private void count(String rule, boolean matched) {
        if (matched) {
            matches.merge(rule, 1L, Long::sum);
        }
    }

    private static boolean atLeast(BigInteger raw, long dollars) {
        return raw.compareTo(BigInteger.valueOf(dollars).multiply(BigInteger.valueOf(1_000_000))) >= 0;
    }

    private static BigInteger word(JsonNode log, int index) {
        return new BigInteger(log.path("data").asString().substring(2 + 64 * index, 66 + 64 * index), 16);
    }
}
