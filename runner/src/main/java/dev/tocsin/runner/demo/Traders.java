package dev.tocsin.runner.demo;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Those who hold and trade in the simulated market, and what they want next. Amounts are heavy-tailed: most orders are worth
 * some hundred dollars, the ordinary ones never above {@value #ORDINARY_MAX_USD}, and the large ones, which only a few
 * whales make, {@value #LARGE_MIN_USD} to {@value #LARGE_MAX_USD}.
 */
final class Traders {

    static final double ORDINARY_MAX_USD = 60_000;
    static final double LARGE_MIN_USD = 120_000;
    static final double LARGE_MAX_USD = 2_000_000;

    private static final int WALLETS = 300;
    private static final int WHALES = 12;
    private static final double WALLET_USD = 250_000;
    private static final double WHALE_USD = 100e6;
    private static final BigInteger UNLIMITED = BigInteger.TWO.pow(256).subtract(BigInteger.ONE);
    private static final List<Token> LARGE_TRANSFERS =
            List.of(Token.USDC, Token.USDC, Token.USDC, Token.USDT, Token.USDT, Token.DAI, Token.WETH, Token.WBTC);
    private static final List<Pair> LARGE_SWAPS =
            List.of(Pair.USDC_WETH, Pair.USDC_WETH, Pair.USDC_WETH, Pair.WETH_USDT, Pair.DAI_WETH, Pair.WBTC_WETH);

    private final long seed;
    private final RandomGenerator random;
    private final List<String> wallets = new ArrayList<>();
    private final List<String> whales = new ArrayList<>();
    private long ordered;

    Traders(long seed, RandomGenerator random) {
        this.seed = seed;
        this.random = random;
        for (int i = 0; i < WALLETS + WHALES; i++) {
            String address = "0x" + Hex.hashOf("wallet " + seed + " " + i).substring(26);
            (i < WALLETS ? wallets : whales).add(address);
        }
    }

    /** What everybody and every pool starts with. */
    Balances endowment() {
        Balances balances = new Balances();
        for (Token token : Token.values()) {
            wallets.forEach(wallet -> balances.mint(token, wallet, token.worth(random.nextDouble() * WALLET_USD)));
            whales.forEach(whale -> balances.mint(token, whale, token.worth(WHALE_USD)));
        }
        for (Pair pool : Pair.values()) {
            balances.mint(pool.token0(), pool.address(), pool.token0().worth(pool.usdEachSide()));
            balances.mint(pool.token1(), pool.address(), pool.token1().worth(pool.usdEachSide()));
        }
        return balances;
    }

    Order ordinary(Balances balances) {
        double usd = Math.min(ORDINARY_MAX_USD, 80 / Math.pow(1 - random.nextDouble(), 1 / 1.1));
        double kind = random.nextDouble();
        if (kind < 0.35) {
            Token token = any(List.of(Token.values()));
            BigInteger amount = token.worth(usd);
            return new Order.Transfer(nextHash(), holder(balances, token, amount), token, any(wallets), amount);
        }
        if (kind < 0.5) {
            Token token = any(List.of(Token.values()));
            BigInteger amount = random.nextBoolean() ? UNLIMITED : token.worth(usd);
            return new Order.Approve(nextHash(), any(wallets), token, amount);
        }
        Pair pool = any(List.of(Pair.values()));
        Token tokenIn = side(balances, pool);
        BigInteger amount = tokenIn.worth(usd);
        List<Pair> route = List.of(pool);
        if (kind > 0.9 && tokenIn != Token.WETH) {
            // Two pools meet in WETH, so a second hop goes on from there.
            Pair second = any(List.of(Pair.values()));
            route = second == pool ? route : List.of(pool, second);
        }
        return new Order.Swap(nextHash(), holder(balances, tokenIn, amount), tokenIn, amount, route);
    }

    Order largeTransfer(Token token, double atLeastUsd) {
        double usd = Math.max(atLeastUsd, largeUsd());
        return new Order.Transfer(nextHash(), any(whales), token, any(whales), token.worth(usd));
    }

    Order largeSwap(Balances balances, Pair pool) {
        Token tokenIn = side(balances, pool);
        return new Order.Swap(nextHash(), any(whales), tokenIn, tokenIn.worth(largeUsd()), List.of(pool));
    }

    Order large(Balances balances) {
        return random.nextBoolean()
                ? largeTransfer(any(LARGE_TRANSFERS), LARGE_MIN_USD)
                : largeSwap(balances, any(LARGE_SWAPS));
    }

    private double largeUsd() {
        return LARGE_MIN_USD * Math.pow(LARGE_MAX_USD / LARGE_MIN_USD, random.nextDouble());
    }

    /** The token to sell: the one that has become too dear more often, so that prices come back. */
    private Token side(Balances balances, Pair pool) {
        double start = pool.token0().worth(1e6).doubleValue()
                / pool.token1().worth(1e6).doubleValue();
        double now = balances.get(pool.token0(), pool.address()).doubleValue()
                / balances.get(pool.token1(), pool.address()).doubleValue();
        // More of token 0 in the pool than at the start means that it has become cheap: then rather sell token 1.
        double sellToken0 = Math.clamp(0.5 - (now / start - 1) * 10, 0.1, 0.9);
        return random.nextDouble() < sellToken0 ? pool.token0() : pool.token1();
    }

    private String holder(Balances balances, Token token, BigInteger amount) {
        for (int i = 0; i < 8; i++) {
            String wallet = any(wallets);
            if (balances.get(token, wallet).compareTo(amount) >= 0) {
                return wallet;
            }
        }
        return any(whales);
    }

    private String nextHash() {
        return Hex.hashOf("transaction " + seed + " " + ordered++);
    }

    private <T> T any(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}
