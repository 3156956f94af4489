package dev.tocsin.rpcpool.relay;

import com.sun.net.httpserver.HttpExchange;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.SignatureException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.web3j.crypto.Hash;
import org.web3j.crypto.Keys;
import org.web3j.crypto.Sign;
import org.web3j.crypto.SignedRawTransaction;
import org.web3j.crypto.transaction.type.ITransaction;
import org.web3j.crypto.transaction.type.Transaction1559;
import org.web3j.utils.Numeric;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A relay that takes what Flashbots' documents describe and nothing else: what breaks the contract is kept in {@link #violations} and answered with an
 * error. It can fail in every way that a relay does, before or after it has done what was asked.
 *
 * @see <a href="https://docs.flashbots.net/flashbots-auction/advanced/rpc-endpoint">the contracts</a>
 * @see <a href="https://github.com/flashbots/rpc-endpoint/blob/main/server/request_processor.go">the rules and the words of errors</a>
 */
final class FakeRelay extends HttpPeer {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Set<String> HINTS =
            Set.of("calldata", "contract_address", "function_selector", "logs", "hash");

    private static final Set<String> SHARED = Set.of("version", "inclusion", "body", "validity");

    /** What goes wrong with a request. */
    enum Fault {
        NONE,
        /** A bare "internal error", with or without having done it. */
        INTERNAL_ERROR,
        INTERNAL_ERROR_AFTER,
        /** The same as the relay's own way of giving errors, a text. */
        TEXT_ERROR_AFTER,
        CUT,
        CUT_AFTER,
        HTTP_500,
        HTTP_429,
        GARBAGE,
        /** The JSON-RPC error repeats the transaction. */
        ECHO
    }

    /** What it has been given. */
    static final class Held {
        final String signed;
        final String owner;
        final String sender;
        final long nonce;
        volatile long maxBlock;
        volatile String status = "PENDING";
        volatile String simError = "";

        Held(String signed, String owner, long maxBlock) {
            this.signed = signed;
            this.owner = owner;
            sender = TestChain.sender(signed);
            nonce = TestChain.decode(signed).getNonce().longValueExact();
            this.maxBlock = maxBlock;
        }
    }

    private final ChainFacts chain;
    private final Map<String, Held> held = new ConcurrentHashMap<>();
    private final List<String> violations = new CopyOnWriteArrayList<>();
    private final List<JsonNode> calls = new CopyOnWriteArrayList<>();
    private volatile Function<String, Fault> faults = method -> Fault.NONE;
    private volatile String simulation = "{}";

    FakeRelay(ChainFacts chain) {
        this.chain = chain;
    }

    /** By method; {@code status} for the status API. */
    FakeRelay faults(Function<String, Fault> plan) {
        faults = plan;
        return this;
    }

    FakeRelay fault(String method, Fault fault) {
        return faults(asked -> asked.equals(method) ? fault : Fault.NONE);
    }

    void simulates(String result) {
        simulation = result;
    }

    String statusUrl() {
        return url() + "/tx";
    }

    List<String> violations() {
        return violations;
    }

    /** The calls that were signed as they should be. */
    List<JsonNode> calls(String method) {
        return calls.stream()
                .filter(call -> call.path("method").asString().equals(method))
                .toList();
    }

    Held held(String signed) {
        return held.get(SignedBy.hash(signed));
    }

    /** Whatever became of it. */
    List<Held> all() {
        return List.copyOf(held.values());
    }

    boolean has(String signed) {
        return held.containsKey(SignedBy.hash(signed));
    }

    void forget(String signed) {
        held.remove(SignedBy.hash(signed));
    }

    /** The address that signed, or an empty text if the header is not one of this body. */
    static String signer(String header, byte[] body) {
        String[] parts = header == null ? new String[0] : header.split(":", -1);
        if (parts.length != 2 || !parts[1].matches("0x[0-9a-f]{130}")) {
            return "";
        }
        byte[] signature = Numeric.hexStringToByteArray(parts[1]);
        byte[] digest = Numeric.toHexString(Hash.sha3(body)).getBytes(StandardCharsets.US_ASCII);
        try {
            BigInteger key = Sign.signedPrefixedMessageToKey(
                    digest,
                    new Sign.SignatureData(
                            signature[64],
                            Arrays.copyOfRange(signature, 0, 32),
                            Arrays.copyOfRange(signature, 32, 64)));
            String address = "0x" + Keys.getAddress(key);
            return address.equalsIgnoreCase(parts[0]) ? address : "";
        } catch (SignatureException e) {
            return "";
        }
    }

    @Override
    Answer answer(HttpExchange exchange, byte[] body) {
        String path = exchange.getRequestURI().getPath();
        if (exchange.getRequestMethod().equals("GET") && path.startsWith("/tx/")) {
            return faulty(faults.apply("status"), () -> status(path.substring(4)), "");
        }
        String owner = signer(exchange.getRequestHeaders().getFirst("X-Flashbots-Signature"), body);
        if (owner.isEmpty()) {
            violations.add("not signed by the address in the header");
            return new Answer(403, "{\"error\":\"invalid signature\"}");
        }
        JsonNode call = JSON.readTree(body);
        calls.add(call);
        String method = call.path("method").asString();
        return faulty(faults.apply(method), () -> served(call, owner), call.toString());
    }

    private static Answer faulty(Fault fault, Supplier<Answer> served, String echo) {
        return switch (fault) {
            case NONE -> served.get();
            case INTERNAL_ERROR -> error(-32603, "internal error");
            case INTERNAL_ERROR_AFTER -> {
                served.get();
                yield error(-32603, "internal error");
            }
            case TEXT_ERROR_AFTER -> {
                served.get();
                yield new Answer(500, "{\"error\":\"internal server error\"}");
            }
            case CUT -> null;
            case CUT_AFTER -> {
                served.get();
                yield null;
            }
            case HTTP_500 -> new Answer(502, "<html>bad gateway</html>");
            case HTTP_429 -> new Answer(429, "");
            case GARBAGE -> new Answer(200, "{\"jsonrpc\":");
            case ECHO -> error(-32600, "reading transaction object failed - rawTx: " + echo);
        };
    }

    private Answer status(String hash) {
        Held one = held.get(hash);
        ObjectNode status = JSON.createObjectNode();
        status.put("status", one == null ? "UNKNOWN" : one.status);
        status.put("hash", hash);
        status.put("maxBlockNumber", one == null ? 0 : one.maxBlock);
        status.putObject("transaction").put("from", "").put("nonce", "");
        status.put("fastMode", false).put("seenInMempool", false);
        status.put("simError", one == null ? "" : one.simError);
        return new Answer(200, status.toString());
    }

    private Answer served(JsonNode call, String owner) {
        try {
            require(fields(call).equals(Set.of("jsonrpc", "id", "method", "params")), "the call's fields");
            require(call.path("params").size() == 1, "one parameter");
            JsonNode param = call.path("params").path(0);
            return switch (call.path("method").asString()) {
                case "eth_sendPrivateTransaction" -> sendTransaction(param, owner);
                case "eth_cancelPrivateTransaction" -> cancel(param, owner);
                case "eth_sendBundle" ->
                    bundle(param, Set.of("txs", "blockNumber"), Set.of("revertingTxHashes", "builders"));
                case "mev_sendBundle" -> bundle(param, SHARED, Set.of("privacy"));
                case "eth_callBundle" -> simulated(param, Set.of("txs", "blockNumber", "stateBlockNumber"), Set.of());
                case "mev_simBundle" -> simulated(param, SHARED, Set.of("privacy"));
                default -> throw new Violation("the method " + call.path("method"));
            };
        } catch (Violation e) {
            violations.add(e.getMessage());
            return error(-32602, "invalid params: " + e.getMessage());
        }
    }

    private Answer sendTransaction(JsonNode param, String owner) {
        require(Set.of("tx", "maxBlockNumber", "preferences").containsAll(fields(param)), "fields of the transaction");
        preferences(param.path("preferences"));
        String signed = param.path("tx").asString();
        long maxBlock = Long.decode(hex(param.path("maxBlockNumber")));
        require(maxBlock <= chain.head() + 25 && maxBlock > chain.head(), "maxBlockNumber in the next 25 blocks");
        SignedRawTransaction transaction = TestChain.decode(signed);
        if (tip(transaction.getTransaction()).signum() == 0) {
            return error(-32600, "transaction underpriced: gas tip cap 0, minimum needed 1");
        }
        if (signed.length() / 2 - 1 > 131_072) {
            return error(-32603, "invalid target for large tx");
        }
        String sender = TestChain.sender(signed);
        long confirmed = chain.confirmed(sender);
        long most = held.values().stream()
                .filter(one -> one.sender.equals(sender))
                .mapToLong(one -> one.nonce)
                .reduce(confirmed, Math::max);
        long nonce = transaction.getNonce().longValueExact();
        if (nonce < confirmed || nonce > most + 1) {
            return error(-32603, "invalid nonce");
        }
        String hash = SignedBy.hash(signed);
        Held before = held.get(hash);
        if (before == null || before.status.equals("FAILED")) {
            held.put(hash, new Held(signed, owner, maxBlock));
        }
        return result(JSON.stringNode(hash));
    }

    private Answer cancel(JsonNode param, String owner) {
        require(fields(param).equals(Set.of("txHash")), "fields of the cancellation");
        Held one = held.get(param.path("txHash").asString());
        boolean taken = one != null && one.owner.equals(owner) && one.status.equals("PENDING");
        if (taken) {
            one.status = "CANCELLED";
        }
        return result(JSON.booleanNode(taken));
    }

    private Answer bundle(JsonNode param, Set<String> must, Set<String> may) {
        bundleFields(param, must, may);
        return result(JSON.createObjectNode().put("bundleHash", Hash.sha3String(param.toString())));
    }

    private Answer simulated(JsonNode param, Set<String> must, Set<String> may) {
        bundleFields(param, must, may);
        return result(JSON.readTree(simulation));
    }

    private void bundleFields(JsonNode param, Set<String> must, Set<String> may) {
        Set<String> fields = fields(param);
        require(fields.containsAll(must), "fields of the bundle, which are " + fields);
        fields.removeAll(must);
        require(may.containsAll(fields), "no further fields of the bundle than " + may);
        if (!must.contains("version")) {
            require(param.path("txs").isArray() && !param.path("txs").isEmpty(), "txs");
            hex(param.path("blockNumber"));
            return;
        }
        require(param.path("version").asString().equals("v0.1"), "version v0.1");
        long block = Long.decode(hex(param.path("inclusion").path("block")));
        require(Long.decode(hex(param.path("inclusion").path("maxBlock"))) >= block, "maxBlock from block on");
        require(fields(param.path("validity")).equals(Set.of("refund", "refundConfig")), "fields of validity");
        for (JsonNode item : param.path("body")) {
            boolean isKnown = fields(item).equals(Set.of("hash"));
            boolean isSigned = fields(item).equals(Set.of("tx", "canRevert"))
                    && item.path("canRevert").isBoolean();
            require(isKnown || isSigned, "fields of an item");
        }
    }

    private static void preferences(JsonNode preferences) {
        require(Set.of("fast", "privacy", "validity").containsAll(fields(preferences)), "fields of preferences");
        JsonNode privacy = preferences.path("privacy");
        require(Set.of("hints", "builders").containsAll(fields(privacy)), "fields of privacy");
        for (JsonNode hint : privacy.path("hints")) {
            require(HINTS.contains(hint.asString()), "hint " + hint);
        }
        for (JsonNode refund : preferences.path("validity").path("refund")) {
            require(fields(refund).equals(Set.of("address", "percent")), "fields of a refund");
            require(refund.path("percent").isInt(), "percent as a number");
        }
    }

    private static BigInteger tip(ITransaction transaction) {
        return transaction instanceof Transaction1559 priced
                ? priced.getMaxPriorityFeePerGas()
                : transaction.getGasPrice();
    }

    private static String hex(JsonNode node) {
        require(node.isString() && node.stringValue().matches("0x(0|[1-9a-f][0-9a-f]*)"), "a quantity, was " + node);
        return node.stringValue();
    }

    private static Set<String> fields(JsonNode node) {
        return new HashSet<>(node.propertyNames());
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new Violation(what);
        }
    }

    private static Answer error(int code, String message) {
        ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
        answer.putObject("error").put("code", code).put("message", message);
        return new Answer(200, answer.toString());
    }

    private static Answer result(JsonNode result) {
        ObjectNode answer = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
        answer.set("result", result);
        return new Answer(200, answer.toString());
    }

    private static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1;

        Violation(String what) {
            super(what);
        }
    }

    /** Everything that still waits. */
    List<Held> waiting() {
        return held.values().stream()
                .filter(one -> one.status.equals("PENDING"))
                .toList();
    }
}
