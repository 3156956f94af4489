package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/** Keeps every event as a line of text. */
final class RecordingListener implements RpcPoolListener {

    final List<String> events = new CopyOnWriteArrayList<>();

    @Override
    public void onCall(Call call) {
        events.add("call " + call.method() + " " + ended(call.outcome(), call.error()) + " " + call.attempts());
    }

    @Override
    public void onAttempt(Attempt attempt) {
        events.add("attempt " + attempt.node() + " " + attempt.method() + " " + attempt.purpose() + " "
                + ended(attempt.outcome(), attempt.error()));
    }

    private static String ended(Outcome outcome, Optional<ErrorClass> error) {
        return outcome + error.map(given -> ":" + given).orElse("");
    }

    @Override
    public void onUnclassified(String node, String method, int code, String message) {
        events.add("unclassified " + node + " " + method + " " + code + " " + message);
    }

    @Override
    public void onOpen(Supplier<PoolStatus> status) {
        events.add("open " + status.get().chainId());
    }

    @Override
    public void onClose() {
        events.add("close ");
    }

    @Override
    public void onNodeRemoved(String node) {
        events.add("removed " + node);
    }

    @Override
    public void onHedge(String method, String first, String second) {
        events.add("hedge " + method + " " + first + " " + second);
    }

    @Override
    public void onHedgeEnd(String method, String first, String second, boolean won) {
        events.add("hedged " + method + " " + first + " " + second + " " + (won ? "won" : "lost"));
    }

    @Override
    public void onDispute(String node, String method, boolean quarantined) {
        events.add("dispute " + node + " " + method + " " + quarantined);
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
