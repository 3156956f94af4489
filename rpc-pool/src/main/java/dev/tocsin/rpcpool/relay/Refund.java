package dev.tocsin.rpcpool.relay;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Who gets a part of what searchers pay for following a transaction.
 *
 * @param address 0x and 40 hexadecimal digits
 * @param percent of the whole, 1 to 100
 */
public record Refund(String address, int percent) {

    private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-fA-F]{40}");

    /** Checks. */
    public Refund {
        requireAddress("address", address);
        if (percent < 1 || percent > 100) {
            throw new IllegalArgumentException("percent must be 1 to 100, was " + percent);
        }
    }

    static void requireAddress(String name, String address) {
        if (!ADDRESS.matcher(address).matches()) {
            throw new IllegalArgumentException(name + " must be 0x and 40 hexadecimal digits, was " + address);
        }
    }

    static List<Refund> atMostAll(List<Refund> refunds) {
        int sum = refunds.stream().mapToInt(Refund::percent).sum();
        if (sum > 100) {
            throw new IllegalArgumentException("refunds must be at most 100 percent together, were " + sum);
        }
        return List.copyOf(refunds);
    }
}
