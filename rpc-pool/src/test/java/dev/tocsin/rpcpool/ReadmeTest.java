package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.FakeNode.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    @Test
    void codeOfTheReadmeRuns() throws InterruptedException {
        try (FakeNode a = FakeNode.start();
                FakeNode b = FakeNode.start()) {
            Reply balance = new Reply.Result("\"0xde0b6b3a7640000\"");
            a.on("eth_getBalance", balance);
            b.on("eth_getBalance", balance);
            String mine = a.url();
            String provider = b.url();
            String address = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
            // @start region="readme"
            try (RpcPool pool = RpcPool.builder()
                    .chain(1)
                    .primary(mine)
                    .fallback(provider)
                    .callTimeout(Duration.ofSeconds(5))
                    .open()) {
                long head = pool.call("eth_blockNumber").asLong();
                System.out.println("head " + head + ", balance "
                        + pool.call("eth_getBalance", address, "latest").asQuantity());

                for (CallOutcome outcome : pool.batch(List.of(RpcCall.of("eth_chainId"), RpcCall.of("eth_call")))) {
                    System.out.println(
                            switch (outcome) {
                                case CallOutcome.Answered answered ->
                                    answered.result().asText();
                                case CallOutcome.Rejected rejected -> rejected.node() + " said " + rejected.message();
                            });
                }
                pool.status().nodes().forEach(node -> System.out.println(node.name() + " " + node.state()));
            }
            // @end
            assertThat(a.asked("eth_getBalance")).isEqualTo(1);
        }
    }

    @Test
    void readmeShowsThatCode() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/tocsin/rpcpool/ReadmeTest.java"));
        int start = source.indexOf('\n', source.indexOf("@start region=\"readme\"")) + 1;
        String code = source.substring(start, source.lastIndexOf('\n', source.indexOf("// @end")))
                .stripIndent()
                .strip();

        assertThat(Files.readString(Path.of("README.md"))).contains(code);
    }
}
