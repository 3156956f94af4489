package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.sender.PendingTransaction.Attempt;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A {@link PendingTransaction}, or the end of one, as a line of JSON. */
final class TransactionText {
    private static final JsonMapper JSON = JsonMapper.shared();

    private TransactionText() {}

    static String removal(String key) {
        return JSON.createObjectNode().put("removed", key).toString() + '\n';
    }

    static String line(PendingTransaction transaction) {
        TransactionRequest request = transaction.request();
        ObjectNode json = JSON.createObjectNode();
        json.put("key", request.key()).put("owner", transaction.owner()).put("to", request.to());
        json.put("valueWei", request.valueWei().toString()).put("data", request.data());
        request.gas().ifPresent(gas -> json.put("gas", gas));
        json.put("finished", transaction.isFinished());
        transaction.dropped().ifPresent(dropped -> {
            ObjectNode entry = json.putObject("dropped").put("hash", dropped.hash());
            dropped.by().ifPresent(by -> entry.put("by", by));
            entry.put("cause", dropped.cause());
        });
        ArrayNode attempts = json.putArray("attempts");
        for (Attempt attempt : transaction.attempts()) {
            ObjectNode entry = attempts.addObject();
            entry.put("nonce", attempt.nonce()).put("gas", attempt.gas());
            switch (attempt.price()) {
                case GasPrice.Legacy legacy ->
                    entry.put("priceWei", legacy.priceWei().toString());
                case GasPrice.Dynamic price ->
                    entry.put("maxFeeWei", price.maxFeeWei().toString())
                            .put("tipWei", price.tipWei().toString());
            }
            entry.put("hash", attempt.hash()).put("cancel", attempt.isCancel()).put("signed", attempt.signedHex());
        }
        return json.toString() + '\n';
    }

    /** Takes a line in. */
    static void read(String line, KnownTransactions known) {
        JsonNode json = JSON.readTree(line);
        if (json.has("removed")) {
            known.remove(text(json, "removed"));
            return;
        }
        JsonNode gas = json.path("gas");
        TransactionRequest request = new TransactionRequest(
                text(json, "key"),
                text(json, "to"),
                new BigInteger(text(json, "valueWei")),
                text(json, "data"),
                gas.isNumber() ? OptionalLong.of(gas.longValue()) : OptionalLong.empty());
        List<Attempt> attempts = new ArrayList<>();
        for (JsonNode entry : json.get("attempts")) {
            attempts.add(new Attempt(
                    entry.get("nonce").longValue(),
                    entry.get("gas").longValue(),
                    price(entry),
                    text(entry, "signed"),
                    text(entry, "hash"),
                    entry.get("cancel").booleanValue()));
        }
        known.save(new PendingTransaction(
                request,
                text(json, "owner"),
                attempts,
                json.get("finished").booleanValue(),
                dropped(json.path("dropped"))));
    }

    private static Optional<Dropped> dropped(JsonNode entry) {
        return entry.isObject()
                ? Optional.of(new Dropped(text(entry, "hash"), entry.path("by").stringValueOpt(), text(entry, "cause")))
                : Optional.empty();
    }

    private static GasPrice price(JsonNode entry) {
        return entry.has("priceWei")
                ? new GasPrice.Legacy(new BigInteger(text(entry, "priceWei")))
                : new GasPrice.Dynamic(new BigInteger(text(entry, "maxFeeWei")), new BigInteger(text(entry, "tipWei")));
    }

    private static String text(JsonNode json, String field) {
        return json.get(field).stringValue();
    }
}
