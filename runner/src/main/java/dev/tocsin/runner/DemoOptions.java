package dev.tocsin.runner;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the demo was asked to do.
 *
 * @param time when to end
 * @param replay the folder of a recording
 * @param rpc real nodes to watch
 * @param json where to write the summary
 * @param seed of the simulated market
 */
record DemoOptions(
        Optional<Duration> time, Optional<Path> replay, List<URI> rpc, Optional<Path> json, OptionalLong seed) {

    private static final long USUAL_SEED = 1;

    /** Where the blocks come from. */
    enum Source {
        SIMULATED("simulated", "blocks of a simulated market"),
        REPLAY("replay", "recorded real blocks"),
        RPC("rpc", "blocks of real nodes");

        private final String key;
        private final String words;

        Source(String key, String words) {
            this.key = key;
            this.words = words;
        }

        /** As the JSON says it. */
        String key() {
            return key;
        }

        /** As people say it. */
        String words() {
            return words;
        }
    }

    Source source() {
        return !rpc.isEmpty() ? Source.RPC : replay.isPresent() ? Source.REPLAY : Source.SIMULATED;
    }

    long seedOrUsual() {
        return seed.orElse(USUAL_SEED);
    }

    /** Two options of which only one can be meant. */
    Optional<String> contradiction() {
        if (!rpc.isEmpty() && replay.isPresent()) {
            return Optional.of(
                    "--rpc and --replay exclude each other: the blocks come from real nodes or from a recording");
        }
        if (!rpc.isEmpty() && seed.isPresent()) {
            return Optional.of("--rpc and --seed exclude each other: only the simulated market has a seed");
        }
        if (replay.isPresent() && seed.isPresent()) {
            return Optional.of("--replay and --seed exclude each other: only the simulated market has a seed");
        }
        return Optional.empty();
    }
}
