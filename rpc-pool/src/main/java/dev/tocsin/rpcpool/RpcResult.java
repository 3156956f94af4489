package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.internal.transport.Json;
import java.math.BigInteger;
import java.time.Duration;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** What a node answered: the {@code result} of JSON-RPC. Immutable. */
public final class RpcResult {

    private static final int MOST_SHOWN = 100;
    private static final Pattern HEX = Pattern.compile("0x[0-9a-fA-F]*");

    private final JsonNode tree;
    private final String node;
    private final Duration took;

    private RpcResult(JsonNode tree, String node, Duration took) {
        this.tree = tree;
        this.node = node;
        this.took = took;
    }

    /**
     * An answer; also for those who test without nodes.
     *
     * @param tree the result, JSON's null included; not to be changed later
     * @param node the name of the node that answered
     * @param took how long the answering attempt took
     * @return the answer
     */
    public static RpcResult of(JsonNode tree, String node, Duration took) {
        return new RpcResult(tree, node, took);
    }

    /**
     * The answer as JSON.
     *
     * @return the text of the result, {@code null} of JSON included
     */
    public String json() {
        return tree.toString();
    }

    /**
     * The answer as text.
     *
     * @return the string, or the JSON of what is no string
     */
    public String asText() {
        return tree.isString() ? tree.stringValue() : tree.toString();
    }

    /**
     * The answer as a quantity of the Ethereum JSON-RPC.
     *
     * @return the number
     * @throws RpcException if the answer is not {@code 0x} and hexadecimal digits
     */
    public BigInteger asQuantity() {
        return Json.quantity(tree);
    }

    /**
     * The answer as a quantity that fits a long.
     *
     * @return the number
     * @throws RpcException if the answer is no quantity or too large
     */
    public long asLong() {
        return Json.longQuantity(tree);
    }

    /**
     * Whether the answer is JSON's null: the node knows of no such thing.
     *
     * @return true if it is
     */
    public boolean isNull() {
        return tree.isNull();
    }

    /**
     * Who answered.
     *
     * @return the node's name
     */
    public String node() {
        return node;
    }

    /**
     * How long the answering attempt took.
     *
     * @return the time on the wire
     */
    public Duration took() {
        return took;
    }

    /**
     * The answer as Jackson's tree.
     *
     * @return the result, JSON's null included; not to be changed
     */
    public JsonNode tree() {
        return tree;
    }

    /** For people: at most 100 characters of a number or of hexadecimal data, the kind and size of all else; the node and the time. */
    @Override
    public String toString() {
        return "RpcResult[" + shown() + ", node=" + node + ", took=" + took + "]";
    }

    /** A text of the node's own may repeat a key of its URL. */
    private String shown() {
        if (tree.isContainer()) {
            return (tree.isArray() ? "list of " : "object of ") + tree.size();
        }
        String text = asText();
        String begin = text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN);
        return tree.isString() && !HEX.matcher(begin).matches()
                ? "text of " + text.length() + " characters"
                : begin.equals(text) ? text : begin + "…";
    }
}
