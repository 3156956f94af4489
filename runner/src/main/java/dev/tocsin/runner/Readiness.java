package dev.tocsin.runner;

import dev.tocsin.metrics.Health;
import dev.tocsin.metrics.HealthStatus;
import dev.tocsin.rpcpool.RpcPool;
import java.util.Optional;
import java.util.function.Supplier;

/** What {@code /ready} says: one line each on the nodes, the stream, the deliveries and the leadership. */
final class Readiness {

    private Readiness() {}

    static Health of(RpcPool pool, Leading leading, Supplier<Optional<String>> lastSeenLeader) {
        return Health.builder()
                .component("nodes", () -> Rooms.nodes(pool))
                .component("stream", leading::streamHealth)
                .component("deliveries", leading::deliveryHealth)
                .component("leadership", () -> HealthStatus.up(leadership(leading, lastSeenLeader.get())))
                .build();
    }

    private static String leadership(Leading leading, Optional<String> lastSeenLeader) {
        return leading.isOn()
                ? "leader"
                : "standby, "
                        + lastSeenLeader.map(name -> "last seen leader " + name).orElse("no leader seen yet");
    }
}
