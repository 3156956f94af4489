package dev.tocsin.runner;

import dev.tocsin.testsupport.AnvilNode;
import dev.tocsin.testsupport.Contracts;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import tools.jackson.databind.JsonNode;

/**
 * What must be told of transfers, computed from the node's own receipts and nothing of ours: an alert for each that is on the
 * chain now, and for each recipient one of the watch with a cooldown, by the time of the blocks. The two watches stand in {@link #watches}.
 */
final class ChainTruth {

    private final AnvilNode node;
    private final Duration cooldown;
    private final ConcurrentLinkedQueue<String> transactions = new ConcurrentLinkedQueue<>();

    ChainTruth(AnvilNode node, Duration cooldown) {
        this.node = node;
        this.cooldown = cooldown;
    }

    String watches() {
        return """
                watches:
                  - name: transfer
                    event: %1$s
                    when: value >= 1 TOKEN
                    summary: "{value TOKEN} to {to}"
                  - name: first
                    event: %1$s
                    cooldown: %2$ds
                    per: to
                """.formatted(LineHarness.TRANSFER, cooldown.toSeconds());
    }

    /** Remembers a transfer of one token or more. */
    void add(Contracts.Receipt receipt) {
        transactions.add(receipt.transactionHash());
    }

    int transfers() {
        return transactions.size();
    }

    /** The keys of the alerts that stand, given the chain as it is now. */
    Set<String> alerts() throws InterruptedException {
        SortedMap<Long, JsonNode> byHeight = new TreeMap<>(); // a block holds one transaction here
        for (String transaction : transactions) {
            JsonNode receipt = node.rpc("eth_getTransactionReceipt", transaction);
            if (receipt.isObject()) {
                byHeight.put(number(receipt.path("blockNumber")), receipt);
            }
        }
        Set<String> keys = new TreeSet<>();
        Map<String, Long> passed = new HashMap<>();
        for (JsonNode receipt : byHeight.values()) {
            JsonNode log = receipt.path("logs").path(0);
            String block = receipt.path("blockHash").asString();
            String key = "31337:" + block + ":"
                    + receipt.path("transactionHash").asString() + ":" + number(log.path("logIndex")) + ":";
            keys.add(key + "transfer");
            String recipient = log.path("topics").path(2).asString();
            long at = number(node.rpc("eth_getBlockByHash", block, false).path("timestamp"));
            Long before = passed.get(recipient);
            if (before == null || at - before >= cooldown.toSeconds()) {
                passed.put(recipient, at);
                keys.add(key + "first");
            }
        }
        return keys;
    }

    private static long number(JsonNode hex) {
        return Long.decode(hex.asString());
    }
}
