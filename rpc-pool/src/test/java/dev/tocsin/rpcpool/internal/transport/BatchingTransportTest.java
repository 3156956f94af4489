package dev.tocsin.rpcpool.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcResult;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.StringNode;

class BatchingTransportTest {

    private static final RpcCall CALL = RpcCall.of("eth_x");

    private final Set<String> there = ConcurrentHashMap.newKeySet();

    /** Says which node was asked. */
    private final List<URI> asked = new ArrayList<>();

    private final class Echo implements Transport {
        @Override
        public CallOutcome call(String node, URI url, RpcCall call, Duration timeout, Cancellation cancellation) {
            asked.add(url);
            return new CallOutcome.Answered(RpcResult.of(StringNode.valueOf(node), node, Duration.ZERO));
        }

        @Override
        public List<Optional<CallOutcome>> items(
                String node, URI url, List<RpcCall> calls, Duration timeout, Cancellation cancellation) {
            throw new AssertionError("one call at a time is no batch");
        }

        @Override
        public HttpClient client() {
            throw new AssertionError("not used here");
        }

        @Override
        public void close() {}
    }

    @Test
    void nodesThatAreGoneLeaveNothingAlsoIfTheirLastAttemptComesAfterThat() throws Exception {
        try (Timer timer = Timer.real();
                BatchingTransport transport = new BatchingTransport(
                        new Echo(), timer, 10, call -> true, (name, url) -> there.contains(name), System::nanoTime)) {
            there.add("n0");
            ask(transport, "n0");
            for (int i = 1; i <= 1_000; i++) {
                String name = "n" + i;
                there.add(name);
                ask(transport, name);
                assertThat(transport.lanes()).isEqualTo(2);

                there.remove(name);
                transport.forget(name);
                ask(transport, name);

                assertThat(transport.lanes()).isEqualTo(1);
            }
        }
    }

    @Test
    void anAttemptAtTheNodeThatHadANameBeforeDoesNotGoToTheOneThatHasItNow() throws Exception {
        URI before = URI.create("http://same/before");
        URI now = URI.create("http://same/now");
        try (Timer timer = Timer.real();
                BatchingTransport transport = new BatchingTransport(
                        new Echo(), timer, 10, call -> true, (name, url) -> url.equals(now), System::nanoTime)) {
            transport.call("n0", before, CALL, Duration.ofSeconds(5));
            assertThat(transport.lanes()).isZero();

            transport.call("n0", now, CALL, Duration.ofSeconds(5));
            transport.call("n0", before, CALL, Duration.ofSeconds(5));

            assertThat(asked).containsExactly(before, now, before);
        }
    }

    /** Two nodes may have one URL. */
    private static void ask(Transport transport, String name) throws NodeFailure, InterruptedException {
        CallOutcome outcome = transport.call(name, URI.create("http://same"), CALL, Duration.ofSeconds(5));

        assertThat(outcome)
                .isInstanceOfSatisfying(
                        CallOutcome.Answered.class,
                        answered -> assertThat(answered.result().node()).isEqualTo(name));
    }
}
