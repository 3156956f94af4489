package dev.tocsin.rpcpool.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Each fault really happens, as a client sees it. */
class FaultyNodeTest {

    private static final String HEAD = call(1, "eth_blockNumber", "");
    private static final String BATCH =
            "[" + call(1, "a", "") + "," + call(2, "b", "") + "," + call(3, "c", "") + "," + call(4, "d", "") + "]";

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private TinyNode upstream;
    private FaultyNode node;

    @BeforeEach
    void start() throws IOException {
        upstream = new TinyNode();
        node = FaultyNode.before(upstream.uri(), 7);
    }

    @AfterEach
    void close() {
        node.close();
        upstream.close();
        client.close();
    }

    private static String call(int id, String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":[" + params + "]}";
    }

    private HttpResponse<String> post(String body, Duration timeout) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(node.uri())
                .timeout(timeout)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String body) throws IOException, InterruptedException {
        return post(body, Duration.ofSeconds(10));
    }

    private String result(String body) throws IOException, InterruptedException {
        return Conversation.JSON.readTree(post(body).body()).path("result").asString("null");
    }

    private List<Integer> idsOfTheBatch() throws IOException, InterruptedException {
        List<Integer> ids = new ArrayList<>();
        for (JsonNode answer : Conversation.JSON.readTree(post(BATCH).body())) {
            ids.add(answer.path("id").asInt());
        }
        return ids;
    }

    private static long millisSince(long start) {
        return Duration.ofNanos(System.nanoTime() - start).toMillis();
    }

    @Test
    void withoutFaultsItPassesWhatIsSaidAndCounts() throws Exception {
        assertThat(post(HEAD).body()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x64\"}");
        assertThat(idsOfTheBatch()).containsExactly(1, 2, 3, 4);
        assertThat(post("no JSON").statusCode()).isEqualTo(200);

        assertThat(upstream.bodies()).containsExactly(HEAD, BATCH, "no JSON");
        assertThat(node.bodies()).containsExactly(HEAD, BATCH, "no JSON");
        assertThat(node.requests()).isEqualTo(3);
        assertThat(node.calls("eth_blockNumber")).isEqualTo(1);
        assertThat(node.calls("c")).isEqualTo(1);
        assertThat(node.connections()).isEqualTo(1);
        node.forget();
        assertThat(node.requests() + node.calls("c") + node.connections()).isZero();
    }

    @Test
    void latencyAndStallHoldARequestBack() throws Exception {
        node.inject(Fault.latency(Duration.ofMillis(5), Duration.ofMillis(10)), Fault.stall(Duration.ofMillis(60)));
        long start = System.nanoTime();

        assertThat(result(HEAD)).isEqualTo("0x64");

        assertThat(millisSince(start)).isGreaterThanOrEqualTo(65);
    }

    @Test
    void latencyIsDrawnEvenlyFromItsSpan() {
        List<Fault> faults = List.of(Fault.latency(Duration.ofNanos(5), Duration.ofNanos(9)));
        Set<Long> drawn = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            drawn.add(node.delayNanos(faults));
        }

        assertThat(drawn).containsExactlyInAnyOrder(5L, 6L, 7L, 8L, 9L);
    }

    @Test
    void whoLeavesDuringAStallFreesTheConnectionAndIsNotPassedOn() {
        node.inject(Fault.stall(Duration.ofMinutes(5)));

        assertThatThrownBy(() -> post(HEAD, Duration.ofMillis(100))).isInstanceOf(HttpTimeoutException.class);

        await().until(() -> node.openConnections() == 0);
        assertThat(upstream.bodies()).isEmpty();
    }

    @Test
    void shareStrikesThatPartOfTheRequestsTheSameForTheSameSeed() throws Exception {
        List<Integer> statuses = statusesOfHundred(node);
        try (FaultyNode again = FaultyNode.before(upstream.uri(), 7)) {
            assertThat(statusesOfHundred(again)).isEqualTo(statuses);
        }

        assertThat(statuses.stream().filter(status -> status == 503).count()).isBetween(5L, 25L);
    }

    private List<Integer> statusesOfHundred(FaultyNode asked) throws IOException, InterruptedException {
        asked.inject(Fault.http(503, "down").share(0.15));
        HttpRequest request = HttpRequest.newBuilder(asked.uri())
                .POST(HttpRequest.BodyPublishers.ofString(HEAD))
                .build();
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            statuses.add(
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode());
        }
        return statuses;
    }

    @Test
    void onStrikesOnlyTheMethodsThatAreMeant() throws Exception {
        node.inject(Fault.http(503, "down").on("eth_call", "eth_getLogs"));

        assertThat(post(call(1, "eth_call", "")).statusCode()).isEqualTo(503);
        assertThat(post(HEAD).statusCode()).isEqualTo(200);
    }

    @Test
    void flappingFaultIsThereAndAwayInTurn() {
        Fault fault = Fault.reset().flapping(Duration.ofNanos(10));

        assertThat(List.of(0L, 9L, 10L, 19L, 20L, 29L, 30L))
                .map(fault::isThere)
                .containsExactly(true, true, false, false, true, true, false);
    }

    @Test
    void resetBreaksTheConnectionBeforeTheNodeBehindHears() {
        node.inject(Fault.reset());

        assertThatThrownBy(() -> post(HEAD)).hasRootCauseMessage("Connection reset");
        assertThat(upstream.bodies()).isEmpty();
        assertThat(node.calls("eth_blockNumber")).isPositive();
    }

    @Test
    void aTruncatedAnswerEndsInTheMiddleAfterTheNodeBehindHasAnswered() throws Exception {
        node.inject(Fault.truncated());

        assertThatThrownBy(() -> post(HEAD)).isInstanceOf(IOException.class);

        assertThat(upstream.bodies()).containsExactly(HEAD);
        node.heal();
        assertThat(result(HEAD)).isEqualTo("0x64");
    }

    @Test
    void aNodeThatLiesDoesSoOnlyForTheMethodsMeantAlsoInABatch() throws Exception {
        node.inject(Fault.wrong("\"0xbad\"").on("eth_blockNumber", "a"));

        assertThat(result(HEAD)).isEqualTo("0xbad");
        List<String> results = new ArrayList<>();
        Conversation.JSON
                .readTree(post(BATCH).body())
                .forEach(answer -> results.add(answer.path("result").asString("")));
        assertThat(results).filteredOn("0xbad"::equals).hasSize(1);
        assertThatThrownBy(() -> Fault.wrong("{")).hasMessage("result must be JSON, was {");
    }

    @Test
    void lostAnswerBreaksTheConnectionAfterTheNodeBehindHasAnswered() {
        node.inject(Fault.lostAnswer().on("eth_sendRawTransaction"));
        String send = call(1, "eth_sendRawTransaction", "\"0x01\"");

        assertThatThrownBy(() -> post(send)).hasRootCauseMessage("Connection reset");
        assertThat(upstream.bodies()).contains(send);
    }

    @Test
    void refusesConnectionsUntilItIsHealedOnTheSamePort() throws Exception {
        URI uri = node.uri();
        assertThat(result(HEAD)).isEqualTo("0x64");
        node.refuse();

        assertThat(node.openConnections()).isZero();
        assertThatThrownBy(() -> new Socket("127.0.0.1", uri.getPort()).close()).isInstanceOf(ConnectException.class);
        node.heal();
        assertThat(node.uri()).isEqualTo(uri);
        // the client may find out only now that its old connection is gone
        await().ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> result(HEAD).equals("0x64"));
    }

    @Test
    void tooManyRequestsNamesSecondsOrADate() throws Exception {
        node.inject(Fault.tooManyRequests(Duration.ofMillis(4_001)));
        HttpResponse<String> inSeconds = post(HEAD);
        node.inject(Fault.tooManyRequests(Instant.parse("2026-11-08T08:49:37.5Z")));
        HttpResponse<String> atADate = post(HEAD);

        assertThat(List.of(inSeconds.statusCode(), atADate.statusCode())).containsOnly(429);
        assertThat(inSeconds.headers().firstValue("Retry-After")).contains("5");
        assertThat(atADate.headers().firstValue("Retry-After")).contains("Sun, 8 Nov 2026 08:49:37 GMT");
        assertThat(upstream.bodies()).isEmpty();
    }

    @Test
    void errorIsGivenForTheCallsThatAreMeantAndNotPassedOn() throws Exception {
        node.inject(Fault.error(-32000, "header not found").on("b", "d"));

        JsonNode single = Conversation.JSON.readTree(post(call(9, "b", "")).body());
        JsonNode batch = Conversation.JSON.readTree(post(BATCH).body());

        assertThat(single.toString())
                .isEqualTo(
                        "{\"jsonrpc\":\"2.0\",\"id\":9,\"error\":{\"code\":-32000,\"message\":\"header not found\"}}");
        assertThat(batch.values()).map(answer -> answer.path("id").asInt()).containsExactly(1, 2, 3, 4);
        assertThat(batch.values()).map(answer -> answer.has("error")).containsExactly(false, true, false, true);
        assertThat(upstream.bodies()).hasSize(1);
        assertThat(upstream.bodies().getFirst()).contains("\"a\"", "\"c\"").doesNotContain("\"b\"", "\"d\"");
    }

    @Test
    void laggingNodeKnowsNothingOfLaterBlocks() throws Exception {
        node.inject(Fault.lag(10));

        assertThat(result(HEAD)).isEqualTo("0x5a");
        post(call(1, "eth_getBalance", "\"0x01\",\"latest\""));
        assertThat(upstream.bodies().getLast()).contains("\"0x5a\"").doesNotContain("latest");
        assertThat(post(call(1, "eth_getBlockByNumber", "\"0x5a\",false")).body())
                .contains("\"number\":\"0x5a\"");
        assertThat(post(call(1, "eth_getBlockByNumber", "\"0x5b\",false")).body())
                .contains("\"result\":null");
        assertThat(post(call(1, "eth_getLogs", "{\"fromBlock\":\"0x1\",\"toBlock\":\"latest\"}"))
                        .body())
                .contains("0x59", "0x5a")
                .doesNotContain("0x5b");
    }

    @Test
    void batchRepliesAreReversedShuffledShortOrDouble() throws Exception {
        node.inject(Fault.batch(Fault.BatchReply.REVERSED));
        assertThat(idsOfTheBatch()).containsExactly(4, 3, 2, 1);
        node.inject(Fault.batch(Fault.BatchReply.SHUFFLED));
        Set<List<Integer>> orders = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            List<Integer> ids = idsOfTheBatch();
            assertThat(ids).containsExactlyInAnyOrder(1, 2, 3, 4);
            orders.add(ids);
        }
        assertThat(orders).hasSizeGreaterThan(5);
        node.inject(Fault.batch(Fault.BatchReply.MISSING));
        assertThat(idsOfTheBatch()).hasSize(3).doesNotHaveDuplicates();
        node.inject(Fault.batch(Fault.BatchReply.DUPLICATE));
        assertThat(idsOfTheBatch()).hasSize(5).contains(1, 2, 3, 4);
    }

    @Test
    void batchMayGetASingleErrorAndASingleCallStillItsAnswer() throws Exception {
        node.inject(Fault.batch(Fault.BatchReply.SINGLE_OBJECT));

        assertThat(post(BATCH).body()).startsWith("{").contains("\"id\":null", "\"error\"");
        assertThat(result(HEAD)).isEqualTo("0x64");
    }

    @Test
    void gzipCompressesTheAnswer() throws Exception {
        node.inject(Fault.gzip());
        HttpRequest request = HttpRequest.newBuilder(node.uri())
                .POST(HttpRequest.BodyPublishers.ofString(HEAD))
                .build();

        HttpResponse<byte[]> answer = client.send(request, HttpResponse.BodyHandlers.ofByteArray());

        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
        GZIPInputStream inflated = new GZIPInputStream(new ByteArrayInputStream(answer.body()));
        assertThat(inflated).hasContent("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x64\"}");
    }

    @Test
    void whenTheNodeBehindIsGoneItIsABadGateway() throws Exception {
        upstream.close();

        assertThat(post(HEAD).statusCode()).isEqualTo(502);
    }

    @Test
    void onlyPlainHttpCanBeBehind() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FaultyNode.before(URI.create("https://localhost/key")))
                .withMessage("upstream must be a URL that begins with http:// and names a host");
    }
}
