package dev.tocsin.runner.demo;

import java.util.Locale;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** The positional parameters of a call, read as strictly as geth reads them. */
record RpcParams(JsonNode values) {

    private static final int HASH_BYTES = 32;

    /** Which block is meant. */
    sealed interface Block {

        record Numbered(long number) implements Block {}

        record Hash(String hash) implements Block {}

        record Tagged(Tag tag) implements Block {}
    }

    enum Tag {
        EARLIEST,
        LATEST,
        PENDING,
        SAFE,
        FINALIZED
    }

    static RpcParams of(JsonNode params, int required, int most) throws RpcFailure {
        if (params.isMissingNode() || params.isNull()) {
            params = MissingNode.getInstance();
        } else if (!params.isArray()) {
            throw RpcFailure.invalidParams("non-array args");
        }
        if (params.size() > most) {
            throw RpcFailure.invalidParams("too many arguments, want at most " + most);
        }
        for (int i = 0; i < required; i++) {
            if (i >= params.size() || params.get(i).isNull()) {
                throw RpcFailure.invalidParams("missing value for required argument " + i);
            }
        }
        return new RpcParams(params);
    }

    JsonNode get(int index) {
        return values.path(index);
    }

    boolean flag(int index) throws RpcFailure {
        JsonNode value = get(index);
        if (!value.isBoolean()) {
            throw RpcFailure.invalidArgument(
                    index, "json: cannot unmarshal " + kind(value) + " into Go value of type bool");
        }
        return value.asBoolean();
    }

    String hash(int index) throws RpcFailure {
        return hash(get(index), index);
    }

    /** A tag, a number, a hash, or an object with one of the two. */
    Block block(int index) throws RpcFailure {
        JsonNode value = get(index);
        if (value.isObject()) {
            boolean byHash = value.hasNonNull("blockHash");
            if (byHash == value.hasNonNull("blockNumber")) {
                throw RpcFailure.invalidArgument(index, "cannot specify both BlockHash and BlockNumber, choose one");
            }
            return byHash
                    ? new Block.Hash(hash(value.get("blockHash"), index))
                    : number(value.get("blockNumber"), index);
        }
        if (value.isString() && Hex.isData(value.asString(), HASH_BYTES)) {
            return new Block.Hash(value.asString().toLowerCase(Locale.ROOT));
        }
        return number(value, index);
    }

    /** A tag or a number. */
    static Block number(JsonNode value, int index) throws RpcFailure {
        String text = value.isString() ? value.asString() : value.toString();
        for (Tag tag : Tag.values()) {
            if (text.equals(tag.name().toLowerCase(Locale.ROOT))) {
                return new Block.Tagged(tag);
            }
        }
        if (text.isEmpty()) {
            throw RpcFailure.invalidArgument(index, "empty hex string");
        }
        if (!text.startsWith("0x") && !text.startsWith("0X")) {
            throw RpcFailure.invalidArgument(index, "hex string without 0x prefix");
        }
        String digits = text.substring(2);
        if (digits.isEmpty()) {
            throw RpcFailure.invalidArgument(index, "hex string \"0x\"");
        }
        if (digits.length() > 1 && digits.startsWith("0")) {
            throw RpcFailure.invalidArgument(index, "hex number with leading zero digits");
        }
        if (!digits.matches("[0-9a-fA-F]+")) {
            throw RpcFailure.invalidArgument(index, "invalid hex string");
        }
        if (digits.length() > 16) {
            throw RpcFailure.invalidArgument(index, "hex number > 64 bits");
        }
        long number = Long.parseUnsignedLong(digits, 16);
        if (number < 0) {
            throw RpcFailure.invalidArgument(index, "block number larger than int64");
        }
        return new Block.Numbered(number);
    }

    static String hash(JsonNode value, int index) throws RpcFailure {
        if (!value.isString()) {
            throw RpcFailure.invalidArgument(
                    index, "json: cannot unmarshal " + kind(value) + " into Go value of type common.Hash");
        }
        String text = value.asString();
        if (!text.startsWith("0x")) {
            throw RpcFailure.invalidArgument(index, "hex string without 0x prefix");
        }
        if (!Hex.isData(text, HASH_BYTES)) {
            throw RpcFailure.invalidArgument(
                    index, "hex string has length " + (text.length() - 2) + ", want 64 for common.Hash");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    static String kind(JsonNode value) {
        return value.getNodeType().name().toLowerCase(Locale.ROOT);
    }
}
