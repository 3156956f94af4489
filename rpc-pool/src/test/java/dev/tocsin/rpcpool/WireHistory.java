package dev.tocsin.rpcpool;

import dev.tocsin.testsupport.AnvilNode;
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

    static long number(JsonNode quantity) {
        return Long.decode(quantity.asString());
    }

    static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }
}
