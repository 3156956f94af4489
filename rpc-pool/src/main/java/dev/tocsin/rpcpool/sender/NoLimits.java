package dev.tocsin.rpcpool.sender;

import java.math.BigInteger;

/** Refuses nothing. */
final class NoLimits implements SpendingLimits {
    @Override
    public boolean reserve(String key, String owner, BigInteger wei) {
        return true;
    }

    @Override
    public void settle(String key, String owner) {
        // nothing is counted
    }

    @Override
    public void release(String key, String owner) {
        // nothing is counted
    }
}
