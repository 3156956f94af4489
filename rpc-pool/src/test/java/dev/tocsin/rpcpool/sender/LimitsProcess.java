package dev.tocsin.rpcpool.sender;

import java.math.BigInteger;
import java.nio.file.Path;
import java.time.InstantSource;

/** A process of its own that shares a limit with others: reserves one wei for each of many keys, and prints how often it might. */
final class LimitsProcess {
    private LimitsProcess() {}

    /** Arguments: the file, the limit in wei, how many keys. */
    public static void main(String[] args) throws InterruptedException {
        SpendingLimits limits = SpendingLimits.daily(new BigInteger(args[1]), InstantSource.system(), Path.of(args[0]));
        int first = reserveEach(limits, "first-", 1);
        System.out.println("begun");
        int others = reserveEach(limits, "there-", Integer.parseInt(args[2]) - 1);
        System.out.println("reserved " + (first + others));
    }

    static int reserveEach(SpendingLimits limits, String prefix, int keys) throws InterruptedException {
        int reserved = 0;
        for (int i = 0; i < keys; i++) {
            reserved += limits.reserve(prefix + i, "a process", BigInteger.ONE) ? 1 : 0;
        }
        return reserved;
    }
}
