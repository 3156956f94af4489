package dev.tocsin.rpcpool.sender;

class DailyLimitTest extends SpendingLimitsContract {
    @Override
    SpendingLimits limits(long wei) {
        return SpendingLimits.daily(wei(wei), clock);
    }
}
