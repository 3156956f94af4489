package dev.tocsin.runner.demo;

import java.math.BigInteger;

/** The Uniswap V2 pools of the simulated market, at their mainnet addresses; token 0 is that with the lower address. */
enum Pair {
    USDC_WETH("0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc", Token.USDC, Token.WETH, 60e6),
    WETH_USDT("0x0d4a11d5eeaac28ec3f61d100daf4d40471f1852", Token.WETH, Token.USDT, 50e6),
    DAI_WETH("0xa478c2975ab1ea89e8196811f51a7b7ade33eb11", Token.DAI, Token.WETH, 20e6),
    WBTC_WETH("0xbb2b8038a1640196fbe3e38816f3e67cba72d940", Token.WBTC, Token.WETH, 30e6);

    private static final BigInteger FEE_KEPT = BigInteger.valueOf(997);
    private static final BigInteger FEE_OF = BigInteger.valueOf(1000);

    private final String address;
    private final Token token0;
    private final Token token1;
    private final double usdEachSide;

    Pair(String address, Token token0, Token token1, double usdEachSide) {
        this.address = address;
        this.token0 = token0;
        this.token1 = token1;
        this.usdEachSide = usdEachSide;
    }

    String address() {
        return address;
    }

    Token token0() {
        return token0;
    }

    Token token1() {
        return token1;
    }

    double usdEachSide() {
        return usdEachSide;
    }

    Token other(Token token) {
        return token == token0 ? token1 : token0;
    }

    /** What the pool pays out, 0.3 % of the amount in being its fee (UniswapV2Library.getAmountOut). */
    static BigInteger amountOut(BigInteger amountIn, BigInteger reserveIn, BigInteger reserveOut) {
        BigInteger afterFee = amountIn.multiply(FEE_KEPT);
        return afterFee.multiply(reserveOut).divide(reserveIn.multiply(FEE_OF).add(afterFee));
    }
}
