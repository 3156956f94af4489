package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tocsin.rpcpool.FakeNode.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes and gateways like to repeat the URL or the key in what they say of an error. It is told to nobody. */
class EchoedKeysTest {

    private static final String METHOD = "eth_gasPrice";
    private static final String ECHO =
            "no access: us3rK3Y, p%40ssK3Y, p@ssK3Y, PATHK3Y9 and QUERYK3Y of /v2/PATHK3Y9?apikey=QUERYK3Y";

    private final FakeNode node = FakeNode.start();
    private final RecordingListener listener = new RecordingListener();
    private final List<String> texts = new ArrayList<>();

    @AfterEach
    void close() {
        node.close();
    }

    private RpcPoolBuilder settings() {
        return RpcPool.builder()
                .primary("http://us3rK3Y:p%40ssK3Y@" + node.name() + "/v2/PATHK3Y9?apikey=QUERYK3Y")
                .callTimeout(Duration.ofSeconds(2))
                .retryDelay(Duration.ofMillis(1))
                .healthCheckEvery(Duration.ofHours(1))
                .listener(listener);
    }

    private void tell(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            texts.add(cause.toString());
        }
    }

    private void expectNoKey() {
        texts.addAll(listener.events);
        assertThat(String.join("\n", texts)).isNotEmpty().doesNotContain("K3Y");
    }

    @Test
    void notFromItsErrors() throws InterruptedException {
        List<Reply> faults = List.of(
                new Reply.Error(-32603, ECHO),
                new Reply.Error(-32602, ECHO),
                new Reply.Error(3, "execution reverted: " + ECHO),
                new Reply.Body(401, "{\"id\":null,\"error\":{\"code\":-32000,\"message\":\"" + ECHO + "\"}}"),
                new Reply.Body(200, "{\"id\":null,\"error\":\"" + ECHO + "\"}"),
                new Reply.Body(
                        200,
                        "{\"id\":null,\"error\":{\"code\":-32000,\"message\":\"no\",\"data\":{\"of\":\"" + ECHO
                                + "\"}}}"));
        try (RpcPool pool = settings().open()) {
            for (Reply fault : faults) {
                node.on(METHOD, fault).onBatch(request -> fault instanceof Reply.Body ? fault : node.each(request));
                Throwable thrown = catchThrowable(() -> pool.call(METHOD));
                tell(thrown);
                if (thrown instanceof RpcRejectedException rejected) {
                    texts.add(rejected.reason() + rejected.data());
                }
                try {
                    texts.add(pool.batch(List.of(RpcCall.of(METHOD), RpcCall.of(METHOD)))
                            .toString());
                } catch (RpcException e) {
                    tell(e);
                }
            }
            texts.add(pool.status().toString());
        }
        expectNoKey();
    }

    @Test
    void notFromAnAnswerThatIsNoNumber() throws InterruptedException {
        node.on(METHOD, new Reply.Result("\"" + ECHO + "\""));
        try (RpcPool pool = settings().open()) {
            RpcResult result = pool.call(METHOD);
            tell(catchThrowable(result::asLong));
            tell(catchThrowable(result::asQuantity));
            texts.add(result.toString());
        }
        expectNoKey();
    }

    @Test
    void notFromAPoolThatDoesNotOpen() {
        node.on("eth_chainId", new Reply.Error(-32000, ECHO));
        tell(catchThrowable(() -> settings().open()));
        node.on("eth_chainId", new Reply.Result("\"" + ECHO + "\""));
        tell(catchThrowable(() -> settings().open()));

        expectNoKey();
    }
}
