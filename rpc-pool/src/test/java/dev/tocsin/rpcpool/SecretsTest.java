package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.read.ListAppender;
import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.otel.RpcPoolSpans;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Keys in user info, path, query and headers are told to nobody, whatever fails and however, and although nodes and gateways like to
 * repeat them in what they say of it. Every key here contains the same letters; all that the pool gives out is searched for them.
 */
class SecretsTest {

    private static final String MARK = "K3Y";
    private static final String METHOD = "eth_gasPrice";
    private static final String USER = "us3rK3Y:p@ssK3Y";
    private static final String BASIC =
            Base64.getEncoder().encodeToString(USER.getBytes(StandardCharsets.UTF_8)); // which hides the letters
    private static final String ECHO =
            "no access: us3rK3Y, p%40ssK3Y, p@ssK3Y, PATHK3Y9 and QUERYK3Y; x-api-key HEADERK3Y; ?apikey=QUERYK3Y; ";
    private static final String ECHO_OF_A = ECHO + "Basic " + BASIC;
    private static final String ECHO_OF_B = ECHO + "Bearer BEARERK3Y";
    private static final String SIGNED = SendingTest.SIGNED;

    private final FakeNode a = FakeNode.start();
    private final FakeNode b = FakeNode.start();
    private final FakeHeads heads = FakeHeads.start();
    private final RecordingListener listener = new RecordingListener();
    private final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk telemetry = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final List<String> texts = new ArrayList<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

    @BeforeEach
    void logEverything() {
        logged.start();
        root.addAppender(logged);
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void close() {
        root.setLevel(before);
        root.detachAppender(logged);
        a.close();
        b.close();
        heads.close();
        telemetry.close();
    }

    /** Keys where providers put them: user info, path and query. */
    private static String secret(String name, String scheme) {
        return scheme + "://us3rK3Y:p%40ssK3Y@" + name + "/v2/PATHK3Y9?apikey=QUERYK3Y";
    }

    private RpcPoolBuilder settings() {
        return RpcPool.builder()
                .primary(NodeSettings.of(secret(a.name(), "http")).withHeader("x-api-key", "HEADERK3Y"))
                .primary(NodeSettings.of(secret(b.name(), "http"))
                        .withHeader("X-Api-Key", "old")
                        .withHeader("x-api-key", "HEADERK3Y")
                        .withHeader("authorization", "Bearer BEARERK3Y")) // instead of the user info
                .selection(SelectionStrategy.roundRobin())
                .callTimeout(Duration.ofMillis(800))
                .verifyTimeout(Duration.ofMillis(20))
                .retryDelay(Duration.ofMillis(1))
                .healthCheckEvery(Duration.ofHours(1))
                .listener(listener)
                .listener(RpcPoolMeters.on(meters))
                .listener(RpcPoolSpans.of(telemetry));
    }

    private void tell(Object given) {
        texts.add(String.valueOf(given));
    }

    private void tell(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        texts.add(text.toString());
        if (thrown instanceof RpcRejectedException rejected) {
            texts.add(rejected.reason() + rejected.data() + rejected.node() + rejected.errorClass());
        }
        if (thrown instanceof NoNodeException unserved) {
            texts.add(unserved.causes().toString());
        }
    }

    @FunctionalInterface
    private interface Giving {
        Object give() throws InterruptedException;
    }

    private void tellWhatComesOf(Giving giving) {
        try {
            tell(giving.give());
        } catch (RpcException | InterruptedException e) {
            tell(e);
        }
    }

    /** Everything that was given out, by whatever way. */
    private String everything() {
        listener.events.forEach(this::tell);
        tell(meters.scrape());
        spans.getFinishedSpanItems().forEach(this::tell);
        for (ILoggingEvent event : List.copyOf(logged.list)) {
            tell(event.getLoggerName() + event.getFormattedMessage() + event.getMDCPropertyMap());
            if (event.getThrowableProxy() instanceof ThrowableProxy proxy) {
                tell(proxy.getThrowable());
            }
        }
        return String.join("\n", texts);
    }

    private void expectNoKey() {
        String everything = everything();

        assertThat(everything).contains(a.name());
        assertThat(everything.lines().filter(line -> line.contains(MARK) || line.contains(BASIC)))
                .isEmpty();
    }

    /** Given what a node repeats of its keys. */
    static Stream<Function<String, Reply>> faults() {
        return Stream.of(
                echo -> new Reply.Reset(),
                echo -> new Reply.Stall(),
                echo -> new Reply.StallInBody(),
                echo -> new Reply.Body(200, echo),
                echo -> new Reply.Body(200, "<html>" + echo + "</html>"),
                echo -> new Reply.Body(400, echo),
                echo -> new Reply.Body(401, "{\"id\":null,\"error\":{\"code\":-32000,\"message\":\"" + echo + "\"}}"),
                echo -> new Reply.Body(403, echo),
                echo -> new Reply.Body(429, "{\"id\":null,\"error\":{\"code\":429,\"message\":\"" + echo + "\"}}"),
                echo -> new Reply.Body(500, echo),
                echo -> new Reply.Body(200, "{\"id\":null,\"error\":\"" + echo + "\"}"),
                echo -> new Reply.Body(
                        200,
                        "{\"id\":null,\"error\":{\"code\":-32000,\"message\":\"no\",\"data\":{\"of\":\"" + echo
                                + "\"}}}"),
                echo -> new Reply.Error(-32603, echo),
                echo -> new Reply.Error(-32602, echo),
                echo -> new Reply.Error(-39999, "wibble " + echo),
                echo -> new Reply.Error(-32005, "rate limit exceeded, " + echo),
                echo -> new Reply.Error(-32000, "nonce too low: " + echo),
                echo -> new Reply.Error(3, "execution reverted: " + echo),
                echo -> new Reply.Raw(echo + "\r\n\r\n"),
                echo -> new Reply.Raw("HTTP/1.1 200 OK\r\n" + echo.replace(':', ' ') + "\r\n\r\n"),
                echo -> new Reply.Raw("HTTP/1.1 200 OK\r\nContent-Length: PATHK3Y9\r\n\r\n"),
                echo -> new Reply.Raw("HTTP/1.1 PATHK3Y9\r\n\r\n"),
                echo -> new Reply.Raw(
                        "HTTP/1.1 302 Found\r\nLocation: http://us3rK3Y@127.0.0.1:1/PATHK3Y9?apikey=QUERYK3Y\r\n"
                                + "Content-Length: 0\r\n\r\n"));
    }

    @ParameterizedTest(name = "{index}")
    @MethodSource("faults")
    void notWhenNodesFail(Function<String, Reply> fault) throws InterruptedException {
        make(a, fault.apply(ECHO_OF_A));
        make(b, fault.apply(ECHO_OF_B));
        Reply one = fault.apply("");
        boolean hangs = one instanceof Reply.Stall || one instanceof Reply.StallInBody;
        RpcPoolBuilder settings = settings();
        try (RpcPool pool = settings.open()) {
            tellWhatComesOf(() -> pool.call(METHOD));
            tellWhatComesOf(() -> pool.batch(List.of(RpcCall.of(METHOD), RpcCall.of(METHOD))));
            tellWhatComesOf(() -> pool.agreeing(Agreement.of(2, 2)).call(METHOD));
            tellWhatComesOf(() -> pool.call("eth_getLogs", Map.of("fromBlock", "0x1", "toBlock", "0x2")));
            tellWhatComesOf(() -> pool.send(SIGNED));
            if (!hangs) { // which takes 5 s
                tellWhatComesOf(() -> pool.broadcast(SIGNED).awaitAll());
            }
            tell(pool.status());
            tell(pool.explain(METHOD));
            tell(pool + " " + settings + " " + pool.agreeing(Agreement.of(2, 2)));
            assertThat(a.asked(METHOD)).isPositive();
            assertThat(b.asked(METHOD)).isPositive();
        }
        expectNoKey();
    }

    private static void make(FakeNode node, Reply fault) {
        for (String method : List.of(METHOD, "eth_getLogs", "eth_sendRawTransaction", "eth_getTransactionByHash")) {
            node.on(method, fault);
        }
        boolean isJson = fault instanceof Reply.Error;
        node.onBatch(request -> isJson ? node.each(request) : fault);
    }

    @Test
    void notWhenAnErrorIsNotKnown() throws InterruptedException {
        Reply unheard = new Reply.Error(-39999, "wibble us3rK3Y PATHK3Y9 QUERYK3Y HEADERK3Y wobble");
        List.of(a, b).forEach(node -> node.on(METHOD, unheard));
        try (RpcPool pool = settings().attempts(2).open()) {
            tell(catchThrowable(() -> pool.call(METHOD)));
        }

        assertThat(listener.of("unclassified")).hasSize(2);
        expectNoKey();
    }

    @Test
    void notFromWhatANodeSaysItRunsOn() throws InterruptedException {
        List.of(a, b).forEach(node -> node.on("web3_clientVersion", new Reply.Result("\"Geth " + ECHO + "\"")));
        try (RpcPool pool = settings().open()) {
            await().until(() -> pool.status().nodes().getFirst().client().isPresent());
            tell(pool.status() + " " + pool.explain(METHOD));
        }
        expectNoKey();
    }

    @Test
    void notFromAnAnswerThatIsNoNumber() throws InterruptedException {
        List.of(a, b).forEach(node -> node.on(METHOD, new Reply.Result("\"" + ECHO + "\"")));
        try (RpcPool pool = settings().open()) {
            RpcResult result = pool.call(METHOD);
            tell(catchThrowable(result::asLong));
            tell(catchThrowable(result::asQuantity));
            tell(result);
        }
        expectNoKey();
    }

    @Test
    void notWhenNodesGoAwayOrServeAnotherChain() throws InterruptedException {
        RpcPoolBuilder settings =
                settings().healthCheckEvery(Duration.ofMillis(20)).unhealthyAfter(1);
        try (RpcPool pool = settings.open()) {
            a.chain(2);
            await().until(() -> pool.status().nodes().getFirst().state() == NodeState.WRONG_CHAIN);
            b.stop();
            await().until(() -> pool.status().nodes().getLast().state() == NodeState.UNHEALTHY);
            tell(catchThrowable(() -> pool.call(METHOD)));
            tell(catchThrowable(() -> pool.removeNode("PATH")));
            tell(pool.status() + " " + pool.explain(METHOD));
        }
        expectNoKey();
    }

    @Test
    void notFromAPoolThatDoesNotOpen() {
        for (Reply fault : List.of(
                new Reply.Error(-32000, ECHO),
                new Reply.Result("\"" + ECHO + "\""),
                new Reply.Raw(ECHO + "\r\n\r\n"))) {
            a.on("eth_chainId", fault);
            b.on("eth_chainId", fault);
            tell(catchThrowable(() -> settings().open()));
        }
        a.stop();
        b.stop();
        tell(catchThrowable(() -> settings().open()));

        expectNoKey();
    }

    @Test
    void notWhenHeadsCannotBeHad() throws InterruptedException {
        heads.saying("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32601,\"message\":\"" + ECHO + "\"}}");
        b.on("*", new Reply.Raw(ECHO + "\r\n\r\n"));
        RpcPoolBuilder settings = settings()
                .webSocket(NodeSettings.of(secret(heads.name(), "ws")).withHeader("x-api-key", "HEADERK3Y"))
                .webSocket(secret(b.name(), "ws"), secret("127.0.0.1:1", "ws"));
        try (RpcPool pool = settings.open()) {
            tell(pool);
            await().until(() -> listener.of("heads").size() > 5);
        }
        expectNoKey();
    }

    @Test
    void keysReachTheNode() throws InterruptedException {
        try (RpcPool pool = settings().open()) {
            assertThat(pool.chainId()).isEqualTo(1);
        }

        assertThat(a.heads())
                .isNotEmpty()
                .allMatch(head -> head.startsWith("POST /v2/PATHK3Y9?apikey=QUERYK3Y HTTP/1.1"))
                .allMatch(head -> head.contains("Authorization: Basic " + BASIC + "\r\n"))
                .allMatch(head -> head.contains("x-api-key: HEADERK3Y\r\n"));
        assertThat(b.heads())
                .isNotEmpty()
                .allMatch(head -> head.contains("Authorization: Bearer BEARERK3Y\r\n"))
                .allMatch(head -> head.contains("X-Api-Key: HEADERK3Y\r\n"))
                .noneMatch(head -> head.contains("Basic"));
    }

    @Test
    void keysReachTheNodeOfTheHeads() throws InterruptedException {
        String url = secret(heads.name(), "ws");
        try (RpcPool pool = RpcPool.builder()
                .primary(a.url())
                .webSocket(NodeSettings.of(url).withHeader("x-api-key", "HEADERK3Y"))
                .open()) {
            assertThat(pool.chainId()).isEqualTo(1);
            await().until(() -> heads.subscribers() == 1);
            assertThat(heads.requests().getFirst())
                    .startsWith("GET /v2/PATHK3Y9?apikey=QUERYK3Y HTTP/1.1")
                    .contains("Authorization: Basic " + BASIC)
                    .contains("x-api-key: HEADERK3Y");
        }
    }

    @Test
    void aNodeThatIsAddedLaterHasItsHeaders() throws InterruptedException {
        try (RpcPool pool = RpcPool.builder().primary(a.url()).open()) {
            pool.addNode(Tier.PRIMARY, NodeSettings.of(b.url()).withHeader("authorization", "Bearer BEARERK3Y"));
            await().until(() -> pool.status().healthy() == 2);
        }
        assertThat(b.heads()).isNotEmpty().allMatch(head -> head.contains("authorization: Bearer BEARERK3Y\r\n"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "htp://x.example/K3Y",
                "http:///K3Y",
                "http://x.example/K3Y with spaces",
                "K3Y",
                "us3rK3Y:p@ssK3Y@x.example",
                "ws://x.example/K3Y",
                "http://x.example:99999/K3Y",
                "http://a_b.example/K3Y"
            })
    void urlThatIsNoneIsRefusedWithoutRepeatingIt(String url) {
        tell(catchThrowable(() -> RpcPool.builder().primary(url)));

        assertThat(texts).singleElement().asString().contains("primary must");
        assertThat(texts.getFirst().toLowerCase(java.util.Locale.ROOT)).doesNotContain("k3y");
    }

    @Test
    void headersThatCannotBeSentAreRefusedWithoutRepeatingThem() {
        String url = "http://x.example/K3Y";
        NodeSettings settings = NodeSettings.of(url);
        tell(catchThrowable(() -> settings.withHeader("Bearer K3Y", "Authorization")));
        tell(catchThrowable(() -> settings.withHeader("Host", MARK)));
        tell(catchThrowable(() -> settings.withHeader("x-api-key", "K3Y\r\nx: y")));
        tell(catchThrowable(() -> settings.withHeader("x-api-key", "")));
        tell(catchThrowable(() -> NodeSettings.of("K3Y")));

        assertThat(texts)
                .hasSize(5)
                .allSatisfy(text -> assertThat(text)
                        .startsWith("java.lang.IllegalArgumentException")
                        .doesNotContain(MARK));
    }
}
