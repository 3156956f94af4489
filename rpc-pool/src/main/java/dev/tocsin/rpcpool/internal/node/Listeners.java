package dev.tocsin.rpcpool.internal.node;

import dev.tocsin.rpcpool.NodeState;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.RpcPoolListener;
import dev.tocsin.rpcpool.SendOutcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells every listener; one that throws hurts nobody and is logged once. */
public final class Listeners implements RpcPoolListener {

    private static final Logger LOG = LoggerFactory.getLogger(RpcPool.class);

    private final List<RpcPoolListener> listeners;
    private final AtomicBoolean logged = new AtomicBoolean();

    public Listeners(List<RpcPoolListener> listeners) {
        this.listeners = List.copyOf(listeners);
    }

    @Override
    public void onCall(String node, String method, Duration took, boolean answered) {
        each(listener -> listener.onCall(node, method, took, answered));
    }

    @Override
    public void onNodeState(String node, NodeState before, NodeState after, String cause) {
        each(listener -> listener.onNodeState(node, before, after, cause));
    }

    @Override
    public void onFailover(String method, String from, String to, String cause) {
        each(listener -> listener.onFailover(method, from, to, cause));
    }

    @Override
    public void onHedge(String method, String first, String second) {
        each(listener -> listener.onHedge(method, first, second));
    }

    @Override
    public void onDispute(String node, String method, boolean quarantined) {
        each(listener -> listener.onDispute(node, method, quarantined));
    }

    @Override
    public void onHeadSubscription(String node, boolean connected, String cause) {
        each(listener -> listener.onHeadSubscription(node, connected, cause));
    }

    @Override
    public void onHeadGivenUp(long shown, long head) {
        each(listener -> listener.onHeadGivenUp(shown, head));
    }

    @Override
    public void onSend(SendOutcome outcome, Duration took) {
        each(listener -> listener.onSend(outcome, took));
    }

    @Override
    public void onSendContradiction(SendOutcome.Rejected refusal) {
        each(listener -> listener.onSendContradiction(refusal));
    }

    public void onChange(Node node, Node.Change change) {
        if (change.isOne()) {
            onNodeState(node.name(), change.before(), change.after(), change.cause());
        }
    }

    private void each(Consumer<RpcPoolListener> event) {
        for (RpcPoolListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                if (logged.compareAndSet(false, true)) {
                    LOG.warn("a listener of the pool throws; it is logged once", e);
                }
            }
        }
    }
}
