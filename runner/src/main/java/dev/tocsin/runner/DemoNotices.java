package dev.tocsin.runner;

import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.stream.LogBatch;
import dev.tocsin.runner.console.Plural;
import dev.tocsin.runner.console.Screen;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/** Shows what happens to the nodes and the chain, and passes everything on to the score. Safe for use by many threads. */
final class DemoNotices implements RunnerListener {

    private final Scoreboard score;
    private final Screen screen;
    private final UnaryOperator<String> nameOf;
    private final AtomicReference<String> lastFailover = new AtomicReference<>("");

    DemoNotices(Scoreboard score, Screen screen, UnaryOperator<String> nameOf) {
        this.score = score;
        this.screen = screen;
        this.nameOf = nameOf;
    }

    @Override
    public void onBatch(LogBatch batch, Map<String, Integer> decoded, int matches, int alerts, int withdrawn) {
        score.onBatch(batch, decoded, matches, alerts, withdrawn);
        int replaced = batch.retracted().size();
        if (replaced > 0) {
            notice("reorganisation: " + Plural.of(replaced, "block") + " from "
                    + batch.retracted().getLast().number() + " on " + (replaced == 1 ? "was" : "were")
                    + " replaced, " + Plural.of(withdrawn, "alert") + " withdrawn");
        }
    }

    @Override
    public void onDelivered(String gateway, String key, Instant seenAt, Instant at) {
        score.onDelivered(gateway, key, seenAt, at);
    }

    @Override
    public void onFailover(String from, String to, String cause) {
        score.onFailover(from, to, cause);
        String text = "failover from " + nameOf.apply(from) + " to " + nameOf.apply(to) + ": " + cause;
        // several calls may be on their way to a node that dies
        if (!text.equals(lastFailover.getAndSet(text))) {
            notice(text);
        }
    }

    @Override
    public void onNode(String node, NodeState before, NodeState after, String cause) {
        if (before == NodeState.UNKNOWN && after == NodeState.HEALTHY) {
            return;
        }
        lastFailover.set("");
        notice(nameOf.apply(node) + (after == NodeState.HEALTHY ? " is healthy again" : " is out: " + cause));
    }

    private void notice(String text) {
        screen.line(screen.style().notice("── " + text));
    }
}
