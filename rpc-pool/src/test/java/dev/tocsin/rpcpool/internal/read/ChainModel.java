package dev.tocsin.rpcpool.internal.read;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.internal.method.BlockRef;
import dev.tocsin.rpcpool.internal.method.BlockRef.ByHash;
import dev.tocsin.rpcpool.internal.method.BlockRef.ByNumber;
import dev.tocsin.rpcpool.internal.method.Method;
import dev.tocsin.rpcpool.internal.method.Methods;
import dev.tocsin.rpcpool.internal.node.Head;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A chain as one node sees it at one time, and what that node answers. Immutable. */
public final class ChainModel {

    static final int FINAL_DEPTH = 20;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final List<Block> blocks; // by number
    private final Map<String, Block> everSeen;
    private final long finalized;

    private ChainModel(List<Block> blocks, Map<String, Block> everSeen, long finalized) {
        this.blocks = blocks;
        this.everSeen = everSeen;
        this.finalized = finalized;
    }

    /** A block; the branch makes it another than that of the same number on another branch. */
    public record Block(long number, String hash, String parent, int branch) {

        /** As a node tells of it. */
        Head told() {
            return new Head(number, hash, parent);
        }
    }

    public static ChainModel start(int length) {
        Block genesis = new Block(0, hash(0, 0), hash(-1, 0), 0);
        return new ChainModel(List.of(genesis), new ConcurrentHashMap<>(Map.of(genesis.hash, genesis)), 0)
                .grown(length - 1, 0);
    }

    /** With so many more blocks. */
    public ChainModel grown(int count, int branch) {
        List<Block> all = new ArrayList<>(blocks);
        for (int i = 0; i < count; i++) {
            long number = all.size();
            all.add(new Block(number, hash(number, branch), all.getLast().hash, branch));
            everSeen.put(all.getLast().hash, all.getLast());
        }
        return new ChainModel(List.copyOf(all), everSeen, Math.max(finalized, all.size() - 1 - FINAL_DEPTH));
    }

    /** Without the newest blocks, as a branch is about to replace them. */
    public ChainModel without(int count) {
        return new ChainModel(blocks.subList(0, blocks.size() - count), everSeen, finalized);
    }

    public Block head() {
        return blocks.getLast();
    }

    public Block at(long number) {
        return blocks.get((int) number);
    }

    public long finalized() {
        return finalized;
    }

    /** The transaction of a block; on another branch it may be in another block. */
    public static String transaction(long number) {
        return hash(number, 1_000_000);
    }

    CallOutcome.Answered answer(RpcCall call) {
        return new CallOutcome.Answered(RpcResult.of(result(call), "node", Duration.ofMillis(1)));
    }

    public JsonNode result(RpcCall call) {
        BlockRef ref = Methods.of(call.method()).newestBlock(call);
        Block block = block(ref);
        return switch (call.method()) {
            case "eth_chainId" -> JSON.stringNode("0x1");
            case "eth_blockNumber" -> JSON.stringNode(quantity(head().number));
            case "eth_getTransactionReceipt" -> receiptOf((String) call.params().getFirst());
            case "eth_getLogs" -> logs(call);
            case "eth_getBalance" -> block == null ? JSON.nullNode() : JSON.stringNode(block.hash.substring(20, 60));
            case "eth_getBlockReceipts" ->
                block == null ? JSON.nullNode() : JSON.arrayNode().add(receipt(block));
            default -> block == null ? JSON.nullNode() : header(block, ref == BlockRef.Tag.PENDING);
        };
    }

    private Block block(BlockRef ref) {
        return switch (ref) {
            case ByNumber by -> by.number() < blocks.size() ? at(by.number()) : null;
            case ByHash by -> everSeen.get(by.hash());
            case BlockRef.Tag tag ->
                switch (tag) {
                    case EARLIEST -> blocks.getFirst();
                    case FINALIZED, SAFE -> at(finalized);
                    case LATEST, PENDING -> head();
                };
            case BlockRef.None none -> null;
        };
    }

    private JsonNode header(Block block, boolean isPending) {
        ObjectNode header =
                JSON.objectNode().put("number", quantity(block.number)).put("parentHash", block.parent);
        return isPending ? header.putNull("hash") : header.put("hash", block.hash);
    }

    private JsonNode receiptOf(String transaction) {
        for (Block block : blocks.subList(Math.max(0, blocks.size() - 3 * FINAL_DEPTH), blocks.size())) {
            if (transaction(block.number + block.branch % 2).equals(transaction)) {
                return receipt(block);
            }
        }
        return JSON.nullNode();
    }

    private static JsonNode receipt(Block block) {
        return JSON.objectNode().put("blockHash", block.hash).put("blockNumber", quantity(block.number));
    }

    private ArrayNode logs(RpcCall call) {
        ArrayNode logs = JSON.arrayNode();
        Method method = Methods.of("eth_getLogs");
        if (method.oldestBlock(call) instanceof ByNumber from && method.newestBlock(call) instanceof ByNumber to) {
            for (long number = from.number(); number <= to.number() && number < blocks.size(); number++) {
                if (number % 3 != 0) {
                    logs.add(receipt(at(number)));
                }
            }
        }
        return logs;
    }

    public static String quantity(long number) {
        return "0x" + Long.toHexString(number);
    }

    private static String hash(long number, int branch) {
        HexFormat hex = HexFormat.of();
        return "0x" + hex.toHexDigits(number + 1).repeat(2)
                + hex.toHexDigits((long) branch).repeat(2);
    }
}
