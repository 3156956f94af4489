package dev.tocsin.runner;

import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.console.Style;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code run}: the line, from a configuration file, until it is told to stop. */
@Command(
        name = "run",
        header = "Watches the nodes of a configuration file until it is stopped.",
        customSynopsis = "tocsin run -c FILE",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class)
final class RunCommand implements Callable<Integer> {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tocsin.runner");

    private final Shutdown shutdown;

    @CommandLine.Mixin
    private final ConfigFile config = new ConfigFile();

    RunCommand(Shutdown shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public Integer call() throws InterruptedException {
        TocsinConfig checked = config.read();
        Logs.level(checked.log());
        Screen screen = new Screen(System.out, Style.ofStandardOutput(), false);
        RunLog events = new RunLog(shutdown, checked.coordination().isPresent());
        AtomicBoolean stopped = new AtomicBoolean();
        try (Runner runner = Runner.start(checked, events, screen)) {
            LOG.info(
                    "watching instance={} chain={} watches={} nodes={} http={}",
                    checked.instance(),
                    runner.chainId(),
                    checked.watches().size(),
                    checked.nodes().primary().size()
                            + checked.nodes().fallback().size(),
                    runner.address());
            if (checked.coordination().isEmpty()) { // else it has resigned, and the others go on
                runner.whenStopped(() -> {
                    stopped.set(true);
                    shutdown.wish();
                });
            }
            while (!shutdown.await(Duration.ofDays(1))) {
                LOG.debug("still watching");
            }
            LOG.info("stopping");
        }
        LOG.info("stopped");
        return stopped.get() ? Main.FAILED : 0;
    }
}
