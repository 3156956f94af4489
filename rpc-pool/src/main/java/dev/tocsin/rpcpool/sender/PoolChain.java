package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.internal.hex.Hex;
import java.math.BigInteger;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The chain as a pool sees it. */
final class PoolChain implements Chain {
    private static final String LATEST = "latest";

    private final RpcPool pool;

    PoolChain(RpcPool pool) {
        this.pool = pool;
    }

    @Override
    public long chainId() {
        return pool.chainId();
    }

    @Override
    public Fees fees() throws InterruptedException {
        JsonNode base = pool.call("eth_getBlockByNumber", LATEST, false).tree().path("baseFeePerGas");
        BigInteger price = pool.call("eth_gasPrice").asQuantity();
        if (!base.isString()) {
            return new Fees(Optional.empty(), BigInteger.ZERO, price);
        }
        BigInteger baseFee = number(base);
        return new Fees(Optional.of(baseFee), tip(price.subtract(baseFee).max(BigInteger.ZERO)), price);
    }

    private BigInteger tip(BigInteger otherwise) throws InterruptedException {
        try {
            return pool.call("eth_maxPriorityFeePerGas").asQuantity();
        } catch (RpcException e) {
            return otherwise; // not every node offers it
        }
    }

    @Override
    public Trial simulate(String from, TransactionRequest request, Optional<Long> block) throws InterruptedException {
        String at = block.map(Hex::quantity).orElse(LATEST);
        return trial(
                "eth_call",
                result -> Revert.isRevert(result.asText())
                        ? new Trial.Reverts(Revert.reason(result.asText(), "execution reverted"))
                        : new Trial.Passed(0),
                fields(from, request),
                at);
    }

    @Override
    public Trial estimate(String from, TransactionRequest request) throws InterruptedException {
        return trial("eth_estimateGas", result -> new Trial.Passed(result.asLong()), fields(from, request));
    }

    @FunctionalInterface
    private interface Reading {
        Trial of(RpcResult result);
    }

    private Trial trial(String method, Reading reading, @Nullable Object... params) throws InterruptedException {
        try {
            return reading.of(pool.call(method, params));
        } catch (RpcRejectedException e) {
            return switch (e.errorClass()) {
                case EXECUTION_REVERTED, EXECUTION_FAILED, SIMULATION_FAILED ->
                    new Trial.Reverts(Revert.reason(e.data(), e.reason()));
                case INSUFFICIENT_FUNDS -> new Trial.NoFunds(e.reason());
                default -> throw e;
            };
        }
    }

    private static Map<String, String> fields(String from, TransactionRequest request) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("from", from);
        fields.put("to", request.to());
        fields.put("value", Hex.quantity(request.valueWei()));
        fields.put("data", request.data());
        request.gas().ifPresent(gas -> fields.put("gas", Hex.quantity(gas)));
        return fields;
    }

    @Override
    public long height(String tag) throws InterruptedException {
        return number(pool.call("eth_getBlockByNumber", tag, false).tree().path("number"))
                .longValueExact();
    }

    @Override
    public long nonce(String address, String block) throws InterruptedException {
        return pool.call("eth_getTransactionCount", address, block).asLong();
    }

    @Override
    public Optional<TransactionReceipt> receipt(String hash) throws InterruptedException {
        JsonNode json = pool.call("eth_getTransactionReceipt", hash).tree();
        return json.path("blockHash").isString() ? Optional.of(receipt(hash, json)) : Optional.empty();
    }

    @Override
    public Optional<TransactionReceipt> receipt(long block, Set<String> hashes) throws InterruptedException {
        JsonNode receipts =
                pool.call("eth_getBlockReceipts", Hex.quantity(block)).tree();
        if (!receipts.isArray()) {
            throw new RpcException("block " + block + " cannot be had yet", null);
        }
        for (JsonNode json : receipts) {
            String hash = json.path("transactionHash").asString("").toLowerCase(Locale.ROOT);
            if (hashes.contains(hash)) {
                return Optional.of(receipt(hash, json));
            }
        }
        return Optional.empty();
    }

    private static TransactionReceipt receipt(String hash, JsonNode json) {
        JsonNode price = json.path("effectiveGasPrice");
        return new TransactionReceipt(
                hash,
                number(json.path("blockNumber")).longValueExact(),
                json.path("blockHash").asString(""),
                number(json.path("status")).signum() > 0,
                number(json.path("gasUsed")).longValueExact(),
                price.isString() ? number(price) : BigInteger.ZERO,
                json);
    }

    @Override
    public Optional<String> blockHash(long number) throws InterruptedException {
        JsonNode hash = pool.call("eth_getBlockByNumber", Hex.quantity(number), false)
                .tree()
                .path("hash");
        return hash.isString() ? Optional.of(hash.stringValue()) : Optional.empty();
    }

    private static BigInteger number(JsonNode quantity) {
        try {
            return new BigInteger(quantity.stringValue().substring(2), 16);
        } catch (RuntimeException e) {
            throw new RpcException("no quantity: " + quantity, e);
        }
    }
}
