package dev.tocsin.runner;

import dev.tocsin.rpcpool.NodeState;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator wants to see in the log; what repeats is told when it changes. */
final class RunLog implements RunnerListener {

    private static final Logger LOG = LoggerFactory.getLogger("dev.tocsin.runner");

    private final Shutdown shutdown;
    private final boolean hasOthers;
    private final Set<String> heads = ConcurrentHashMap.newKeySet(); // WebSocket nodes that were connected last
    private final Set<String> headless = ConcurrentHashMap.newKeySet(); // those told of as not
    private final Map<String, String> failing = new ConcurrentHashMap<>(); // reason by gateway

    RunLog(Shutdown shutdown, boolean hasOthers) {
        this.shutdown = shutdown;
        this.hasOthers = hasOthers;
    }

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

    /** A connection that is lost and made again at once is nothing to look at; one that cannot be made is. */
    @Override
    public void onHeads(String node, boolean connected, String cause) {
        if (connected) {
            heads.add(node);
            if (headless.remove(node)) {
                LOG.info("websocket is back node={}", node);
            }
        } else if (!heads.remove(node) && headless.add(node)) {
            LOG.warn("websocket cannot be used node={} cause={}", node, cause);
        }
    }

    @Override
    public void onLeading(boolean leading) {
        if (hasOthers && (leading || !shutdown.isWished())) {
            LOG.info(leading ? "leading" : "standing by");
        }
    }

    @Override
    public void onRetry(String gateway, String key, String reason, Duration pause) {
        LOG.debug("delivery put off gateway={} key={} reason={} pause={}", gateway, key, reason, pause);
        if (!reason.equals(failing.put(gateway, reason))) {
            LOG.warn("gateway does not deliver, will be tried again gateway={} reason={}", gateway, reason);
        }
    }

    @Override
    public void onDelivered(String gateway, String key, Instant seenAt, Instant at) {
        if (failing.remove(gateway) != null) {
            LOG.info("gateway delivers again gateway={}", gateway);
        }
    }
}
