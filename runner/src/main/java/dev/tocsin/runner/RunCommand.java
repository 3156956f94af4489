package dev.tocsin.runner;

import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.runner.config.ConfigReader;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.console.Style;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run}: the line, from a configuration file, until it is told to stop. */
@Command(
        name = "run",
        header = "Watches the nodes of a configuration file until it is stopped.",
        mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tocsin.runner");

    private final Shutdown shutdown;

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The configuration file.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path config;

    RunCommand(Shutdown shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        TocsinConfig checked = ConfigReader.read(config);
        Logs.level(checked.log());
        Screen screen = new Screen(System.out, Style.ofStandardOutput(), false);
        try (Runner runner = Runner.start(checked, new Events(), screen)) {
            LOG.info(
                    "watching instance={} chain={} watches={} nodes={} http={}",
                    checked.instance(),
                    runner.chainId(),
                    checked.watches().size(),
                    checked.nodes().primary().size()
                            + checked.nodes().fallback().size(),
                    runner.address());
            while (!shutdown.await(Duration.ofDays(1))) {
                LOG.debug("still watching");
            }
            LOG.info("stopping");
        }
        LOG.info("stopped");
        return 0;
    }

    /** What an operator wants to see in the log. */
    private static final class Events implements RunnerListener {
        @Override
        public void onFailover(String from, String to, String cause) {
            LOG.info("failover from={} to={} cause={}", from, to, cause);
        }

        @Override
        public void onNode(String node, NodeState before, NodeState after, String cause) {
            if (after == NodeState.HEALTHY) {
                LOG.info(before == NodeState.UNKNOWN ? "node answers node={}" : "node is back node={}", node);
            } else {
                LOG.warn("node is out node={} state={} cause={}", node, after, cause);
            }
        }

        @Override
        public void onLeading(boolean leading) {
            LOG.info(leading ? "leading" : "standing by");
        }

        @Override
        public void onRetry(String gateway, String key, String reason, Duration pause) {
            LOG.info("delivery put off gateway={} key={} reason={} pause={}", gateway, key, reason, pause);
        }
    }
}
