package dev.tocsin.rpcpool.stream;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.internal.hex.Keccak256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Which logs a {@link LogStream} delivers: those of any of the addresses whose first topic is any of the topics. An empty set
 * does not restrict. Immutable.
 *
 * <p>Up to {@value #MAX_ADDRESSES_ASKED} addresses are part of the question to the node; beyond, and always in addition, the answer
 * is filtered here.
 *
 * @param addresses contracts, each {@code 0x} and 40 hexadecimal digits; empty for any
 * @param topic0s first topics, each {@code 0x} and 64 hexadecimal digits; empty for any, logs without topics included
 */
public record LogQuery(Set<String> addresses, Set<String> topic0s) {
    /** With more addresses than this the node is asked by topics only, since nodes refuse long lists. */
    static final int MAX_ADDRESSES_ASKED = 500;

    /**
     * Checks and copies the sets, in lower case.
     *
     * @throws IllegalArgumentException if an address or a topic is none
     * @throws NullPointerException if a set or an element is null
     */
    public LogQuery {
        addresses = checked(requireNonNull(addresses, "addresses"), 20, "address");
        topic0s = checked(requireNonNull(topic0s, "topic0s"), 32, "topic0");
    }

    /**
     * Every log of the chain.
     *
     * @return the query
     */
    public static LogQuery all() {
        return new LogQuery(Set.of(), Set.of());
    }

    /**
     * All logs of these contracts.
     *
     * @param addresses the contracts, at least one
     * @return the query
     * @throws IllegalArgumentException if there is none, or one is not an address
     */
    public static LogQuery address(String... addresses) {
        if (addresses.length == 0) {
            throw new IllegalArgumentException("addresses must have at least one element; LogQuery.all() is every log");
        }
        return new LogQuery(new LinkedHashSet<>(Arrays.asList(addresses)), Set.of());
    }

    /**
     * The logs of these events, of any contract.
     *
     * @param signatures event signatures such as {@code Transfer(address,address,uint256)}, or as Solidity has them:
     *     {@code event Transfer(address indexed from, address indexed to, uint value)}; at least one. Contracts and enums are written as
     *     what they are in the ABI: {@code address}, {@code uint8}
     * @return the query
     * @throws IllegalArgumentException if there is none, or one is none or has a type that is none, which is then named
     */
    public static LogQuery event(String... signatures) {
        return all().withEvents(signatures);
    }

    /**
     * This query, restricted to these events in addition to the topics it has.
     *
     * @param signatures as for {@link #event}, at least one
     * @return the changed copy
     * @throws IllegalArgumentException if there is none, or one is none or has a type that is none, which is then named
     */
    public LogQuery withEvents(String... signatures) {
        if (signatures.length == 0) {
            throw new IllegalArgumentException("signatures must have at least one element");
        }
        Set<String> topics = new LinkedHashSet<>(topic0s);
        for (String signature : signatures) {
            topics.add(topic0(EventSignature.canonical(signature)));
        }
        return new LogQuery(addresses, topics);
    }

    /** Whether this log is wanted. */
    boolean wants(Log log) {
        return (addresses.isEmpty() || addresses.contains(log.address())) && wantsTopics(log.topics());
    }

    /** Whether the node, asked as {@link #request} asks, may answer with this log. */
    boolean asksFor(Log log) {
        return asksByAddress() ? wants(log) : wantsTopics(log.topics());
    }

    boolean isAll() {
        return addresses.isEmpty() && topic0s.isEmpty();
    }

    /** The parameter of {@code eth_getLogs} for one block. */
    Map<String, Object> request(String blockHash) {
        Map<String, Object> request = new TreeMap<>();
        request.put("blockHash", blockHash);
        if (asksByAddress()) {
            request.put("address", List.copyOf(addresses));
        }
        if (!topic0s.isEmpty()) {
            request.put("topics", List.of(List.copyOf(topic0s)));
        }
        return request;
    }

    @Override
    public String toString() {
        return "LogQuery[" + counted(addresses, "address") + ", " + counted(topic0s, "topic0") + "]";
    }

    private boolean asksByAddress() {
        return !addresses.isEmpty() && addresses.size() <= MAX_ADDRESSES_ASKED;
    }

    private boolean wantsTopics(List<String> topics) {
        return topic0s.isEmpty() || (!topics.isEmpty() && topic0s.contains(topics.getFirst()));
    }

    private static String topic0(String signature) {
        byte[] hash = Keccak256.hash(signature.getBytes(StandardCharsets.US_ASCII));
        return Hex.of(hash);
    }

    private static Set<String> checked(Set<String> elements, int bytes, String name) {
        Set<String> checked = new LinkedHashSet<>();
        elements.forEach(element -> checked.add(Hex.requireBytes(element, bytes, name)));
        return Collections.unmodifiableSet(checked);
    }

    private static String counted(Set<String> elements, String name) {
        if (elements.isEmpty()) {
            return "any " + name;
        }
        Stream<String> first = elements.stream().limit(3);
        return name + " " + String.join(" ", first.toList())
                + (elements.size() > 3 ? " and " + (elements.size() - 3) + " more" : "");
    }
}
