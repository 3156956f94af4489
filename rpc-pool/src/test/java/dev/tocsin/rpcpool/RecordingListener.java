package dev.tocsin.rpcpool;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps every event as a line of text. */
final class RecordingListener implements RpcPoolListener {

    final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void onCall(String node, String method, Duration took, boolean answered) {
        events.add("call " + node + " " + method + " " + answered);
    }

    @Override
    public void onNodeState(String node, NodeState before, NodeState after, String cause) {
        events.add("state " + node + " " + before + " " + after + " " + cause);
    }

    @Override
    public void onFailover(String method, String from, String to, String cause) {
        events.add("failover " + method + " " + from + " " + to + " " + cause);
    }

    @Override
    public void onHeadSubscription(String node, boolean connected, String cause) {
        events.add("heads " + node + " " + connected + " " + cause);
    }

    @Override
    public void onSend(SendOutcome outcome, Duration took) {
        events.add("send " + outcome);
    }

    @Override
    public void onSendContradiction(SendOutcome.Rejected refusal) {
        events.add("contradiction " + refusal.node() + " " + refusal.errorClass());
    }

    List<String> of(String kind) {
        return events.stream().filter(event -> event.startsWith(kind + " ")).toList();
    }
}
