package dev.tocsin.runner.demo;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * A market that is simulated: ERC-20 tokens and Uniswap V2 pools at the addresses they have on mainnet, traded by some
 * hundred wallets and a few whales. The pools follow the constant-product rule with 0.3 % fee; the logs are those that the
 * real contracts emit, in their order. Everything follows from the seed.
 *
 * <p>About every second block holds an order worth 120,000 to 2,000,000 dollars; the first block holds a transfer of at least
 * 300,000 USDC, the second a large swap of USDC and WETH. Now and then one to three blocks are reorganised: most of their
 * transactions are mined again, in other blocks and places, some are not, and new ones appear. The first time is after block
 * {@value #FIRST_ORPHAN}, which holds another transfer of at least 300,000 USDC, so that there is something to withdraw.
 *
 * <p>Not thread-safe; the miner is its one user.
 */
public final class SimulatedMarket implements BlockSource {

    private static final int FIRST_ORPHAN = 13;
    private static final double REORGANISATION_CHANCE = 0.04;
    private static final double FIRST_USD = 300_000;
    private static final double LARGE_CHANCE = 0.5;
    private static final double MINED_AGAIN_CHANCE = 0.7;
    private static final int MAX_DEPTH = 3;

    private final long seed;
    private final RandomGenerator random;
    private final Traders traders;
    private final ArrayDeque<Mined> newest = new ArrayDeque<>(); // newest first, at most MAX_DEPTH
    private Balances balances;
    private long blocks;
    private boolean reorganised;

    private SimulatedMarket(long seed) {
        this.seed = seed;
        this.random = new SplittableRandom(seed);
        this.traders = new Traders(seed, random);
        this.balances = traders.endowment();
    }

    /**
     * A market that does the same for the same seed.
     *
     * @param seed any number
     * @return the market, never exhausted
     */
    public static SimulatedMarket seeded(long seed) {
        return new SimulatedMarket(seed);
    }

    @Override
    public String describe() {
        return "a SIMULATED market (seed " + seed + "), nothing here is real";
    }

    @Override
    public Optional<Step> next() {
        boolean first = !reorganised && blocks == FIRST_ORPHAN;
        if (first || (reorganised && random.nextDouble() < REORGANISATION_CHANCE)) {
            reorganised = true;
            return Optional.of(reorganise());
        }
        return Optional.of(new Step.Append(mine(freshOrders())));
    }

    /** The balances after the newest block. */
    Balances balances() {
        return balances;
    }

    private List<Order> freshOrders() {
        List<Order> orders = new ArrayList<>();
        int count = 5 + random.nextInt(13);
        for (int i = 0; i < count; i++) {
            orders.add(traders.ordinary(balances));
        }
        if (blocks == 0 || (!reorganised && blocks == FIRST_ORPHAN - 1)) {
            orders.add(traders.largeTransfer(Token.USDC, FIRST_USD));
        } else if (blocks == 1) {
            orders.add(traders.largeSwap(balances, Pair.USDC_WETH));
        } else if (random.nextDouble() < LARGE_CHANCE) {
            orders.add(traders.large(balances));
        }
        Collections.swap(orders, random.nextInt(orders.size()), orders.size() - 1);
        return orders;
    }

    private Step reorganise() {
        double dice = random.nextDouble();
        int depth = dice < 0.7 ? 1 : dice < 0.9 ? 2 : MAX_DEPTH;
        List<Order> again = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
            Mined orphaned = newest.removeFirst();
            balances = orphaned.before();
            for (Order order : orphaned.orders()) {
                if (random.nextDouble() < MINED_AGAIN_CHANCE) {
                    again.add(order);
                }
            }
        }
        blocks -= depth;
        Collections.shuffle(again, Random.from(random));
        List<Draft> branch = new ArrayList<>();
        for (int i = 0; i <= depth; i++) {
            // The block that is one more than was orphaned is all new; the others share what is mined again.
            int share = i == depth ? 0 : again.size() / (depth - i);
            List<Order> orders = new ArrayList<>(again.subList(0, share));
            again.subList(0, share).clear();
            orders.addAll(i == depth ? freshOrders() : List.of(traders.ordinary(balances), traders.ordinary(balances)));
            branch.add(mine(orders));
        }
        return new Step.Reorganise(depth, branch);
    }

    private Draft mine(List<Order> orders) {
        newest.addFirst(new Mined(orders, balances.copy()));
        if (newest.size() > MAX_DEPTH) {
            newest.removeLast();
        }
        blocks++;
        List<Draft.Transaction> transactions =
                orders.stream().map(order -> order.execute(balances)).toList();
        return new Draft(transactions, "tocsin simulated market");
    }

    /** What one of the newest blocks holds, and the balances before it. */
    private record Mined(List<Order> orders, Balances before) {}
}
