package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.StringNode;

class RpcPoolBuilderTest {

    private static final Duration TOO_LONG = Duration.ofSeconds(Long.MAX_VALUE); // its nanoseconds overflow

    private final SimulatedNodes nodes = new SimulatedNodes(1).node("n0", SimulatedNodes.between(1, 2));

    private RpcPoolBuilder settings() {
        return RpcPool.builder().chain(1).primary("http://n0");
    }

    @Test
    void settingsThatMakeNoSenseForANodeAreRefused() throws InterruptedException {
        NodeSettings archive = NodeSettings.of("http://builder/K3Y").withArchive();
        String word = "archive is for nodes that are asked, was for a send-only one at builder";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings().sendOnly(archive))
                .withMessage(word);
        try (RpcPool pool = nodes.open(settings())) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.addNode(Tier.SEND_ONLY, archive))
                    .withMessage(word);
        }
        NodeSettings heads = NodeSettings.of("wss://heads:444/K3Y");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings().webSocket(heads.withRateLimit(RateLimit.requests(5))))
                .withMessage("a webSocket may have headers alone, had an archive or a rate limit at heads:444");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> settings().fallback(heads))
                .withMessage("fallback must be a URL that begins with http:// or https://, was wss://;"
                        + " give WebSocket URLs to webSocket(...)");
        assertThat(heads).hasToString("NodeSettings[heads:444]");
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
    @SuppressWarnings("DataFlowIssue") // what a caller without null checks may do
    void whatIsMissingIsCalledByItsName() {
        String none = null;
        Map<String, Consumer<RpcPoolBuilder>> settings = Map.ofEntries(
                Map.entry("primary", builder -> builder.primary(none)),
                Map.entry("fallback", builder -> builder.fallback(none)),
                Map.entry("sendOnly", builder -> builder.sendOnly(none)),
                Map.entry("webSocket", builder -> builder.webSocket(none)),
                Map.entry("urls", builder -> builder.primary((String[]) null)),
                Map.entry("hash", builder -> builder.genesis(null)),
                Map.entry("node", builder -> builder.primary((NodeSettings) null)),
                Map.entry("source", builder -> builder.webSocket((NodeSettings) null)),
                Map.entry("url", builder -> NodeSettings.of((String) null)),
                Map.entry("name", builder -> NodeSettings.of("http://n0").withHeader(null, "y")),
                Map.entry("value", builder -> NodeSettings.of("http://n0").withHeader("x", null)),
                Map.entry("limit", builder -> NodeSettings.of("http://n0").withRateLimit(null)),
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
            pool.removeNode("n1");
            pool.removeNode("n2");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.agreeing(Agreement.of(2, 3)))
                    .withMessage("2 must agree, the pool has 1 node that can be asked");
        }
        try (RpcPool pool = nodes.open(settings().primary("http://n1", "http://n2"))) {
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

    @Test
    void ofSeveralUrlsTheOneThatIsWrongIsToldByItsPosition() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RpcPool.builder().primary("http://n0/K3Y", "n1/K3Y"))
                .withMessage(
                        "primary[1] must be a URL that begins with http:// or https://; what was given has no scheme");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RpcPool.builder().webSocket("http://n0/K3Y", "ws://n1/K3Y"))
                .withMessageStartingWith("webSocket[0] must be a URL that begins with ws:// or wss://, was http://");
    }

    @Test
    void logsOfBlocksInTheWrongOrderAreRefusedBeforeAnyNodeIsAsked() throws InterruptedException {
        try (RpcPool pool = nodes.open(settings())) {
            Map<String, String> reversed = Map.of("fromBlock", RpcCall.quantity(9), "toBlock", RpcCall.quantity(5));
            long before = pool.status().node("n0").orElseThrow().requests();

            assertThatIllegalArgumentException()
                    .isThrownBy(() -> pool.logs(reversed, logs -> {}, Duration.ofSeconds(5)))
                    .withMessage("fromBlock must be at most toBlock, which is 0x5, was 0x9");

            assertThat(pool.status().node("n0").orElseThrow().requests()).isEqualTo(before);
        }
    }

    @Test
    void quantitiesAreHexadecimalWithoutZerosBeforeThem() {
        assertThat(RpcCall.quantity(0)).isEqualTo("0x0");
        assertThat(RpcCall.quantity(436)).isEqualTo("0x1b4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RpcCall.quantity(-1))
                .withMessage("number must be at least 0, was -1");
    }
}
