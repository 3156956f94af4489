package dev.tocsin.runner.demo;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Says which alerts a block of the demo must cause: a second computation, by hand over the raw hexadecimal text, that shares no
 * code with the filters. The summary's {@code lost} is counted against it. Its table mirrors the watches of {@code demo.yml}.
 */
public final class DemoOracle {

    private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private static final String V2_SWAP = "0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822";
    private static final String V3_SWAP = "0xc42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67";
    private static final String USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
    private static final String USDT = "0xdac17f958d2ee523a2206206994597c13d831ec7";
    private static final String V2_USDC_WETH = "0xb4e16d0168e52d35cacd2c6185b44281ec28c9dc";
    private static final String V3_USDC_WETH = "0x88e6a0c2ddd26feeb64f039a2c41296fcb3f5640";
    private static final BigInteger MILLION = BigInteger.TEN.pow(6);
    private static final BigInteger SIGN = BigInteger.ONE.shiftLeft(255);
    private static final BigInteger MODULUS = BigInteger.ONE.shiftLeft(256);
    private static final int WORD = 64;

    private static final List<Watch> WATCHES = List.of(
            new Watch("large-usdc-transfer", false, USDC, TRANSFER, 3, 1, words -> atLeast(words, 0, 250_000)),
            new Watch("huge-usdt-transfer", true, USDT, TRANSFER, 3, 1, words -> atLeast(words, 0, 1_000_000)),
            new Watch("huge-usdc-transfer", true, USDC, TRANSFER, 3, 1, words -> atLeast(words, 0, 1_000_000)),
            new Watch("large-weth-buy", false, V2_USDC_WETH, V2_SWAP, 3, 4, words -> atLeast(words, 0, 100_000)),
            new Watch("large-weth-sale", false, V2_USDC_WETH, V2_SWAP, 3, 4, words -> atLeast(words, 2, 100_000)),
            new Watch(
                    "large-v3-swap", false, V3_USDC_WETH, V3_SWAP, 3, 5, words -> magnitudeAtLeast(words, 0, 500_000)));

    private DemoOracle() {}

    private record Watch(
            String name,
            boolean critical,
            String address,
            String topic0,
            int topics,
            int words,
            Predicate<List<BigInteger>> holds) {}

    /**
     * The keys of the alerts that the block must cause.
     *
     * @param chainId the chain
     * @param block the block
     * @return {@code chain:block hash:transaction:log index:watch}, in the order of the logs
     */
    public static List<String> alerts(long chainId, DemoBlock block) {
        return keys(chainId, block, watch -> true);
    }

    /**
     * The keys of those alerts that are critical.
     *
     * @param chainId the chain
     * @param block the block
     * @return some of {@link #alerts}, in the order of the logs
     */
    public static List<String> criticalAlerts(long chainId, DemoBlock block) {
        return keys(chainId, block, Watch::critical);
    }

    private static List<String> keys(long chainId, DemoBlock block, Predicate<Watch> wanted) {
        List<String> keys = new ArrayList<>();
        for (DemoLog log : block.logs()) {
            for (Watch watch : WATCHES) {
                if (wanted.test(watch) && wants(watch, log)) {
                    keys.add(chainId + ":" + block.hash() + ":" + log.transactionHash() + ":" + log.logIndex() + ":"
                            + watch.name());
                }
            }
        }
        return keys;
    }

    private static boolean wants(Watch watch, DemoLog log) {
        return log.address().equals(watch.address())
                && log.topics().size() == watch.topics()
                && log.topics().getFirst().equals(watch.topic0())
                && log.data().length() == 2 + WORD * watch.words()
                && watch.holds().test(words(log.data()));
    }

    private static List<BigInteger> words(String data) {
        List<BigInteger> words = new ArrayList<>();
        for (int at = 2; at < data.length(); at += WORD) {
            words.add(new BigInteger(data.substring(at, at + WORD), 16));
        }
        return words;
    }

    private static boolean atLeast(List<BigInteger> words, int index, long dollars) {
        return words.get(index).compareTo(BigInteger.valueOf(dollars).multiply(MILLION)) >= 0;
    }

    private static boolean magnitudeAtLeast(List<BigInteger> words, int index, long dollars) {
        BigInteger word = words.get(index);
        BigInteger signed = word.compareTo(SIGN) >= 0 ? word.subtract(MODULUS) : word;
        return signed.abs().compareTo(BigInteger.valueOf(dollars).multiply(MILLION)) >= 0;
    }
}
