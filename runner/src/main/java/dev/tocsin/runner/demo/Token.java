package dev.tocsin.runner.demo;

import java.math.BigDecimal;
import java.math.BigInteger;

/** The tokens of the simulated market, at their mainnet addresses, with the price they start from. */
enum Token {
    USDC("0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48", 6, 1),
    USDT("0xdac17f958d2ee523a2206206994597c13d831ec7", 6, 1),
    DAI("0x6b175474e89094c44da98b954eedeac495271d0f", 18, 1),
    WETH("0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2", 18, 3_000),
    WBTC("0x2260fac5e5542a773aa44fbcfedf7c193bc2c599", 8, 60_000);

    private final String address;
    private final int decimals;
    private final int priceUsd;

    Token(String address, int decimals, int priceUsd) {
        this.address = address;
        this.decimals = decimals;
        this.priceUsd = priceUsd;
    }

    String address() {
        return address;
    }

    int decimals() {
        return decimals;
    }

    /** So much of the token, in its smallest unit, as was worth the dollars at the start. */
    BigInteger worth(double usd) {
        return BigDecimal.valueOf(usd / priceUsd).movePointRight(decimals).toBigInteger();
    }
}
