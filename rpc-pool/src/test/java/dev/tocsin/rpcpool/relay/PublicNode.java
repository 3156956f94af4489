package dev.tocsin.rpcpool.relay;

import com.sun.net.httpserver.HttpExchange;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A public node of a {@link TestChain}: whoever wants to know what became public looks at what it received. */
final class PublicNode extends HttpPeer {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final TestChain chain;
    private final List<String> waiting = new CopyOnWriteArrayList<>();
    private volatile boolean isDown;

    PublicNode(TestChain chain) {
        this.chain = chain;
    }

    void down(boolean down) {
        isDown = down;
    }

    /** What it was given and no block has. */
    List<String> waiting() {
        return waiting.stream().filter(signed -> !chain.contains(signed)).toList();
    }

    /** Whether a byte of the transaction, or its hash, ever came. */
    boolean hasHeardOf(String signed) {
        String bytes = signed.substring(2).toLowerCase(Locale.ROOT);
        String hash = SignedBy.hash(signed).substring(2);
        return received().stream()
                .map(request -> request.toLowerCase(Locale.ROOT))
                .anyMatch(request -> request.contains(bytes) || request.contains(hash));
    }

    @Override
    Answer answer(HttpExchange exchange, byte[] body) {
        if (isDown) {
            return new Answer(503, "");
        }
        JsonNode request = JSON.readTree(body);
        if (request.isArray()) {
            ArrayNode answers = JSON.createArrayNode();
            request.forEach(one -> answers.add(single(one)));
            return new Answer(200, answers.toString());
        }
        return new Answer(200, single(request).toString());
    }

    private ObjectNode single(JsonNode request) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("jsonrpc", "2.0");
        answer.set("id", request.path("id"));
        JsonNode params = request.path("params");
        switch (request.path("method").asString()) {
            case "eth_chainId" -> answer.put("result", hex(SignedBy.CHAIN));
            case "eth_blockNumber" -> answer.put("result", hex(chain.head()));
            case "eth_getTransactionCount" ->
                answer.put(
                        "result",
                        hex(count(params.path(0).asString(), params.path(1).asString())));
            case "eth_getBlockByNumber" -> answer.set("result", block(params));
            case "eth_getBlockReceipts" ->
                answer.set("result", receipts(Long.decode(params.path(0).asString())));
            case "eth_gasPrice" -> answer.put("result", hex(12_000_000_000L));
            case "eth_maxPriorityFeePerGas" -> answer.put("result", hex(2_000_000_000L));
            case "eth_sendRawTransaction" -> {
                String signed = params.path(0).asString();
                waiting.add(signed);
                answer.put("result", SignedBy.hash(signed));
            }
            case "eth_getTransactionReceipt", "eth_getTransactionByHash" -> answer.putNull("result");
            default ->
                answer.putObject("error")
                        .put("code", -32601)
                        .put("message", "the method " + request.path("method").asString() + " does not exist");
        }
        return answer;
    }

    private long count(String address, String block) {
        return switch (block) {
            case "latest" -> chain.confirmed(address);
            case "pending" ->
                chain.confirmed(address)
                        + waiting().stream()
                                .filter(signed -> TestChain.sender(signed).equals(address.toLowerCase(Locale.ROOT)))
                                .count();
            default -> chain.confirmed(address, Long.decode(block));
        };
    }

    private JsonNode block(JsonNode params) {
        String tag = params.path(0).asString();
        long number = tag.startsWith("0x") ? Long.decode(tag) : chain.head();
        if (number > chain.head() || number < 1) {
            return JSON.nullNode();
        }
        ObjectNode block = JSON.createObjectNode();
        block.put("number", hex(number)).put("hash", hash(number)).put("baseFeePerGas", hex(10_000_000_000L));
        ArrayNode hashes = block.putArray("transactions");
        chain.hashes(number).forEach(hashes::add);
        return block;
    }

    private JsonNode receipts(long number) {
        if (number > chain.head() || number < 1) {
            return JSON.nullNode();
        }
        ArrayNode receipts = JSON.createArrayNode();
        for (String signed : chain.block(number)) {
            ObjectNode receipt = receipts.addObject().put("transactionHash", SignedBy.hash(signed));
            receipt.put("blockNumber", hex(number)).put("blockHash", hash(number));
            receipt.put("status", "0x1").put("gasUsed", hex(21_000)).put("effectiveGasPrice", hex(12_000_000_000L));
        }
        return receipts;
    }

    private static String hash(long number) {
        return "0x" + String.format("%064x", number);
    }

    private static String hex(long number) {
        return "0x" + Long.toHexString(number);
    }
}
