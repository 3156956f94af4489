package dev.tocsin.rpcpool.sender;

import java.math.BigInteger;

/** Refuses nothing. */
final class NoLimits implements SpendingLimits {
    @Override
    public boolean reserve(String key, BigInteger wei) {
        return true;
    }

    @Override
    public void settle(String key) {
        // nothing is counted
    }

    @Override
    public void release(String key) {
        // nothing is counted
    }
}
