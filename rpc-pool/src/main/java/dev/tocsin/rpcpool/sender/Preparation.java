package dev.tocsin.rpcpool.sender;

import dev.tocsin.rpcpool.sender.TransactionOutcome.Refused;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Reverted;
import java.math.BigInteger;
import java.util.Optional;

/**
 * Asks the chain what a request needs, before anything is reserved.
 *
 * @param chain the chain
 * @param from the account
 * @param pricing what may be paid
 * @param isSimulated whether each request is executed in an {@code eth_call} first
 * @param isPrivate whether nodes must see no request, unless it is simulated
 * @param listeners hear of each simulation
 * @param gasPercent how much of the estimate is given
 * @param maxGas the most units of gas
 */
record Preparation(
        Chain chain,
        String from,
        Pricing pricing,
        boolean isSimulated,
        boolean isPrivate,
        SenderListeners listeners,
        int gasPercent,
        long maxGas) {

    /** What to sign, or why not. */
    sealed interface Prepared {
        record Ready(long gas, GasPrice price) implements Prepared {}

        record Not(TransactionOutcome outcome) implements Prepared {}
    }

    Prepared prepare(TransactionRequest request) throws InterruptedException {
        if (isPrivate && !isSimulated && request.gas().isEmpty()) {
            throw new IllegalArgumentException(
                    "gas must be given: its estimate, like simulateFirst, shows the request to"
                            + " public nodes, and the channel is private");
        }
        if (isSimulated) {
            Optional<Prepared.Not> against = simulate(request);
            if (against.isPresent()) {
                return against.get();
            }
        }
        long estimate;
        if (request.gas().isPresent()) {
            estimate = request.gas().getAsLong();
        } else {
            Chain.Trial trial = chain.estimate(from, request);
            if (!(trial instanceof Chain.Trial.Passed passed)) {
                return failed(trial);
            }
            estimate = passed.gas();
        }
        if (estimate > maxGas) {
            return refused(Limit.GAS, estimate + " units of gas are more than maxGas, " + maxGas);
        }
        long gas = request.gas().isPresent() ? estimate : Math.min(maxGas, multiplied(estimate));
        Fees fees = chain.fees();
        if (!pricing.allows(fees)) {
            return refused(
                    Limit.FEE,
                    "a unit of gas costs " + pricing.floor(fees) + " wei now, more than maxFee, " + pricing.capWei()
                            + " wei");
        }
        return new Prepared.Ready(gas, pricing.first(fees));
    }

    private Optional<Prepared.Not> simulate(TransactionRequest request) throws InterruptedException {
        long began = listeners.now();
        Chain.Trial trial = chain.simulate(from, request, Optional.empty());
        Optional<Prepared.Not> against =
                trial instanceof Chain.Trial.Passed ? Optional.empty() : Optional.of(failed(trial));
        listeners.onSimulated(request.key(), against.map(Prepared.Not::outcome), listeners.since(began));
        return against;
    }

    private long multiplied(long estimate) {
        return BigInteger.valueOf(estimate)
                .multiply(BigInteger.valueOf(gasPercent))
                .add(BigInteger.valueOf(99))
                .divide(BigInteger.valueOf(100))
                .min(BigInteger.valueOf(maxGas))
                .longValueExact();
    }

    private static Prepared.Not failed(Chain.Trial trial) {
        return switch (trial) {
            case Chain.Trial.Passed passed -> throw new IllegalArgumentException("it passed");
            case Chain.Trial.Reverts reverts -> new Prepared.Not(new Reverted(reverts.reason(), Optional.empty()));
            case Chain.Trial.NoFunds noFunds -> refused(Limit.FUNDS, noFunds.message());
        };
    }

    private static Prepared.Not refused(Limit limit, String message) {
        return new Prepared.Not(new Refused(limit, message));
    }
}
