package dev.tocsin.runner.demo;

import dev.tocsin.runner.demo.RpcParams.Block;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/**
 * Which logs are wanted: the filter object of {@code eth_getLogs} and of the {@code logs} subscription, as geth reads it. An
 * empty set stands for any.
 */
record LogFilter(
        @Nullable Block from,
        @Nullable Block to,
        @Nullable String blockHash,
        Set<String> addresses,
        List<Set<String>> topics) {

    private static final int MAX_TOPICS = 4;
    private static final int MAX_CHOICES = 1000;

    /** Reads the argument of that index; an absent one wants everything. */
    static LogFilter parse(JsonNode filter, int index) throws RpcFailure {
        if (filter.isMissingNode() || filter.isNull()) {
            filter = MissingNode.getInstance();
        } else if (!filter.isObject()) {
            throw RpcFailure.invalidArgument(
                    index, "json: cannot unmarshal " + RpcParams.kind(filter) + " into Go value of type filters.input");
        }
        String blockHash = filter.hasNonNull("blockHash") ? RpcParams.hash(filter.get("blockHash"), index) : null;
        Block from = filter.hasNonNull("fromBlock") ? RpcParams.number(filter.get("fromBlock"), index) : null;
        Block to = filter.hasNonNull("toBlock") ? RpcParams.number(filter.get("toBlock"), index) : null;
        if (blockHash != null && (from != null || to != null)) {
            throw RpcFailure.invalidArgument(
                    index, "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
        }
        return new LogFilter(
                from, to, blockHash, addresses(filter.path("address"), index), topics(filter.path("topics"), index));
    }

    boolean matches(DemoLog log) {
        if (!addresses.isEmpty() && !addresses.contains(log.address())) {
            return false;
        }
        if (topics.size() > log.topics().size()) {
            return false;
        }
        for (int i = 0; i < topics.size(); i++) {
            if (!topics.get(i).isEmpty() && !topics.get(i).contains(log.topics().get(i))) {
                return false;
            }
        }
        return true;
    }

    private static Set<String> addresses(JsonNode address, int index) throws RpcFailure {
        if (address.isMissingNode() || address.isNull()) {
            return Set.of();
        }
        if (address.isString()) {
            return Set.of(hex(address.asString(), 20, index, "invalid address: "));
        }
        if (!address.isArray()) {
            throw RpcFailure.invalidArgument(index, "invalid addresses in query");
        }
        Set<String> addresses = new HashSet<>();
        for (int i = 0; i < address.size(); i++) {
            if (!address.get(i).isString()) {
                throw RpcFailure.invalidArgument(index, "non-string address at index " + i);
            }
            addresses.add(hex(address.get(i).asString(), 20, index, "invalid address at index " + i + ": "));
        }
        return limited(addresses);
    }

    private static List<Set<String>> topics(JsonNode topics, int index) throws RpcFailure {
        if (topics.isMissingNode() || topics.isNull()) {
            return List.of();
        }
        if (!topics.isArray()) {
            throw RpcFailure.invalidArgument(
                    index,
                    "json: cannot unmarshal " + RpcParams.kind(topics)
                            + " into Go struct field input.topics of type []interface {}");
        }
        List<Set<String>> positions = new ArrayList<>();
        for (JsonNode position : topics) {
            positions.add(position(position, index));
        }
        if (positions.size() > MAX_TOPICS) {
            throw RpcFailure.invalidParams("exceed max topics");
        }
        return List.copyOf(positions);
    }

    private static Set<String> position(JsonNode position, int index) throws RpcFailure {
        if (position.isNull()) {
            return Set.of();
        }
        if (position.isString()) {
            return Set.of(hex(position.asString(), 32, index, ""));
        }
        if (!position.isArray()) {
            throw RpcFailure.invalidArgument(index, "invalid topic(s)");
        }
        Set<String> choices = new HashSet<>();
        for (JsonNode choice : position) {
            if (choice.isNull()) {
                return Set.of(); // a null among the choices matches everything
            }
            if (!choice.isString()) {
                throw RpcFailure.invalidArgument(index, "invalid topic(s)");
            }
            choices.add(hex(choice.asString(), 32, index, ""));
        }
        return limited(choices);
    }

    private static Set<String> limited(Set<String> choices) throws RpcFailure {
        if (choices.size() > MAX_CHOICES) {
            throw RpcFailure.invalidParams("exceed max addresses or topics per search position");
        }
        return Set.copyOf(choices);
    }

    private static String hex(String text, int bytes, int index, String before) throws RpcFailure {
        if (Hex.isData(text, bytes)) {
            return text.toLowerCase(Locale.ROOT);
        }
        String why;
        if (!text.startsWith("0x")) {
            why = "hex string without 0x prefix";
        } else if (text.length() % 2 != 0) {
            why = "hex string of odd length";
        } else if (!Hex.isData(text, -1)) {
            why = "invalid hex string";
        } else {
            why = "hex has invalid length " + (text.length() - 2) / 2 + " after decoding; expected " + bytes + " for "
                    + (bytes == 20 ? "address" : "topic");
        }
        throw RpcFailure.invalidArgument(index, before + why);
    }
}
