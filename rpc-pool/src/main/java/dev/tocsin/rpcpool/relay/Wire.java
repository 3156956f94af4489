package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.transport.Json;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Transactions and bundles as the relay's JSON, and its answers. */
final class Wire {

    private Wire() {}

    /** The parameter of {@code eth_sendPrivateTransaction}; preferences only where something was chosen. */
    static Map<String, Object> transaction(Signed signed, long maxBlock, PrivateOptions options) {
        Map<String, Object> preferences = new LinkedHashMap<>();
        if (options.isFast()) {
            preferences.put("fast", true);
        }
        Map<String, Object> privacy = privacy(options.hints(), options.builders());
        if (!privacy.isEmpty()) {
            preferences.put("privacy", privacy);
        }
        if (!options.refunds().isEmpty()) {
            preferences.put("validity", Map.of("refund", refunds(options.refunds())));
        }
        Map<String, Object> param = new LinkedHashMap<>();
        param.put("tx", signed.hex());
        param.put("maxBlockNumber", Hex.quantity(maxBlock));
        if (!preferences.isEmpty()) {
            param.put("preferences", preferences);
        }
        return param;
    }

    static String sendMethod(Bundle bundle) {
        return switch (bundle) {
            case Bundle.ForBlock one -> "eth_sendBundle";
            case Bundle.Shared shared -> "mev_sendBundle";
        };
    }

    static Map<String, Object> toSend(Bundle bundle) {
        return switch (bundle) {
            case Bundle.ForBlock one -> {
                Map<String, Object> param = forBlock(one);
                if (!one.mayRevert().isEmpty()) {
                    param.put(
                            "revertingTxHashes",
                            one.mayRevert().stream().sorted().toList());
                }
                if (!one.builders().isEmpty()) {
                    param.put("builders", one.builders());
                }
                yield param;
            }
            case Bundle.Shared shared -> shared(shared);
        };
    }

    static String simulateMethod(Bundle bundle) {
        return switch (bundle) {
            case Bundle.ForBlock one -> "eth_callBundle";
            case Bundle.Shared shared -> "mev_simBundle";
        };
    }

    static Map<String, Object> toSimulate(Bundle bundle) {
        return switch (bundle) {
            case Bundle.ForBlock one -> {
                Map<String, Object> param = forBlock(one);
                param.put("stateBlockNumber", "latest");
                yield param;
            }
            case Bundle.Shared shared -> shared(shared);
        };
    }

    /** Those that are signed; not those known by their hash only. */
    static List<String> transactions(Bundle bundle) {
        return switch (bundle) {
            case Bundle.ForBlock one -> one.transactions();
            case Bundle.Shared shared -> {
                List<String> signed = new ArrayList<>();
                for (Bundle.Item item : shared.items()) {
                    if (item instanceof Bundle.Item.Signed own) {
                        signed.add(own.transaction());
                    }
                }
                yield signed;
            }
        };
    }

    /** The answer of {@code eth_callBundle} or {@code mev_simBundle}. */
    static Simulation simulation(Bundle bundle, JsonNode result, RelayClient client) {
        return switch (bundle) {
            case Bundle.ForBlock one -> called(result, client);
            case Bundle.Shared shared -> simulated(result, client);
        };
    }

    private static Simulation called(JsonNode result, RelayClient client) {
        for (JsonNode one : result.path("results")) {
            String error = one.path("error").asString("");
            if (!error.isEmpty()) {
                return new Simulation.Failed(
                        client.clean(error), text(one, "revert", client), text(one, "txHash", client));
            }
        }
        return new Simulation.Succeeded(
                result.path("stateBlockNumber").asLong(-1),
                result.path("totalGasUsed").asLong(0),
                decimal(result.path("coinbaseDiff")));
    }

    private static Simulation simulated(JsonNode result, RelayClient client) {
        if (!result.path("success").asBoolean(false)) {
            String error = result.path("error").asString("the relay does not say why");
            return new Simulation.Failed(client.clean(error), text(result, "revert", client), Optional.empty());
        }
        return new Simulation.Succeeded(
                Json.longQuantity(result.path("stateBlock")),
                Json.longQuantity(result.path("gasUsed")),
                Json.quantity(result.path("profit")));
    }

    private static BigInteger decimal(JsonNode wei) {
        try {
            return new BigInteger(wei.asString(""));
        } catch (NumberFormatException e) {
            throw new RpcException("expected wei as decimal digits, the relay answered " + Json.brief(wei), e);
        }
    }

    private static Optional<String> text(JsonNode tree, String name, RelayClient client) {
        String text = tree.path(name).asString("");
        return text.isEmpty() ? Optional.empty() : Optional.of(client.clean(text));
    }

    private static Map<String, Object> forBlock(Bundle.ForBlock bundle) {
        Map<String, Object> param = new LinkedHashMap<>();
        param.put("txs", bundle.transactions());
        param.put("blockNumber", Hex.quantity(bundle.block()));
        return param;
    }

    private static Map<String, Object> shared(Bundle.Shared bundle) {
        Map<String, Object> inclusion = new LinkedHashMap<>();
        inclusion.put("block", Hex.quantity(bundle.block()));
        inclusion.put("maxBlock", Hex.quantity(bundle.maxBlock()));
        List<Map<String, Object>> parts = new ArrayList<>();
        for (Bundle.ItemRefund refund : bundle.refunds()) {
            Map<String, Object> part = new LinkedHashMap<>();
            part.put("bodyIdx", refund.item());
            part.put("percent", refund.percent());
            parts.add(part);
        }
        Map<String, Object> validity = new LinkedHashMap<>();
        validity.put("refund", parts);
        validity.put("refundConfig", refunds(bundle.refundsToUs()));
        Map<String, Object> param = new LinkedHashMap<>();
        param.put("version", "v0.1");
        param.put("inclusion", inclusion);
        param.put("body", bundle.items().stream().map(Wire::item).toList());
        param.put("validity", validity);
        Map<String, Object> privacy = privacy(bundle.hints(), bundle.builders());
        if (!privacy.isEmpty()) {
            param.put("privacy", privacy);
        }
        return param;
    }

    private static Map<String, Object> item(Bundle.Item item) {
        return switch (item) {
            case Bundle.Item.Known known -> Map.of("hash", known.hash());
            case Bundle.Item.Signed signed -> {
                Map<String, Object> own = new LinkedHashMap<>();
                own.put("tx", signed.transaction());
                own.put("canRevert", signed.mayRevert());
                yield own;
            }
        };
    }

    private static Map<String, Object> privacy(Optional<Set<Hint>> hints, List<String> builders) {
        Map<String, Object> privacy = new LinkedHashMap<>();
        hints.ifPresent(
                shown -> privacy.put("hints", shown.stream().map(Hint::wire).toList()));
        if (!builders.isEmpty()) {
            privacy.put("builders", builders);
        }
        return privacy;
    }

    private static List<Map<String, Object>> refunds(List<Refund> refunds) {
        List<Map<String, Object>> list = new ArrayList<>();
        for (Refund refund : refunds) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("address", refund.address());
            one.put("percent", refund.percent());
            list.add(one);
        }
        return list;
    }
}
