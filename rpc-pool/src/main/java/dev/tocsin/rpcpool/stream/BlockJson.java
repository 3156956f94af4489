package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.stream.ChainReader.ToldLog;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Blocks and logs in the JSON of the Ethereum JSON-RPC (execution-apis, schemas block and receipt). Strict: whatever is
 * missing or of another form is an {@link IllegalArgumentException} that names the field.
 */
final class BlockJson {
    private BlockJson() {}

    /** The block; a missing bloom is one that tells nothing. */
    static Block block(JsonNode json) {
        object(json);
        Instant time;
        try {
            time = Instant.ofEpochSecond(quantity(json, "timestamp"));
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("timestamp is out of range", e);
        }
        Header header = new Header(quantity(json, "number"), hash(json, "hash"), hash(json, "parentHash"), time);
        JsonNode bloom = json.get("logsBloom");
        return new Block(header, bloom == null || bloom.isNull() ? Bloom.ZERO : Bloom.parse(text(bloom, "logsBloom")));
    }

    /** The logs, as they were told. */
    static List<ToldLog> logs(JsonNode json, long chainId, Instant blockTime) {
        if (!json.isArray()) {
            throw new IllegalArgumentException("expected an array");
        }
        List<ToldLog> logs = new ArrayList<>(json.size());
        for (JsonNode entry : json) {
            logs.add(log(entry, chainId, blockTime));
        }
        return logs;
    }

    /** A quantity on its own. */
    static long quantity(JsonNode json) {
        return asQuantity(json, "the result");
    }

    private static ToldLog log(JsonNode json, long chainId, Instant blockTime) {
        object(json);
        JsonNode removed = json.get("removed");
        Log log = new Log(
                chainId,
                quantity(json, "blockNumber"),
                hash(json, "blockHash"),
                blockTime,
                hash(json, "transactionHash"),
                index(json, "transactionIndex"),
                index(json, "logIndex"),
                bytes(field(json, "address"), 20, "address"),
                topics(field(json, "topics")),
                data(field(json, "data")));
        return new ToldLog(log, removed != null && removed.booleanValue(false));
    }

    private static List<String> topics(JsonNode json) {
        if (!json.isArray() || json.size() > 4) {
            throw new IllegalArgumentException("topics must be an array of at most 4");
        }
        List<String> topics = new ArrayList<>(json.size());
        for (JsonNode topic : json) {
            topics.add(bytes(topic, 32, "topic"));
        }
        return topics;
    }

    private static String data(JsonNode json) {
        String data = text(json, "data");
        if (!Hex.isData(data)) {
            throw new IllegalArgumentException("data is not 0x and an even number of hexadecimal digits");
        }
        return data.toLowerCase(Locale.ROOT);
    }

    private static int index(JsonNode json, String name) {
        long index = quantity(json, name);
        if (index > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(name + " is out of range");
        }
        return (int) index;
    }

    private static String hash(JsonNode json, String name) {
        return bytes(field(json, name), 32, name);
    }

    private static String bytes(JsonNode json, int bytes, String name) {
        return Hex.requireBytes(text(json, name), bytes, name);
    }

    private static long quantity(JsonNode json, String name) {
        return asQuantity(field(json, name), name);
    }

    private static long asQuantity(JsonNode json, String name) {
        String text = text(json, name);
        if (text.length() < 3 || text.length() > 18 || !Hex.isHex(text)) {
            throw new IllegalArgumentException(name + " is not 0x and 1 to 16 hexadecimal digits");
        }
        long value = Long.parseUnsignedLong(text, 2, text.length(), 16);
        if (value < 0) {
            throw new IllegalArgumentException(name + " is out of range");
        }
        return value;
    }

    private static String text(JsonNode json, String name) {
        if (!json.isString()) {
            throw new IllegalArgumentException(name + " is not a string");
        }
        return json.stringValue();
    }

    private static JsonNode field(JsonNode json, String name) {
        @Nullable JsonNode field = json.get(name);
        if (field == null) {
            throw new IllegalArgumentException(name + " is missing");
        }
        return field;
    }

    private static void object(JsonNode json) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("expected an object");
        }
    }
}
