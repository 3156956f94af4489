package dev.tocsin.rpcpool.sender;

import static java.util.Objects.requireNonNull;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.math.BigInteger;
import java.util.OptionalLong;

/**
 * A transaction that is wanted. The contract and the account that are called must exist by address: contracts are not created.
 *
 * @param key names it: what has been sent under a key is never sent again. 1 to 200 characters, derived from what it is for, such as
 *     {@code invoice-2041}; unique among all senders that share an account, nonces or limits
 * @param to whom it calls: an address, kept in lower case
 * @param valueWei what it carries, zero or more
 * @param data 0x and the call's bytes, kept in lower case
 * @param gas the most units of gas; empty: estimated
 */
public record TransactionRequest(String key, String to, BigInteger valueWei, String data, OptionalLong gas) {

    private static final int LONGEST_KEY = 200;

    /** Checks. */
    public TransactionRequest {
        if (requireNonNull(key, "key").isBlank() || key.length() > LONGEST_KEY) {
            throw new IllegalArgumentException("key must have 1 to " + LONGEST_KEY + " characters, was '" + key + "'");
        }
        to = Hex.requireAddress(to, "to");
        data = Hex.requireData(data, "data");
        if (requireNonNull(valueWei, "valueWei").signum() < 0 || valueWei.bitLength() > 256) {
            throw new IllegalArgumentException("valueWei must be 0 to 2^256 - 1, was " + valueWei);
        }
        if (requireNonNull(gas, "gas").isPresent() && gas.getAsLong() < 21_000) {
            throw new IllegalArgumentException("gas must be at least 21000, was " + gas.getAsLong());
        }
    }

    /**
     * Ether to an address.
     *
     * @param key names it
     * @param to who gets it
     * @param valueWei how much
     * @return the request
     */
    public static TransactionRequest transfer(String key, String to, BigInteger valueWei) {
        return new TransactionRequest(key, to, valueWei, "0x", OptionalLong.empty());
    }

    /**
     * A call of a contract, without ether.
     *
     * @param key names it
     * @param contract the contract's address
     * @param data 0x and the call's bytes
     * @return the request
     */
    public static TransactionRequest call(String key, String contract, String data) {
        return new TransactionRequest(key, contract, BigInteger.ZERO, data, OptionalLong.empty());
    }

    /**
     * The same with ether.
     *
     * @param wei how much
     * @return a copy
     */
    public TransactionRequest withValue(BigInteger wei) {
        return new TransactionRequest(key, to, wei, data, gas);
    }

    /**
     * The same with a given gas limit, which is then not estimated.
     *
     * @param units at least 21,000
     * @return a copy
     */
    public TransactionRequest withGas(long units) {
        return new TransactionRequest(key, to, valueWei, data, OptionalLong.of(units));
    }
}
