package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.util.List;

/**
 * Who gets a part of what searchers pay for following a transaction.
 *
 * @param address 0x and 40 hexadecimal digits
 * @param percent of the whole, 1 to 100
 */
public record Refund(String address, int percent) {

    /** Checks. */
    public Refund {
        Hex.requireAddress(address, "address");
        if (percent < 1 || percent > 100) {
            throw new IllegalArgumentException("percent must be 1 to 100, was " + percent);
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
