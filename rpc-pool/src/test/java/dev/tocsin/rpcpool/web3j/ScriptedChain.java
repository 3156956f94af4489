package dev.tocsin.rpcpool.web3j;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A chain of named blocks, each with one log, that several fake nodes serve. Starts with the blocks 0 to 10. */
final class ScriptedChain {

    private volatile List<String> names =
            IntStream.rangeClosed(0, 10).mapToObj(Integer::toString).toList();

    /** One thread mines. */
    void mine(String name) {
        replace(0, name);
    }

    /** Replaces the last blocks, all at once. */
    void replace(int depth, String... fresh) {
        names = Stream.concat(names.subList(0, names.size() - depth).stream(), Stream.of(fresh))
                .toList();
    }

    ScriptedNode serve(ScriptedNode node) {
        return node.on("eth_getBalance", "0x3e8")
                .onCall("eth_blockNumber", params -> "\"result\":\"0x" + Integer.toHexString(names.size() - 1) + '"')
                .onCall("eth_getBlockByNumber", params -> "\"result\":" + block(number(params)))
                .onCall("eth_getLogs", params -> "\"result\":" + log(params.path(0)));
    }

    private int number(JsonNode params) {
        String text = params.path(0).asString();
        return switch (text) {
            case "latest" -> names.size() - 1;
            case "finalized" -> 0;
            default -> Integer.parseInt(text.substring(2), 16);
        };
    }

    private String block(int number) {
        List<String> line = names;
        if (number >= line.size()) {
            return "null";
        }
        return "{\"number\":\"0x" + Integer.toHexString(number) + "\",\"hash\":\"0x" + line.get(number)
                + "\",\"parentHash\":\"0x" + (number == 0 ? "none" : line.get(number - 1)) + "\"}";
    }

    private static String log(JsonNode query) {
        String hash = query.path("blockHash").asString("");
        return hash.isEmpty()
                ? "[]"
                : "[{\"blockHash\":\"" + hash + "\",\"address\":\""
                        + query.path("address").path(0).asString("0xc0")
                        + "\",\"topics\":[],\"data\":\"0x\",\"logIndex\":\"0x0\"}]";
    }
}
