package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.FakeNode.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Two thousand calls, one by one and in batches, over three nodes of which two fail at random in every way; the third fails only by
 * what costs no time. Each answer depends on its call, so that an answer to another call would be seen.
 */
class FaultRunTest {

    private static final String METHOD = "eth_echo";

    private final List<FakeNode> nodes = List.of(FakeNode.start(), FakeNode.start(), FakeNode.start());
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        threads.shutdownNow();
        nodes.forEach(FakeNode::close);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 20_261_121})
    void noAnswerIsWrongAndNoCallFails(long seed) throws Exception {
        for (int i = 0; i < 2; i++) {
            AtomicLong seeds = new AtomicLong(seed * (i + 1));
            nodes.get(i).on(METHOD, request -> flaky(seeds, request));
        }
        nodes.get(2).on(METHOD, FaultRunTest::echo);
        try (RpcPool pool = RpcPool.builder()
                .primary(nodes.stream().map(FakeNode::url).toArray(String[]::new))
                .callTimeout(Duration.ofSeconds(20))
                .attempts(8)
                .retryDelay(Duration.ofMillis(1))
                .healthCheckEvery(Duration.ofMillis(20))
                .maxConnections(16)
                .open()) {
            List<Future<Integer>> runs = new ArrayList<>();
            for (int worker = 0; worker < 8; worker++) {
                int first = worker * 1_000;
                runs.add(threads.submit(() -> run(pool, first)));
            }
            int answers = 0;
            for (Future<Integer> run : runs) {
                answers += run.get(100, TimeUnit.SECONDS);
            }
            assertThat(answers).isEqualTo(2_000);
        }
    }

    /** 250 calls: 50 alone, and 50 batches of four. */
    private static int run(RpcPool pool, int first) throws InterruptedException {
        int answers = 0;
        for (int i = 0; i < 50; i++) {
            int number = first + i * 5;
            assertThat(pool.call(METHOD, number).asLong()).isEqualTo(number);
            answers++;
            List<RpcCall> calls = new ArrayList<>();
            for (int k = 1; k <= 4; k++) {
                calls.add(RpcCall.of(METHOD, number + k));
            }
            List<CallOutcome> outcomes = pool.batch(calls);
            for (int k = 1; k <= 4; k++) {
                CallOutcome.Answered answer = (CallOutcome.Answered) outcomes.get(k - 1);
                assertThat(answer.result().asLong()).isEqualTo(number + k);
                answers++;
            }
        }
        return answers;
    }

    private static Reply flaky(AtomicLong seeds, JsonNode request) {
        return switch (new SplittableRandom(seeds.incrementAndGet()).nextInt(40)) {
            case 0, 1 -> new Reply.Reset();
            case 2, 3 -> new Reply.Body(429, "");
            case 4, 5 -> new Reply.Body(502, "<html>");
            case 6, 7 -> new Reply.Error(-32603, "internal error");
            case 8, 9 -> new Reply.Body(200, "{\"jsonrpc\":\"2.0\",\"id\":0,\"result\":\"0x0\"}");
            case 10, 11 -> new Reply.Body(200, "");
            case 12 -> new Reply.Slow(20, echo(request));
            default -> echo(request);
        };
    }

    private static Reply echo(JsonNode request) {
        return new Reply.Result(
                "\"0x" + Long.toHexString(request.path("params").path(0).asLong()) + "\"");
    }
}
