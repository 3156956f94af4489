package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.FakeNode.Reply;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.transport.CoolDown;
import java.net.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoolDownTest {

    private static final Instant NOW = Instant.parse("2015-10-21T07:28:10Z");

    private static HttpHeaders headers(Map<String, List<String>> headers) {
        return HttpHeaders.of(headers, (name, value) -> true);
    }

    private static Duration after(String retryAfter, String body) {
        return CoolDown.ofTooManyRequests(
                        headers(retryAfter.isEmpty() ? Map.of() : Map.of("retry-after", List.of(retryAfter))),
                        body,
                        NOW)
                .time();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "5        | -                                             | PT5S",
                "0        | -                                             | PT0S",
                "86400    | -                                             | PT5M",
                "3.5      | -                                             | PT3.5S",
                "86400000000 | -                                          | PT5M",
                "Wed, 21 Oct 2015 07:28:30 GMT | -                        | PT20S",
                "-        | try again in 99999999999 seconds              | PT5M",
                "-        | {\"backoff_seconds\": 2.5}                    | PT2.5S",
                "soon     | -                                             | PT1S",
                "-        | rate limited, try again in 4ms                | PT0.004S",
                "-        | Please retry after 7 seconds                  | PT7S",
                "-        | limit will reset in 60 seconds                | PT1M",
                "-        | wait 2 minutes before you retry               | PT2M",
                "-        | {\"data\":{\"rate\":{\"backoff_seconds\":30}}} | PT30S",
                "5        | try again in 9s                               | PT5S",
                "-        | 429 Too Many Requests                         | PT1S",
                "-        | 99999999999999999999 try again                | PT1S"
            })
    void aHintIsReadWhereverItStands(String header, String body, Duration expected) {
        assertThat(after(header == null ? "" : header, body == null ? "" : body))
                .isEqualTo(expected);
    }

    @Test
    void aDateIsComparedWithTheServersOwnClock() {
        HttpHeaders dates = headers(Map.of(
                "Retry-After",
                List.of("Wed, 21 Oct 2015 07:28:30 GMT"),
                "Date",
                List.of("Wed, 21 Oct 2015 07:28:00 GMT")));

        assertThat(CoolDown.ofTooManyRequests(dates, "", NOW).told()).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void aQuotaThatIsUsedUpTakesFiveMinutesAndWhatIsNoLimitNone() {
        HttpHeaders none = headers(Map.of());

        assertThat(CoolDown.of(ErrorClass.QUOTA_EXHAUSTED, none, "try again in 1s", null, NOW))
                .hasValue(new CoolDown(Duration.ofMinutes(5), Duration.ofSeconds(1)));
        assertThat(CoolDown.of(ErrorClass.RATE_LIMITED, none, "slow down", "{\"backoff_seconds\": 3}", NOW))
                .hasValue(new CoolDown(Duration.ofSeconds(3), Duration.ofSeconds(3)));
        assertThat(CoolDown.of(ErrorClass.EXECUTION_REVERTED, none, "try again in 1s", null, NOW))
                .isEmpty();
    }

    @Test
    void aNodeThatAsksForTwoSecondsGetsNoRequestForTwoSecondsAndNobodySeesAnError() throws InterruptedException {
        try (TwoNodes nodes = new TwoNodes(settings -> settings.healthCheckEvery(Duration.ofMillis(50)))) {
            FakeNode limited = nodes.first.on("eth_x", new Reply.Body(429, "slow down, try again in 2 seconds"));
            RpcPool pool = nodes.pool;
            pool.call("eth_x");
            long asked = System.nanoTime();
            long checks = limited.asked("eth_chainId");

            while (System.nanoTime() - asked < Duration.ofMillis(1_800).toNanos()) {
                assertThat(pool.call("eth_x").asLong()).isEqualTo(7);
            }

            assertThat(limited.asked("eth_x")).isEqualTo(1);
            assertThat(limited.asked("eth_chainId")).isLessThanOrEqualTo(checks + 1); // one may have been on its way
            await().until(() -> {
                pool.call("eth_x");
                return limited.asked("eth_x") == 2;
            });
        }
    }

    @Test
    void aNodeThatIsUnavailableIsLeftAloneForAsLongAsItSays() throws InterruptedException {
        try (FakeNode node = FakeNode.start();
                RpcPool pool = RpcPool.builder()
                        .chain(1)
                        .primary(node.url())
                        .callTimeout(Duration.ofSeconds(1))
                        .open()) {
            node.on(
                    "eth_x",
                    new Reply.Raw(
                            "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 60\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            assertThat(catchThrowable(() -> pool.call("eth_x")))
                    .hasMessageContaining("HTTP 503, not to be asked before ");
            assertThat(catchThrowable(() -> pool.call("eth_x"))).isInstanceOf(NoNodeException.class);

            assertThat(node.asked("eth_x")).isEqualTo(1);
        }
    }

    @Test
    void theCallThatMeetsALimitSaysWhatItIsAndWhenItEnds() throws InterruptedException {
        try (FakeNode limited = FakeNode.start();
                RpcPool pool = RpcPool.builder()
                        .chain(1)
                        .primary(limited.url())
                        .callTimeout(Duration.ofSeconds(1))
                        .open()) {
            limited.on("eth_x", new Reply.Error(-32005, "rate limited, try again in 60 seconds"));

            assertThat(catchThrowable(() -> pool.call("eth_x")))
                    .isInstanceOfSatisfying(RpcRejectedException.class, e -> {
                        assertThat(e.errorClass()).isEqualTo(ErrorClass.RATE_LIMITED);
                        assertThat(e.reason()).isEqualTo("rate limited, try again in 60 seconds");
                    })
                    .hasMessageContaining("60 seconds (code -32005), not to be asked before ");
        }
    }

    @Test
    void theLastNodeIsAskedAllTheSameIfItHasNotToldForHowLongItLimitsUs() throws InterruptedException {
        try (FakeNode limited = FakeNode.start();
                RpcPool pool = RpcPool.builder().chain(1).primary(limited.url()).open()) {
            limited.on("eth_x", new Reply.Error(-32005, "rate limited"));
            assertThat(catchThrowable(() -> pool.call("eth_x"))).isInstanceOf(RpcRejectedException.class);
            limited.on("eth_x", new Reply.Result("\"0x7\""));

            assertThat(pool.call("eth_x").asLong()).isEqualTo(7);
        }
    }
}
