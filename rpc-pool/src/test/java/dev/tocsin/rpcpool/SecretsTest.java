package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    private static final String METHOD = "eth_gasPrice";

    private final FakeNode a = FakeNode.start();
    private final FakeNode b = FakeNode.start();
    private final RecordingListener listener = new RecordingListener();

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    /** Keys where providers put them: user info, path and query. */
    private static String secret(FakeNode node, String scheme) {
        return scheme + "://us3r:p%40ssK3Y@" + node.name() + "/v2/PATHK3Y?apikey=QUERYK3Y";
    }

    @Test
    void keysAppearInNoMessageStatusTextOrEvent() throws InterruptedException {
        List<String> texts = new ArrayList<>();
        RpcPoolBuilder settings = RpcPool.builder()
                .primary(secret(a, "http"), secret(a, "http"))
                .fallback(secret(b, "http"))
                .webSocket(secret(a, "ws"))
                .callTimeout(Duration.ofMillis(300))
                .retryDelay(Duration.ofMillis(1))
                .healthCheckEvery(Duration.ofMillis(20))
                .healthCheckTimeout(Duration.ofMillis(100))
                .unhealthyAfter(1)
                .listener(listener);
        try (RpcPool pool = settings.open()) {
            List<Reply> faults = List.of(
                    new Reply.Reset(),
                    new Reply.Stall(),
                    new Reply.Body(401, "bad key"),
                    new Reply.Body(302, ""),
                    new Reply.Body(200, "<html>"),
                    new Reply.Error(-32603, "internal"),
                    new Reply.Error(3, "execution reverted"));
            for (Reply fault : faults) {
                a.on(METHOD, fault);
                b.on(METHOD, fault);
                texts.add(text(catchThrowable(() -> pool.call(METHOD))));
            }
            a.chain(2);
            await().until(() -> pool.status().nodes().getFirst().state() == NodeState.WRONG_CHAIN);
            b.stop();
            texts.add(text(catchThrowable(() -> pool.call(METHOD))));
            texts.add(pool + " " + pool.status() + " " + settings);
        }
        a.stop();
        texts.add(text(catchThrowable(settings::open)));
        texts.addAll(listener.events);

        assertThat(listener.of("heads")).isNotEmpty();
        assertThat(String.join("\n", texts)).contains(a.name()).doesNotContain("K3Y", "us3r", "p%40ss", "p@ss");
    }

    @Test
    void keysReachTheNodeUserInfoAsAuthorization() throws InterruptedException {
        try (RpcPool pool = RpcPool.builder().primary(secret(a, "http")).open()) {
            assertThat(pool.chainId()).isEqualTo(1);
        }

        String basic = Base64.getEncoder().encodeToString("us3r:p@ssK3Y".getBytes(StandardCharsets.UTF_8));
        assertThat(a.heads())
                .allMatch(head -> head.startsWith("POST /v2/PATHK3Y?apikey=QUERYK3Y HTTP/1.1"))
                .allMatch(head -> head.contains("Authorization: Basic " + basic));
    }

    @Test
    void keysReachTheWebSocketNode() throws InterruptedException {
        try (FakeHeads heads = FakeHeads.start();
                RpcPool pool = RpcPool.builder()
                        .primary(a.url())
                        .webSocket("ws://us3r:K3Y@" + heads.name() + "/v2/PATHK3Y")
                        .open()) {
            assertThat(pool.chainId()).isEqualTo(1);
            await().until(() -> heads.subscribers() == 1);
            assertThat(heads.requests().getFirst())
                    .startsWith("GET /v2/PATHK3Y HTTP/1.1")
                    .contains("Authorization: Basic ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "htp://x.example/K3Y",
                "http:///K3Y",
                "http://x.example/K3Y with spaces",
                "K3Y",
                "ws://x.example/K3Y",
                "http://x.example:99999/K3Y",
                "http://a_b.example/K3Y"
            })
    void urlThatIsNoneIsRefusedWithoutRepeatingIt(String url) {
        Throwable refusal = catchThrowable(() -> RpcPool.builder().primary(url));

        assertThat(refusal).isInstanceOf(IllegalArgumentException.class);
        assertThat(text(refusal)).contains("primary must").doesNotContain("K3Y");
    }

    private static String text(Throwable thrown) {
        assertThat(thrown).isNotNull();
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }
}
