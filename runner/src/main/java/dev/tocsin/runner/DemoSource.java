package dev.tocsin.runner;

import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.demo.BlockSource;
import dev.tocsin.runner.demo.DemoChain;
import dev.tocsin.runner.demo.DemoNode;
import dev.tocsin.runner.demo.Miner;
import dev.tocsin.runner.demo.RecordedBlocks;
import dev.tocsin.runner.demo.SimulatedMarket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Where the blocks of a demo come from. */
sealed interface DemoSource extends AutoCloseable {

    static DemoSource of(DemoOptions options, InstantSource clock) throws IOException {
        return options.rpc().isEmpty() ? new Embedded(options, clock) : new Real(options);
    }

    /** One line for people. */
    String describe();

    /** When it ends, for people. */
    String ending();

    private static String ending(Optional<Duration> time, String otherwise) {
        return time.map(at -> at.toSeconds() == 0 ? at.toMillis() + " ms" : at.toSeconds() + " s")
                .map(text -> "after " + text)
                .orElse(otherwise);
    }

    /** The nodes by name, for people; without secrets. */
    Map<String, String> nodes();

    /** The name of the node that the pool knows by its host and port. */
    default String nameOf(String hostAndPort) {
        return nodes().entrySet().stream()
                .filter(node -> node.getValue().endsWith("//" + hostAndPort))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(hostAndPort);
    }

    List<URI> http();

    List<URI> webSocket();

    /** The value of {@code stream.from}. */
    String from();

    /** The value of {@code stream.poll}. */
    String poll();

    void start();

    /** Whether there is nothing more to wait for. */
    boolean isOver(Duration elapsed);

    /** Stops one of the nodes in the middle, and later brings it back. */
    void outage(Duration elapsed, Screen screen);

    /** No new blocks from here. */
    void end();

    /** The number of the newest block that must be taken in. */
    long head();

    /** When a block was mined, if that is known. */
    @Nullable Instant minedAt(String hash);

    /** Lets somebody see what every block holds, from the first; false if nobody can. Before the start. */
    boolean listen(DemoChain.Listener listener);

    /** Why there were no more blocks, if that is not as it should be. */
    default Optional<String> failure() {
        return Optional.empty();
    }

    @Override
    void close();

    /** Two nodes in this process that serve one chain. */
    final class Embedded implements DemoSource {

        private static final Duration MARKET_BLOCK_TIME = Duration.ofMillis(500);
        private static final Duration REPLAY_TIME = Duration.ofSeconds(30);
        private static final double REPLAY_SHARE = 0.8; // of the time there is; the rest is for the nodes to come back
        private static final Duration DOWN_AFTER = Duration.ofSeconds(10);
        private static final Duration UP_AFTER = Duration.ofSeconds(16);

        private final DemoOptions options;
        private final DemoChain chain;
        private final DemoNode a;
        private final DemoNode b;
        private final BlockSource blocks;
        private final Duration blockTime;
        private final Duration downAfter;
        private final Duration upAfter;
        private @Nullable Miner miner;
        private boolean wentDown;
        private boolean cameBack;

        Embedded(DemoOptions options, InstantSource clock) throws IOException {
            this.options = options;
            this.chain = DemoChain.create(DemoChain.CHAIN_ID, clock);
            if (options.replay().isPresent()) {
                RecordedBlocks recorded = RecordedBlocks.read(options.replay().get());
                Duration time = options.time().orElse(REPLAY_TIME);
                this.blocks = recorded;
                this.blockTime = Duration.ofNanos((long) (time.toNanos() * REPLAY_SHARE / recorded.blocks()));
            } else {
                this.blocks = SimulatedMarket.seeded(options.seedOrUsual());
                this.blockTime = MARKET_BLOCK_TIME;
            }
            Duration whole = options.replay().isPresent()
                    ? options.time().orElse(REPLAY_TIME)
                    : options.time().orElse(DOWN_AFTER.multipliedBy(3));
            this.downAfter = shorter(DOWN_AFTER, whole.dividedBy(3));
            this.upAfter = shorter(UP_AFTER, whole.multipliedBy(6).dividedBy(10));
            this.a = DemoNode.on(chain, "node-a").start();
            this.b = DemoNode.on(chain, "node-b").start();
        }

        @Override
        public String describe() {
            return blocks.describe();
        }

        @Override
        public String ending() {
            return DemoSource.ending(
                    options.time(), options.replay().isPresent() ? "with the recording" : "with Ctrl-C");
        }

        @Override
        public Map<String, String> nodes() {
            Map<String, String> nodes = new LinkedHashMap<>();
            nodes.put("node-a", a.http().toString());
            nodes.put("node-b", b.http().toString());
            return nodes;
        }

        @Override
        public List<URI> http() {
            return List.of(a.http(), b.http());
        }

        @Override
        public List<URI> webSocket() {
            return List.of(a.webSocket(), b.webSocket());
        }

        @Override
        public String from() {
            return "1";
        }

        @Override
        public String poll() {
            return "250ms";
        }

        @Override
        public void start() {
            miner = Miner.start(chain, blocks, blockTime);
        }

        @Override
        public boolean isOver(Duration elapsed) {
            Miner running = miner;
            boolean failed = running != null && running.state() == Miner.State.FAILED;
            boolean mined = running != null && running.state() != Miner.State.MINING;
            boolean timeIsUp = options.time().isPresent()
                    && elapsed.compareTo(options.time().get()) >= 0;
            // a replay plays to its end, and long enough for node-a to have come back
            return failed || (options.replay().isPresent() ? mined && (cameBack || timeIsUp) : mined || timeIsUp);
        }

        @Override
        public void outage(Duration elapsed, Screen screen) {
            if (!wentDown && elapsed.compareTo(downAfter) >= 0) {
                wentDown = true;
                screen.line(screen.style().notice("── node-a stops, as in a crash"));
                a.stop();
            } else if (wentDown && !cameBack && elapsed.compareTo(upAfter) >= 0) {
                cameBack = true;
                try {
                    a.start();
                    screen.line(screen.style().notice("── node-a comes back"));
                } catch (IOException e) {
                    throw new UncheckedIOException("node-a cannot come back", e);
                }
            }
        }

        @Override
        public void end() {
            Miner running = miner;
            if (running != null) {
                running.close();
            }
        }

        @Override
        public long head() {
            return chain.head().number();
        }

        @Override
        public @Nullable Instant minedAt(String hash) {
            OptionalLong millis = chain.minedAt(hash);
            return millis.isPresent() ? Instant.ofEpochMilli(millis.getAsLong()) : null;
        }

        @Override
        public boolean listen(DemoChain.Listener listener) {
            chain.listen(listener);
            return true;
        }

        @Override
        public Optional<String> failure() {
            Miner mined = miner;
            return mined == null
                    ? Optional.empty()
                    : mined.failure().map(failure -> String.valueOf(failure.getMessage()));
        }

        @Override
        public void close() {
            end();
            a.close();
            b.close();
        }

        private static Duration shorter(Duration one, Duration other) {
            return one.compareTo(other) <= 0 ? one : other;
        }
    }

    /** Nodes that somebody else runs. */
    final class Real implements DemoSource {

        private final DemoOptions options;

        Real(DemoOptions options) {
            this.options = options;
        }

        @Override
        public String describe() {
            return options.rpc().size() == 1
                    ? "a real node, from its newest block on"
                    : "real nodes, from their newest block on";
        }

        @Override
        public String ending() {
            return DemoSource.ending(options.time(), "with Ctrl-C");
        }

        @Override
        public Map<String, String> nodes() {
            Map<String, String> nodes = new LinkedHashMap<>();
            options.rpc().forEach(url -> nodes.put(url.getHost() + (url.getPort() < 0 ? "" : ":" + url.getPort()), ""));
            return nodes;
        }

        @Override
        public List<URI> http() {
            return options.rpc();
        }

        @Override
        public List<URI> webSocket() {
            return List.of();
        }

        @Override
        public String from() {
            return "head";
        }

        @Override
        public String poll() {
            return "1s";
        }

        @Override
        public void start() {
            // the nodes run already
        }

        @Override
        public boolean isOver(Duration elapsed) {
            return options.time().isPresent()
                    && elapsed.compareTo(options.time().get()) >= 0;
        }

        @Override
        public void outage(Duration elapsed, Screen screen) {
            // nobody stops real nodes for a demo
        }

        @Override
        public void end() {
            // nothing of ours runs
        }

        @Override
        public long head() {
            return 0;
        }

        @Override
        public @Nullable Instant minedAt(String hash) {
            return null;
        }

        @Override
        public boolean listen(DemoChain.Listener listener) {
            return false;
        }

        @Override
        public void close() {
            // nothing of ours was opened
        }
    }
}
