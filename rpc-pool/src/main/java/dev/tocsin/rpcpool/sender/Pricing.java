package dev.tocsin.rpcpool.sender;

import java.math.BigInteger;
import java.util.Optional;

/**
 * What an attempt pays: enough for base fees to double, raised by an eighth when it replaces another (nodes ask for a tenth, Nethermind's family
 * for an eighth), and never more than the cap.
 */
record Pricing(BigInteger capWei, boolean isLegacy) {
    private static final BigInteger EIGHT = BigInteger.valueOf(8);
    private static final BigInteger TEN = BigInteger.TEN;
    private static final BigInteger ELEVEN = BigInteger.valueOf(11);

    /** Whether a transaction at the cap could be mined now. */
    boolean allows(Fees now) {
        return floor(now).compareTo(capWei) <= 0;
    }

    /** The least that gets a transaction into a block. */
    BigInteger floor(Fees now) {
        return now.baseFeeWei().orElse(now.gasPriceWei());
    }

    GasPrice first(Fees now) {
        if (isLegacy || now.baseFeeWei().isEmpty()) {
            return new GasPrice.Legacy(now.gasPriceWei().min(capWei));
        }
        BigInteger maxFee =
                now.baseFeeWei().get().shiftLeft(1).add(now.tipWei()).min(capWei);
        return new GasPrice.Dynamic(maxFee, now.tipWei().min(maxFee));
    }

    /** A price that replaces the last one; empty if the cap leaves no room for a tenth more. */
    Optional<GasPrice> raised(GasPrice last, Fees now) {
        return switch (last) {
            case GasPrice.Legacy legacy ->
                raised(legacy.priceWei(), now.gasPriceWei()).map(GasPrice.Legacy::new);
            case GasPrice.Dynamic dynamic -> {
                BigInteger usual =
                        now.baseFeeWei().orElse(BigInteger.ZERO).shiftLeft(1).add(now.tipWei());
                yield raised(dynamic.maxFeeWei(), usual)
                        .flatMap(maxFee -> raised(dynamic.tipWei(), now.tipWei())
                                .map(maxFee::min)
                                .filter(tip -> tip.compareTo(least(dynamic.tipWei())) >= 0)
                                .map(tip -> new GasPrice.Dynamic(maxFee, tip)));
            }
        };
    }

    private Optional<BigInteger> raised(BigInteger last, BigInteger usual) {
        BigInteger eighth =
                last.add(EIGHT).subtract(BigInteger.ONE).divide(EIGHT).max(BigInteger.ONE);
        BigInteger raised = last.add(eighth).max(usual).min(capWei);
        return Optional.of(raised).filter(price -> price.compareTo(least(last)) >= 0);
    }

    /** A tenth more, rounded up; one wei more where that is nothing. */
    private static BigInteger least(BigInteger last) {
        BigInteger tenth = last.multiply(ELEVEN).add(BigInteger.valueOf(9)).divide(TEN);
        return tenth.max(last.add(BigInteger.ONE));
    }
}
