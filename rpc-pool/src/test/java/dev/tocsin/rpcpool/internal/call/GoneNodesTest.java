package dev.tocsin.rpcpool.internal.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.Exclusion;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.Tier;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.method.MethodHints;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.node.Nodes;
import dev.tocsin.rpcpool.internal.transport.Timer;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was learned of nodes that come and go: nothing is kept of those that are gone, also if their last answer comes after that. */
class GoneNodesTest {

    private static final RpcCall OLD = RpcCall.of("eth_getBalance", "0x1", "0x1");

    private final Nodes nodes = new Nodes(List.of(node(0)));

    private static Node node(int number) {
        return new Node("n" + number, URI.create("http://n" + number), Tier.PRIMARY, 3);
    }

    private static Asked asked() {
        return new Asked(OLD.method(), OLD, 0, new CallContext(1_000, -1), () -> 0);
    }

    private static CallOutcome refused(Node node, ErrorClass why) {
        return new CallOutcome.Rejected(-32000, "no", null, node.name(), why);
    }

    @Test
    void methodsThatNodesDoNotOffer() {
        Capabilities capabilities = new Capabilities(MethodHints.standard());
        for (int i = 1; i <= 1_000; i++) {
            Node node = node(i);
            nodes.add(() -> node);
            capabilities.told(node, asked(), 0, refused(node, ErrorClass.METHOD_UNSUPPORTED), 0);
            assertThat(capabilities.against(node, asked(), 1)).isEqualTo(Exclusion.METHOD_UNSUPPORTED);

            assertThat(nodes.remove(node)).isTrue();
            capabilities.forget(node);
            capabilities.told(node, asked(), 0, refused(node, ErrorClass.METHOD_UNSUPPORTED), 2);

            assertThat(capabilities.against(node, asked(), 3)).isNull();
        }
        assertThat(nodes.all()).hasSize(1);
    }

    @Test
    void blocksThatNodesDoNotHave() {
        BoundSearch.Read never = (node, call, deadline) -> {
            throw new AssertionError("it is gone");
        };
        try (Timer timer = Timer.real()) {
            DataBounds bounds = new DataBounds(nodes, new BoundSearch(never, timer, () -> 0), () -> 0);
            for (int i = 1; i <= 1_000; i++) {
                Node node = node(i);
                nodes.add(() -> node);
                bounds.told(node, asked(), 0, refused(node, ErrorClass.MISSING_DATA), 0);
                assertThat(bounds.against(node, asked(), 1)).isEqualTo(Exclusion.PRUNED);

                assertThat(nodes.remove(node)).isTrue();
                bounds.forget(node);
                bounds.told(node, asked(), 0, refused(node, ErrorClass.MISSING_DATA), 2);

                assertThat(bounds.against(node, asked(), 3)).isNull();
            }
        }
    }
}
