package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.error.ErrorClassifier;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node runs on, by its own word, behind a host name that says nothing. */
class ClientOfNodeTest {

    private static final String CLIENT = "web3_clientVersion";
    private static final String BESU = "besu/v26.1.0/linux-x86_64/openjdk-java-21";
    private static final String ROWS = """
            \t\t\t\tthe kettle is empty\tTX_INVALID
            besu\t\t\t\tthe kettle is empty\tEXECUTION_REVERTED
            """;

    private final FakeNode node = FakeNode.start().on("eth_call", new Reply.Error(-32000, "the kettle is empty"));

    @AfterEach
    void stop() {
        node.close();
    }

    private RpcPool open() throws InterruptedException {
        try {
            return RpcPool.builder()
                    .chain(1)
                    .primary(node.url())
                    .errors(ErrorClassifier.standard().with(new StringReader(ROWS), "rows"))
                    .healthCheckEvery(Duration.ofMillis(50))
                    .headPollEvery(Duration.ZERO)
                    .unhealthyAfter(1)
                    .open();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void runs(String client) {
        node.on(CLIENT, new Reply.Result("\"" + client + "\""));
    }

    private static Optional<String> client(RpcPool pool) {
        return pool.status().nodes().getFirst().client();
    }

    private static void expect(ErrorClass meaning, RpcPool pool) {
        assertThatThrownBy(() -> pool.call("eth_call"))
                .isInstanceOfSatisfying(
                        RpcRejectedException.class,
                        e -> assertThat(e.errorClass()).isEqualTo(meaning));
    }

    @Test
    void aRowThatNamesTheClientDecides() throws InterruptedException {
        runs(BESU);
        try (RpcPool pool = open()) {
            await().until(() -> client(pool).isPresent());

            assertThat(client(pool)).contains(BESU);
            expect(ErrorClass.EXECUTION_REVERTED, pool);
        }
    }

    @Test
    void aNodeThatDoesNotSayIsAsGoodAsAnyAndNotAskedAgain() throws InterruptedException {
        try (RpcPool pool = open()) {
            await().until(() -> node.asked("eth_chainId") > 5);

            assertThat(client(pool)).isEmpty();
            assertThat(pool.status().healthy()).isEqualTo(1);
            assertThat(node.asked(CLIENT)).isEqualTo(1);
            expect(ErrorClass.TX_INVALID, pool);
        }
    }

    @Test
    void aNodeIsAskedOnceUntilItHasBeenAway() throws InterruptedException {
        runs("Geth/v1.16.1");
        try (RpcPool pool = open()) {
            await().until(() -> node.asked("eth_chainId") > 5);
            assertThat(node.asked(CLIENT)).isEqualTo(1);

            node.stop();
            await().until(() -> pool.status().healthy() == 0);
            runs(BESU);
            node.restart();

            await().until(() -> client(pool).equals(Optional.of(BESU)));
            assertThat(node.asked(CLIENT)).isEqualTo(2);
            expect(ErrorClass.EXECUTION_REVERTED, pool);
        }
    }

    @Test
    void whatIsNoTextSaysNothingAndWhatIsLongIsCut() throws InterruptedException {
        node.on(CLIENT, new Reply.Result("{\"name\":\"besu\"}"));
        try (RpcPool pool = open()) {
            await().until(() -> node.asked("eth_chainId") > 5);
            assertThat(client(pool)).isEmpty();
            assertThat(node.asked(CLIENT)).isEqualTo(1);
        }
        runs("x".repeat(10_000));
        try (RpcPool pool = open()) {
            await().until(() -> client(pool).isPresent());
            assertThat(client(pool).orElseThrow()).hasSize(100);
        }
    }
}
