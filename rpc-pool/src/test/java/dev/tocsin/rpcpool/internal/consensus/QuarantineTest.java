package dev.tocsin.rpcpool.internal.consensus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.Tier;
import dev.tocsin.rpcpool.internal.call.Asked;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

class QuarantineTest {

    private final Quarantine quarantine = new Quarantine();
    private final Asked asked = new Asked("eth_x", RpcCall.of("eth_x"), 0, new CallContext(1_000, -1), () -> 0);

    private static Node node(int number) {
        return new Node("n" + number, URI.create("http://n" + number), Tier.PRIMARY, 3);
    }

    private boolean outvotedThreeTimes(Node node) {
        quarantine.outvoted(node, 0);
        quarantine.outvoted(node, 0);
        return quarantine.outvoted(node, 0);
    }

    @Test
    void nothingIsKeptOfNodesThatAreGoneAlsoIfTheirLastAnswerComesAfterThat() {
        Nodes nodes = new Nodes(List.of(node(0)));
        for (int i = 1; i <= 1_000; i++) {
            Node node = node(i);
            nodes.add(() -> node);
            assertThat(outvotedThreeTimes(node)).isTrue();
            assertThat(quarantine.against(node, asked, 1)).isEqualTo(Exclusion.OUTVOTED);

            assertThat(nodes.remove(node)).isTrue();
            quarantine.forget(node);

            assertThat(outvotedThreeTimes(node)).isFalse();
            assertThat(quarantine.against(node, asked, 1)).isNull();
        }
    }
}
