package dev.tocsin.runner.demo;

import java.math.BigInteger;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The JSON forms of what a node answers, field by field as geth gives them. */
final class NodeJson {

    static final JsonMapper JSON = JsonMapper.builder().build();

    private static final String PRIORITY_FEE = Hex.quantity(1_000_000_000L);
    private static final int HEADER_BYTES = 600;
    private static final int TRANSACTION_BYTES = 180;

    private NodeJson() {}

    static ObjectNode header(DemoBlock block) {
        DemoHeader header = block.header();
        ObjectNode node = JSON.createObjectNode();
        node.put("parentHash", header.parentHash());
        node.put("sha3Uncles", header.sha3Uncles());
        node.put("miner", header.miner());
        node.put("stateRoot", header.stateRoot());
        node.put("transactionsRoot", header.transactionsRoot());
        node.put("receiptsRoot", header.receiptsRoot());
        node.put("logsBloom", header.logsBloom());
        node.put("difficulty", Hex.quantity(header.difficulty()));
        node.put("number", Hex.quantity(header.number()));
        node.put("gasLimit", Hex.quantity(header.gasLimit()));
        node.put("gasUsed", Hex.quantity(header.gasUsed()));
        node.put("timestamp", Hex.quantity(header.timestamp()));
        node.put("extraData", header.extraData());
        node.put("mixHash", header.mixHash());
        node.put("nonce", header.nonce());
        putQuantity(node, "baseFeePerGas", header.baseFeePerGas());
        node.put("withdrawalsRoot", header.withdrawalsRoot());
        putQuantity(node, "blobGasUsed", header.blobGasUsed());
        putQuantity(node, "excessBlobGas", header.excessBlobGas());
        node.put("parentBeaconBlockRoot", header.parentBeaconBlockRoot());
        node.put("hash", block.hash());
        return node;
    }

    static ObjectNode block(DemoBlock block, long chainId, boolean full) {
        ObjectNode node = header(block);
        // The encoded transactions do not exist, so their size is an estimate.
        node.put(
                "size",
                Hex.quantity(HEADER_BYTES
                        + (long) TRANSACTION_BYTES * block.transactions().size()));
        node.putArray("uncles");
        node.putArray("withdrawals");
        ArrayNode transactions = node.putArray("transactions");
        for (int index = 0; index < block.transactions().size(); index++) {
            if (full) {
                transactions.add(transaction(block, index, chainId));
            } else {
                transactions.add(block.transactions().get(index).hash());
            }
        }
        return node;
    }

    /** What was not recorded or simulated (value, input, signature) has a plausible constant. */
    static ObjectNode transaction(DemoBlock block, int index, long chainId) {
        Draft.Transaction transaction = block.transactions().get(index);
        ObjectNode node = JSON.createObjectNode();
        node.put("blockHash", block.hash());
        node.put("blockNumber", Hex.quantity(block.number()));
        node.put("from", transaction.from());
        node.put("gas", Hex.quantity(transaction.gasUsed()));
        node.put("gasPrice", gasPrice(block));
        node.put("maxFeePerGas", gasPrice(block));
        node.put("maxPriorityFeePerGas", PRIORITY_FEE);
        node.put("hash", transaction.hash());
        node.put("input", "0x");
        node.put("nonce", "0x0");
        node.put("to", transaction.to());
        node.put("transactionIndex", Hex.quantity(index));
        node.put("value", "0x0");
        node.put("type", "0x2");
        node.putArray("accessList");
        node.put("chainId", Hex.quantity(chainId));
        node.put("v", "0x0");
        node.put("r", Hex.quantity(new BigInteger(1, Hex.bytes(Hex.hashOf("r" + transaction.hash())))));
        node.put("s", Hex.quantity(new BigInteger(1, Hex.bytes(Hex.hashOf("s" + transaction.hash()))).shiftRight(1)));
        node.put("yParity", "0x0");
        return node;
    }

    static ArrayNode receipts(DemoBlock block) {
        ArrayNode node = JSON.createArrayNode();
        long gasBefore = 0;
        int logsBefore = 0;
        for (int index = 0; index < block.transactions().size(); index++) {
            Draft.Transaction transaction = block.transactions().get(index);
            int logsTo = logsBefore + transaction.logs().size();
            gasBefore += transaction.gasUsed();
            node.add(receipt(block, index, gasBefore, block.logs().subList(logsBefore, logsTo)));
            logsBefore = logsTo;
        }
        return node;
    }

    static ObjectNode receipt(DemoBlock block, int wanted) {
        long gas = 0;
        int logsBefore = 0;
        for (int index = 0; index < wanted; index++) {
            gas += block.transactions().get(index).gasUsed();
            logsBefore += block.transactions().get(index).logs().size();
        }
        Draft.Transaction transaction = block.transactions().get(wanted);
        List<DemoLog> logs =
                block.logs().subList(logsBefore, logsBefore + transaction.logs().size());
        return receipt(block, wanted, gas + transaction.gasUsed(), logs);
    }

    private static ObjectNode receipt(DemoBlock block, int index, long cumulativeGas, List<DemoLog> logs) {
        Draft.Transaction transaction = block.transactions().get(index);
        ObjectNode node = JSON.createObjectNode();
        node.put("blockHash", block.hash());
        node.put("blockNumber", Hex.quantity(block.number()));
        node.put(
                "contractAddress",
                transaction.to() != null
                        ? null
                        : "0x" + Hex.hashOf("contract " + transaction.hash()).substring(26));
        node.put("cumulativeGasUsed", Hex.quantity(cumulativeGas));
        node.put("effectiveGasPrice", gasPrice(block));
        node.put("from", transaction.from());
        node.put("gasUsed", Hex.quantity(transaction.gasUsed()));
        ArrayNode logNodes = node.putArray("logs");
        logs.forEach(log -> logNodes.add(log(block, log, false)));
        node.put("logsBloom", LogsBloom.of(logs).hex());
        node.put("status", transaction.succeeded() ? "0x1" : "0x0");
        node.put("to", transaction.to());
        node.put("transactionHash", transaction.hash());
        node.put("transactionIndex", Hex.quantity(index));
        node.put("type", "0x2");
        return node;
    }

    static ObjectNode log(DemoBlock block, DemoLog log, boolean removed) {
        ObjectNode node = JSON.createObjectNode();
        node.put("address", log.address());
        ArrayNode topics = node.putArray("topics");
        log.topics().forEach(topics::add);
        node.put("data", log.data());
        node.put("blockNumber", Hex.quantity(block.number()));
        node.put("transactionHash", log.transactionHash());
        node.put("transactionIndex", Hex.quantity(log.transactionIndex()));
        node.put("blockHash", block.hash());
        node.put("blockTimestamp", Hex.quantity(block.timestampSeconds()));
        node.put("logIndex", Hex.quantity(log.logIndex()));
        node.put("removed", removed);
        return node;
    }

    private static String gasPrice(DemoBlock block) {
        BigInteger baseFee = block.header().baseFeePerGas();
        return baseFee == null ? "0x0" : Hex.quantity(baseFee);
    }

    private static void putQuantity(ObjectNode node, String field, @Nullable BigInteger value) {
        node.put(field, value == null ? null : Hex.quantity(value));
    }
}
