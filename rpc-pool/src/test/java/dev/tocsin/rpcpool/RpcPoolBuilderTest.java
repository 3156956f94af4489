package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.StringNode;

class RpcPoolBuilderTest {

    private static final Duration TOO_LONG = Duration.ofSeconds(Long.MAX_VALUE); // its nanoseconds overflow

    private final SimulatedNodes nodes = new SimulatedNodes(1).node("n0", SimulatedNodes.between(1, 2));

    private RpcPoolBuilder settings() {
        return RpcPool.builder().chain(1).primary("http://n0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://n0/K3Y", "http://user:K3Y@n0:8545/", "https://other/K3Y"})
    void aRateLimitOfNoNodeIsRefused(String url) {
        assertThatThrownBy(() -> nodes.open(settings().rateLimit(url, RateLimit.requests(5))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith(
                        "rateLimit must be for a primary, a fallback or a send-only node, was for a URL at ")
                .hasMessageNotContaining("K3Y");
    }

    @ParameterizedTest
    @CsvSource({"http://n0/K3Y,n0", "https://n0?key=K3Y,n0", "wss://heads:444/K3Y,heads:444"})
    void aHeaderOfAUrlThatIsMistypedIsRefused(String url, String place) {
        assertThatThrownBy(() -> nodes.open(settings().header(url, "x-api-key", "V4LUE")))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("header must be for the URL of a node, was for another at " + place);
    }

    @ParameterizedTest
    @CsvSource({
        "'', '; what was given is blank'",
        "'  ', '; what was given is blank'",
        "n0/K3Y, '; what was given has no scheme'",
        "//n0/K3Y, '; what was given has no scheme'",
        "http:///K3Y, ' and names a host'"
    })
    void whatIsWrongWithAUrlIsSaid(String url, String wrong) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RpcPool.builder().primary(url))
                .withMessage("primary must be a URL that begins with http:// or https://" + wrong);
    }

    @Test
    void aHostThatJavaDoesNotTakeIsToldOf() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RpcPool.builder().primary("http://us3r:K3Y@geth_main:8545/K3Y"))
                .withMessage(
                        "primary must name a host by letters, digits, - and . (Java connects to no name with _ in it);"
                                + " give the host an alias, or its address");
    }

    @Test
    void aNodeThatIsGivenTwiceIsRefused() throws InterruptedException {
        String url = "http://n0/K3Y";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nodes.open(RpcPool.builder().chain(1).primary(url, url)))
                .withMessage("a node must be given once, the URL of n0 was given twice (primary, primary)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> nodes.open(settings().sendOnly("http://n0/")))
                .withMessage("a node must be given once, the URL of n0 was given twice (primary, sendOnly)");
        try (RpcPool pool = nodes.open(settings())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.addNode(Tier.FALLBACK, "http://n0"))
                    .withMessage("a node must be given once, the URL of n0 was given twice (primary, fallback)");
            assertThat(pool.status().nodes()).hasSize(1);
        }
    }

    @Test
    void settingsOfNodesThatThereAreAreTaken() throws InterruptedException {
        RpcPoolBuilder settings = settings()
                .sendOnly("http://n0/send")
                .header("http://n0", "x-api-key", "V4LUE")
                .header("http://n0/send", "x-api-key", "V4LUE")
                .header("http://later", "x-api-key", "V4LUE")
                .rateLimit("http://n0/send", RateLimit.requests(5));

        try (RpcPool pool = nodes.open(settings)) {
            assertThat(pool.status().nodes()).extracting(NodeStatus::name).containsExactly("n0", "n0#2");
        }
    }

    @Test
    @SuppressWarnings("DataFlowIssue") // what a caller without null checks may do
    void whatIsMissingIsCalledByItsName() {
        String none = null;
        Map<String, Consumer<RpcPoolBuilder>> settings = Map.ofEntries(
                Map.entry("primary", builder -> builder.primary(none)),
                Map.entry("fallback", builder -> builder.fallback(none)),
                Map.entry("sendOnly", builder -> builder.sendOnly(none)),
                Map.entry("archive", builder -> builder.archive(none)),
                Map.entry("webSocket", builder -> builder.webSocket(none)),
                Map.entry("urls", builder -> builder.primary((String[]) null)),
                Map.entry("hash", builder -> builder.genesis(null)),
                Map.entry("url", builder -> builder.header(null, "x", "y")),
                Map.entry("name", builder -> builder.header("http://n0", null, "y")),
                Map.entry("value", builder -> builder.header("http://n0", "x", null)),
                Map.entry("rateLimit", builder -> builder.rateLimit(null, RateLimit.NONE)),
                Map.entry("callTimeout", builder -> builder.callTimeout(null)),
                Map.entry("verifyTimeout", builder -> builder.verifyTimeout(null)),
                Map.entry("retryDelay", builder -> builder.retryDelay(null)),
                Map.entry("healthCheckEvery", builder -> builder.healthCheckEvery(null)),
                Map.entry("healthCheckTimeout", builder -> builder.healthCheckTimeout(null)),
                Map.entry("headPollEvery", builder -> builder.headPollEvery(null)));

        settings.forEach((name, setting) -> assertThatNullPointerException()
                .as(name)
                .isThrownBy(() -> setting.accept(RpcPool.builder()))
                .withMessage(name));
    }

    @Test
    @SuppressWarnings("DataFlowIssue")
    void whatIsMissingOfACallIsCalledByItsName() throws InterruptedException {
        nodes.node("n1", SimulatedNodes.between(1, 2));
        try (RpcPool pool = nodes.open(settings().primary("http://n1"))) {
            for (RpcCaller caller : List.of(pool, pool.session(), pool.agreeing(Agreement.of(2, 2)))) {
                assertThatNullPointerException()
                        .isThrownBy(() -> caller.batch(null))
                        .withMessage("batch");
                assertThatNullPointerException()
                        .isThrownBy(() -> caller.batch(Arrays.asList(RpcCall.of("eth_x"), null)))
                        .withMessage("batch[1]");
                assertThatNullPointerException()
                        .isThrownBy(() -> caller.call("eth_x", (Object[]) null))
                        .withMessage("params");
                assertThatNullPointerException()
                        .isThrownBy(() -> caller.call(null))
                        .withMessage("method");
            }
        }
    }

    @Test
    void whatIsGivenBackIsShownToPeople() throws InterruptedException {
        try (RpcPool pool = nodes.open(settings())) {
            RpcSession session = pool.session();
            assertThat(session).hasToString("RpcSession[no node yet]");
            session.call("eth_x");
            assertThat(session).hasToString("RpcSession[node=n0]");
        }
        assertThat(RpcResult.of(StringNode.valueOf("0x7"), "n0", Duration.ofMillis(2)))
                .hasToString("RpcResult[0x7, node=n0, took=PT0.002S]");
        assertThat(RpcResult.of(StringNode.valueOf("0x" + "a".repeat(200)), "n0", Duration.ZERO))
                .hasToString("RpcResult[0x" + "a".repeat(98) + "…, node=n0, took=PT0S]");
        assertThat(RpcResult.of(StringNode.valueOf("see http://n0/K3Y"), "n0", Duration.ZERO))
                .hasToString("RpcResult[text of 17 characters, node=n0, took=PT0S]");
    }

    @Test
    void moreThanThereAreCannotAgree() throws InterruptedException {
        nodes.node("n1", SimulatedNodes.between(1, 2)).node("n2", SimulatedNodes.between(1, 2));
        try (RpcPool pool = nodes.open(settings().primary("http://n1", "http://n2"))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.agreeing(Agreement.of(5, 5)))
                    .withMessage("5 must agree, the pool has 3 nodes that can be asked");
            assertThat(pool.agreeing(Agreement.of(3, 5)).call("eth_x").asText()).isEqualTo("0x7");
        }
    }

    @Test
    void timesThatMakeNoSenseAreRefusedByName() throws InterruptedException {
        try (RpcPool pool = nodes.open(settings())) {
            for (Duration time : new Duration[] {Duration.ZERO, Duration.ofSeconds(-1), TOO_LONG}) {
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> pool.logs(Map.of(), logs -> {}, time))
                        .withMessage("timeout must be PT0.001S to PT8760H, was " + time);
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> pool.drain(time))
                        .withMessage("most must be PT0.001S to PT8760H, was " + time);
            }
            assertThat(pool.call("eth_x").asText()).isEqualTo("0x7"); // it was not drained
        }
    }
}
