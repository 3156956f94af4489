package dev.tocsin.runner.demo;

import java.util.Optional;

/** A simulated market. */
public final class SimulatedMarket implements BlockSource {

    private final long seed;

    private SimulatedMarket(long seed) {
        this.seed = seed;
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
        return "simulated market, seed " + seed;
    }

    @Override
    public Optional<Step> next() {
        return Optional.empty();
    }
}
