package dev.tocsin.rpcpool;

import static org.awaitility.Awaitility.await;

import dev.tocsin.testsupport.AnvilNode;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;

/** A contract that logs what it is sent, and some blocks of its use; what the node itself says is the truth. */
final class WireHistory {

    static final int BLOCKS = 60;
    /** Logs its call's data. The first twelve bytes are those that put the other eleven on the chain. */
    private static final String CODE = "0x600b600c600039600b6000f33660006000373660" + "00a000";

    private final AnvilNode anvil;
    private final Map<List<Object>, JsonNode> truths = new ConcurrentHashMap<>();
    private final List<String> hashes = new ArrayList<>();
    final String contract;
    final long first;
    final long last;

    private WireHistory(AnvilNode anvil) throws InterruptedException {
        this.anvil = anvil;
        String owner = anvil.accounts().getFirst();
        JsonNode deployed = mined(Map.of("from", owner, "data", CODE));
        contract = deployed.path("contractAddress").asString();
        first = number(deployed.path("blockNumber"));
        for (int i = 0; i < BLOCKS; i++) {
            mined(Map.of("from", owner, "to", contract, "value", "0x1", "data", "0x" + String.format("%064x", i)));
        }
        last = anvil.blockNumber();
    }

    static WireHistory of(AnvilNode anvil) throws InterruptedException {
        return new WireHistory(anvil);
    }

    private JsonNode mined(Map<String, String> transaction) throws InterruptedException {
        String hash = anvil.rpc("eth_sendTransaction", transaction).asString();
        anvil.mine(1);
        hashes.add(hash);
        JsonNode receipt = anvil.rpc("eth_getTransactionReceipt", hash);
        if (!receipt.path("status").asString("").equals("0x1")) {
            throw new AssertionError("the history is not as it should be: " + receipt);
        }
        return receipt;
    }

    String hash(int index) {
        return hashes.get(index);
    }

    /** What the node itself answers; only for calls whose answer does not change any more. */
    JsonNode truth(String method, Object... params) throws InterruptedException {
        List<Object> key = List.of(method, List.of(params));
        JsonNode known = truths.get(key);
        if (known == null) {
            known = anvil.rpc(method, params);
            truths.put(key, known);
        }
        return known;
    }

    /**
     * Whether a balance is older than a block. While Anvil makes the next block, it says of the newest one what will be the state after the
     * next; so that is asked again once there is another.
     */
    boolean isBefore(long block, String address, BigInteger balance) throws InterruptedException {
        if (balance.compareTo(WireTraffic.quantity(truth("eth_getBalance", address, hex(block)))) >= 0) {
            return false;
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> anvil.blockNumber() > block);
        return balance.compareTo(WireTraffic.quantity(anvil.rpc("eth_getBalance", address, hex(block)))) < 0;
    }

    static long number(JsonNode quantity) {
        return Long.decode(quantity.asString());
    }

    static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }
}
