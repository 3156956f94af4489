package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.faults.Fault;
import dev.tocsin.rpcpool.faults.FaultyNode;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A proxy before a node that compresses every answer, asked for or not. */
class CompressedAnswerTest {

    @Test
    void answersThatComeGzippedAreReadAndNotAskedFor() throws InterruptedException {
        try (FakeNode behind = FakeNode.start().on("eth_call", new Reply.Result("\"0x7\""));
                FaultyNode proxy = FaultyNode.before(URI.create(behind.url()))) {
            proxy.inject(Fault.gzip());
            try (RpcPool pool =
                    RpcPool.builder().chain(1).primary(proxy.uri().toString()).open()) {
                assertThat(pool.call("eth_call").asText()).isEqualTo("0x7");
                assertThat(pool.batch(List.of(RpcCall.of("eth_call"), RpcCall.of("eth_call"))))
                        .hasSize(2)
                        .allMatch(CallOutcome.Answered.class::isInstance);
                assertThat(pool.status().nodes().getFirst().errors()).isZero();
            }
        }
    }

    @Test
    void whoSetsTheHeaderAsksForThem() throws InterruptedException {
        try (FakeNode node = FakeNode.start().on("eth_call", new Reply.Result("\"0x7\""));
                RpcPool pool = RpcPool.builder()
                        .chain(1)
                        .primary(NodeSettings.of(node.url()).withHeader("Accept-Encoding", "gzip"))
                        .open()) {
            pool.call("eth_call");

            assertThat(node.heads()).last().asString().containsIgnoringCase("accept-encoding: gzip");
        }
    }
}
