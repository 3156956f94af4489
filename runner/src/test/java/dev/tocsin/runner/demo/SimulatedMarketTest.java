package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedMarketTest {

    private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private static final String SYNC = "0x1c411e9a96e071241c2f21f7726b17ae89e3cab4c78be50e062b03a9fffbbad1";
    private static final String SWAP = "0xd78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822";
    private static final String APPROVAL = "0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925";
    private static final int BLOCKS = 300;
    private static final int MANY_BLOCKS = 600;

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 42})
    void everySwapKeepsTheConstantProductAndPaysByTheRule(long seed) {
        Map<String, BigInteger[]> reserves = new HashMap<>();
        int swaps = 0;
        for (DemoBlock block : canonical(seed)) {
            List<DemoLog> logs = block.logs();
            for (int i = 0; i < logs.size(); i++) {
                if (!logs.get(i).topics().getFirst().equals(SWAP)) {
                    continue;
                }
                Pair pool = pool(logs.get(i).address());
                BigInteger[] after = words(logs.get(i - 1));
                BigInteger[] amounts = words(logs.get(i));
                BigInteger[] before = {
                    after[0].subtract(amounts[0]).add(amounts[2]),
                    after[1].subtract(amounts[1]).add(amounts[3])
                };
                boolean zeroIn = amounts[0].signum() > 0;
                int in = zeroIn ? 0 : 1;
                int out = 1 - in;

                assertThat(logs.get(i - 1).topics().getFirst()).isEqualTo(SYNC);
                assertThat(logs.get(i - 1).address()).isEqualTo(pool.address());
                assertThat(amounts[out]).isZero();
                assertThat(amounts[2 + in]).isZero();
                assertThat(reserves.getOrDefault(pool.address(), before)).isEqualTo(before);
                assertThat(after[0].multiply(after[1])).isGreaterThanOrEqualTo(before[0].multiply(before[1]));
                // UniswapV2Pair's own check, and no pool pays less than it may.
                assertThat(isPaid(before, amounts, in, BigInteger.ZERO)).isTrue();
                assertThat(isPaid(before, amounts, in, BigInteger.ONE)).isFalse();
                reserves.put(pool.address(), after);
                swaps++;
            }
        }
        assertThat(reserves).hasSize(4);
        assertThat(swaps).isGreaterThan(BLOCKS);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 42})
    void swapEventsStandInTheOrderOfTheRealContracts(long seed) {
        int twoHops = 0;
        for (DemoBlock block : canonical(seed)) {
            for (Draft.Transaction transaction : block.transactions()) {
                if (!Order.ROUTER.equals(transaction.to()) || !transaction.succeeded()) {
                    continue;
                }
                List<Draft.Log> logs = transaction.logs();
                List<String> kinds =
                        logs.stream().map(log -> log.topics().getFirst()).toList();
                List<String> expected = new ArrayList<>(List.of(TRANSFER, TRANSFER, SYNC, SWAP));
                if (logs.size() > 4) {
                    expected.addAll(List.of(TRANSFER, SYNC, SWAP));
                    twoHops++;
                }
                assertThat(kinds).isEqualTo(expected);
                assertThat(logs.getFirst().topics().get(1)).isEqualTo(Hex.topic(transaction.from()));
                assertThat(logs.getFirst().topics().get(2))
                        .isEqualTo(Hex.topic(logs.get(2).address()));
                assertThat(logs.get(3).topics().get(1)).isEqualTo(Hex.topic(Order.ROUTER));
                assertThat(logs.getLast().topics().get(2)).isEqualTo(Hex.topic(transaction.from()));
            }
        }
        assertThat(twoHops).isPositive();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 42})
    void theTransfersOfTheCanonicalChainExplainEveryBalanceAndConserveEachToken(long seed) {
        SimulatedMarket market = SimulatedMarket.seeded(seed);
        Balances expected = market.balances().copy();
        Map<Token, BigInteger> totals = new EnumMap<>(Token.class);
        for (Token token : Token.values()) {
            totals.put(token, expected.total(token));
        }
        Set<String> holders = new HashSet<>();

        for (DemoBlock block : mined(market, BLOCKS).blocks()) {
            for (DemoLog log : block.logs()) {
                if (log.topics().getFirst().equals(TRANSFER)) {
                    String from = "0x" + log.topics().get(1).substring(26);
                    String to = "0x" + log.topics().get(2).substring(26);
                    assertThat(expected.move(token(log.address()), from, to, words(log)[0]))
                            .isTrue();
                    holders.addAll(List.of(from, to));
                }
            }
        }

        for (Token token : Token.values()) {
            assertThat(market.balances().total(token)).isEqualTo(totals.get(token));
            for (String holder : holders) {
                assertThat(market.balances().get(token, holder)).isEqualTo(expected.get(token, holder));
            }
        }
    }

    @Test
    void theSameSeedGivesTheSameAndAnotherSeedSomethingElse() {
        List<BlockSource.Step> first = steps(7);

        assertThat(steps(7)).isEqualTo(first);
        assertThat(steps(8)).isNotEqualTo(first);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 42})
    void reorganisationsMineSomeTransactionsAgainElsewhereAndDropOthers(long seed) {
        Mined mined = mined(SimulatedMarket.seeded(seed), MANY_BLOCKS);

        assertThat(mined.depths()).contains(1, 2, 3).hasSizeBetween(MANY_BLOCKS / 100, MANY_BLOCKS / 10);
        Map<String, DemoBlock> blockByTransaction = new HashMap<>();
        for (DemoBlock block : mined.blocks()) {
            for (Draft.Transaction transaction : block.transactions()) {
                assertThat(blockByTransaction.put(transaction.hash(), block)).isNull();
            }
        }
        int again = 0;
        int dropped = 0;
        for (DemoBlock orphan : mined.orphans()) {
            for (Draft.Transaction transaction : orphan.transactions()) {
                DemoBlock block = blockByTransaction.get(transaction.hash());
                if (block == null) {
                    dropped++;
                } else {
                    assertThat(block.hash()).isNotEqualTo(orphan.hash());
                    again++;
                }
            }
        }
        assertThat(again).isGreaterThan(dropped);
        assertThat(dropped).isPositive();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theFirstReorganisationIsTheFourteenthStepAndOrphansABlockWithAnAlert(long seed) {
        SimulatedMarket market = SimulatedMarket.seeded(seed);
        DemoChain chain = DemoChain.create(1337, InstantSource.fixed(Instant.EPOCH));
        for (int i = 0; i < 13; i++) {
            chain.append(((BlockSource.Step.Append) market.next().orElseThrow()).block());
        }

        assertThat(market.next().orElseThrow()).isInstanceOf(BlockSource.Step.Reorganise.class);
        assertThat(DemoOracle.alerts(1337, chain.head())).isNotEmpty();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theFirstTwoBlocksHoldSomethingLargeAndLaterAboutEveryFourthDoes(long seed) {
        List<DemoBlock> blocks = canonical(seed);
        long alerts = blocks.stream()
                .mapToLong(block -> DemoOracle.alerts(1337, block).size())
                .sum();

        assertThat(DemoOracle.alerts(1337, blocks.get(0))).isNotEmpty();
        assertThat(DemoOracle.alerts(1337, blocks.get(1))).isNotEmpty();
        assertThat(alerts).isBetween(blocks.size() / 6L, blocks.size() / 2L);
        assertThat(blocks.stream().mapToInt(DemoBlock::logCount).average().orElseThrow())
                .isBetween(10.0, 60.0);
        assertThat(blocks).allSatisfy(block -> assertThat(block.logCount()).isLessThan(100));
    }

    @Test
    void tokensAndPoolsStandAtTheirAddressesOnMainnetWithTokensInOrder() {
        for (Pair pool : Pair.values()) {
            assertThat(pool.token0().address()).isLessThan(pool.token1().address());
        }
        assertThat(List.of(Order.TRANSFER, Order.SYNC, Order.SWAP, Order.APPROVAL))
                .containsExactly(TRANSFER, SYNC, SWAP, APPROVAL);
    }

    /** Whether the pool could have paid so much and so much more, with 0.3 % fee on what came in. */
    private static boolean isPaid(BigInteger[] before, BigInteger[] amounts, int in, BigInteger more) {
        int out = 1 - in;
        BigInteger thousand = BigInteger.valueOf(1000);
        BigInteger adjustedIn = before[in].multiply(thousand).add(amounts[in].multiply(BigInteger.valueOf(997)));
        BigInteger adjustedOut =
                before[out].subtract(amounts[2 + out]).subtract(more).multiply(thousand);
        BigInteger least = before[in].multiply(before[out]).multiply(thousand).multiply(thousand);
        return adjustedIn.multiply(adjustedOut).compareTo(least) >= 0;
    }

    private static List<BlockSource.Step> steps(long seed) {
        SimulatedMarket market = SimulatedMarket.seeded(seed);
        List<BlockSource.Step> steps = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            steps.add(market.next().orElseThrow());
        }
        return steps;
    }

    private static List<DemoBlock> canonical(long seed) {
        return mined(SimulatedMarket.seeded(seed), BLOCKS).blocks();
    }

    private static Mined mined(SimulatedMarket market, int steps) {
        DemoChain chain = DemoChain.create(1337, InstantSource.fixed(Instant.EPOCH));
        List<DemoBlock> orphans = new ArrayList<>();
        List<Integer> depths = new ArrayList<>();
        chain.listen(new DemoChain.Listener() {
            @Override
            public void onRemoved(DemoBlock block) {
                orphans.add(block);
            }
        });
        for (int i = 0; i < steps; i++) {
            switch (market.next().orElseThrow()) {
                case BlockSource.Step.Append append -> chain.append(append.block());
                case BlockSource.Step.Reorganise reorganise -> {
                    depths.add(reorganise.depth());
                    chain.reorganise(reorganise.depth(), reorganise.blocks());
                }
            }
        }
        List<DemoBlock> blocks = chain.range(1, chain.head().number()).orElseThrow();
        return new Mined(blocks, orphans, depths);
    }

    private static BigInteger[] words(DemoLog log) {
        BigInteger[] words = new BigInteger[(log.data().length() - 2) / 64];
        for (int i = 0; i < words.length; i++) {
            words[i] = new BigInteger(log.data().substring(2 + 64 * i, 66 + 64 * i), 16);
        }
        return words;
    }

    private static Pair pool(String address) {
        for (Pair pool : Pair.values()) {
            if (pool.address().equals(address)) {
                return pool;
            }
        }
        throw new AssertionError(address + " is no pool");
    }

    private static Token token(String address) {
        for (Token token : Token.values()) {
            if (token.address().equals(address)) {
                return token;
            }
        }
        throw new AssertionError(address + " is no token");
    }

    private record Mined(List<DemoBlock> blocks, List<DemoBlock> orphans, List<Integer> depths) {}
}
