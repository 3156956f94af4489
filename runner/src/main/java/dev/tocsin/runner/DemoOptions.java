package dev.tocsin.runner;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the demo was asked to do.
 *
 * @param time when to end
 * @param replay the folder of a recording
 * @param rpc real nodes to watch
 * @param json where to write the summary
 * @param seed of the simulated market
 */
record DemoOptions(Optional<Duration> time, Optional<Path> replay, List<URI> rpc, Optional<Path> json, long seed) {

    /** Where the blocks come from, as the summary says it. */
    String source() {
        return !rpc.isEmpty() ? "rpc" : replay.isPresent() ? "replay" : "simulated";
    }
}
