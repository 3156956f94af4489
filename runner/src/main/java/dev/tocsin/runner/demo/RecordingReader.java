package dev.tocsin.runner.demo;

import dev.tocsin.runner.demo.RecordedBlocks.Place;
import dev.tocsin.runner.demo.RecordedBlocks.RecordedLog;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the two file formats of recorded blocks; whatever is not in the format becomes one sentence that names the file. */
final class RecordingReader {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String BLOCK_FORMAT =
            "a gzip-compressed JSON object with chainId, header.number and receipts with their logs";
    private static final String LINES_FORMAT = "gzip-compressed lines, each a JSON object with chainId, blockNumber, "
            + "transactionHash, transactionIndex, logIndex, address, topics and data";

    private RecordingReader() {}

    /** A whole block. */
    record Block(Place place, Draft draft, int logCount) {}

    static Block readBlock(Path file) {
        JsonNode root;
        try (InputStream in = open(file)) {
            root = JSON.readTree(in);
        } catch (IOException | JacksonException e) {
            throw unreadable(file, "", e, BLOCK_FORMAT);
        }
        try {
            Place place = new Place(integer(root, "chainId"), quantity(root.path("header"), "number"));
            List<Draft.Transaction> transactions = new ArrayList<>();
            int logCount = 0;
            for (JsonNode receipt : array(root, "receipts")) {
                Draft.Transaction transaction = transaction(place, receipt);
                transactions.add(transaction);
                logCount += transaction.logs().size();
            }
            return new Block(place, new Draft(transactions, place.text()), logCount);
        } catch (FormatException e) {
            throw unreadable(file, "", e, BLOCK_FORMAT);
        }
    }

    static void readLogs(Path file, BiConsumer<Place, RecordedLog> to) {
        Map<String, String> known = new HashMap<>();
        int line = 0;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                line++;
                JsonNode node = JSON.readTree(text);
                Place place = new Place(integer(node, "chainId"), quantity(node, "blockNumber"));
                String hash = transactionHash(place, node);
                to.accept(place, new RecordedLog(quantity(node, "logIndex"), hash, log(node, known)));
            }
        } catch (IOException | JacksonException | FormatException e) {
            // What failed is the line after the last that was read, unless its text was there already.
            throw unreadable(file, " in line " + (e instanceof IOException ? line + 1 : line), e, LINES_FORMAT);
        }
    }

    private static InputStream open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            return new GZIPInputStream(in, 1 << 16);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    private static Draft.Transaction transaction(Place place, JsonNode receipt) throws FormatException {
        List<Draft.Log> logs = new ArrayList<>();
        for (JsonNode log : array(receipt, "logs")) {
            logs.add(log(log, Map.of()));
        }
        String to = receipt.path("to").isNull() ? null : hex(receipt, "to", 20);
        // Before Byzantium a receipt has a state root and no status.
        boolean succeeded = !receipt.path("status").isString()
                || receipt.path("status").asString().equals("0x1");
        return new Draft.Transaction(
                transactionHash(place, receipt),
                hex(receipt, "from", 20),
                to,
                succeeded,
                quantity(receipt, "gasUsed"),
                logs);
    }

    private static Draft.Log log(JsonNode node, Map<String, String> known) throws FormatException {
        List<String> topics = new ArrayList<>();
        for (JsonNode topic : array(node, "topics")) {
            topics.add(shared(hexText(topic, "topics", 32), known));
        }
        if (topics.size() > 4) {
            throw new FormatException("topics has " + topics.size() + " entries");
        }
        return new Draft.Log(shared(hex(node, "address", 20), known), topics, hex(node, "data", -1));
    }

    /** One string for equal ones, while the map is not too big: a log file repeats a few addresses and topics. */
    private static String shared(String text, Map<String, String> known) {
        if (known.size() < 10_000 && known instanceof HashMap) {
            return known.computeIfAbsent(text, same -> same);
        }
        return known.getOrDefault(text, text);
    }

    private static String transactionHash(Place place, JsonNode node) throws FormatException {
        return node.path("transactionHash").isNull()
                ? Hex.hashOf("transaction " + place.text() + "-" + quantity(node, "transactionIndex"))
                : hex(node, "transactionHash", 32);
    }

    private static JsonNode array(JsonNode node, String field) throws FormatException {
        JsonNode value = node.path(field);
        if (!value.isArray()) {
            throw new FormatException(field + " is " + shown(value) + ", not an array");
        }
        return value;
    }

    private static long integer(JsonNode node, String field) throws FormatException {
        JsonNode value = node.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
            throw new FormatException(field + " is " + shown(value) + ", not a whole number");
        }
        return value.asLong();
    }

    private static long quantity(JsonNode node, String field) throws FormatException {
        JsonNode value = node.path(field);
        if (value.isString() && value.asString().matches("0x[0-9a-fA-F]{1,15}")) {
            return Hex.number(value.asString());
        }
        throw new FormatException(field + " is " + shown(value) + ", not a hex quantity");
    }

    private static String hex(JsonNode node, String field, int bytes) throws FormatException {
        return hexText(node.path(field), field, bytes);
    }

    private static String hexText(JsonNode value, String field, int bytes) throws FormatException {
        if (value.isString() && Hex.isData(value.asString(), bytes)) {
            return value.asString().toLowerCase(Locale.ROOT);
        }
        throw new FormatException(
                field + " is " + shown(value) + ", not " + (bytes < 0 ? "whole bytes" : bytes + " bytes") + " as hex");
    }

    private static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "missing" : value.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    private static RecordingException unreadable(Path file, String where, Exception cause, String expected) {
        String why = switch (cause) {
            case FormatException e -> e.getMessage();
            case JacksonException e ->
                e.getCause() instanceof IOException ? reason(e.getCause()) : e.getOriginalMessage();
            default -> reason(cause);
        };
        return new RecordingException(file + " cannot be read" + where + ": " + why + "; expected " + expected, cause);
    }

    static String reason(@Nullable Throwable cause) {
        return switch (cause) {
            case EOFException e -> "it ends too early";
            case ZipException e -> "it is not gzip-compressed or damaged";
            case NoSuchFileException e -> "it is gone";
            case AccessDeniedException e -> "permission denied";
            case null, default -> String.valueOf(cause);
        };
    }

    /** A value that is not what the format says. */
    private static final class FormatException extends Exception {
        private static final long serialVersionUID = 1L;

        FormatException(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
