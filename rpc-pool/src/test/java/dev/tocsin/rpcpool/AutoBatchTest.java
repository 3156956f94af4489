package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.FakeNode.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Calls of many threads through a pool with {@code autoBatch}; a node's answer to a call is its parameter. */
class AutoBatchTest {

    private static final int CALLERS = 64;
    private static final int CALLS = 30;
    private static final int ANSWER_MILLIS = 8;

    private final FakeNode node = FakeNode.start();
    private final AtomicInteger largest = new AtomicInteger();

    @AfterEach
    void stop() {
        node.close();
    }

    private RpcPool open(String... more) throws InterruptedException {
        node.on("eth_call", request -> new Reply.Slow(ANSWER_MILLIS, new Reply.Result(wanted(request))));
        return RpcPool.builder()
                .chain(1)
                .primary(node.url())
                .fallback(more)
                .autoBatch(100)
                .maxConnections(1_000)
                .callTimeout(Duration.ofSeconds(30))
                .healthCheckEvery(Duration.ofHours(1))
                .open();
    }

    private static String wanted(JsonNode request) {
        return request.path("params").path(0).toString();
    }

    private static List<String> answers(JsonNode request) {
        List<String> answers = new ArrayList<>();
        request.forEach(item -> answers.add(FakeNode.text(new Reply.Result(wanted(item)), item)));
        return answers;
    }

    private Reply batch(JsonNode request, List<String> answers) {
        largest.accumulateAndGet(request.size(), Math::max);
        return new Reply.Slow(ANSWER_MILLIS, new Reply.Body(200, "[" + String.join(",", answers) + "]"));
    }

    /** Every caller gets what it asked for, call for call. */
    private static void runManyCallers(RpcPool pool) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Void>> callers = new ArrayList<>();
            for (int caller = 0; caller < CALLERS; caller++) {
                String name = "caller " + caller + " call ";
                callers.add(() -> {
                    for (int i = 0; i < CALLS; i++) {
                        assertThat(pool.call("eth_call", name + i).asText()).isEqualTo(name + i);
                    }
                    return null;
                });
            }
            for (Future<Void> done : threads.invokeAll(callers)) {
                done.get();
            }
        }
    }

    @Test
    void manyCallersNeedAFifthOfTheRequestsAtMostWhateverTheOrderOfTheAnswers() throws Exception {
        Random random = new Random(7);
        node.onBatch(request -> {
            List<String> answers = answers(request);
            Collections.shuffle(answers, random);
            return batch(request, answers);
        });
        try (RpcPool pool = open()) {
            runManyCallers(pool);

            assertThat(node.heads().size()).isLessThanOrEqualTo(CALLERS * CALLS / 5);
        }
    }

    @Test
    void whatABatchDoesNotAnswerOnceIsAskedAloneAndNothingIsMixedUp() throws Exception {
        Random random = new Random(11);
        AtomicInteger holes = new AtomicInteger();
        node.onBatch(request -> {
            List<String> answers = answers(request);
            if (random.nextInt(3) == 0) {
                answers.removeFirst();
                holes.incrementAndGet();
            }
            if (random.nextInt(3) == 0) {
                answers.add(answers.getLast().replaceFirst("\"result\":\"[^\"]*\"", "\"result\":\"another\""));
                holes.incrementAndGet();
            }
            Collections.shuffle(answers, random);
            return batch(request, answers);
        });
        try (RpcPool pool = open()) {
            runManyCallers(pool);

            assertThat(holes).hasPositiveValue();
        }
    }

    @Test
    void howManyCallsANodeTakesAtOnceIsLearned() throws Exception {
        AtomicInteger refusals = new AtomicInteger();
        node.onBatch(request -> {
            if (request.size() > 3) {
                refusals.incrementAndGet();
                return new Reply.Body(
                        400,
                        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":31,\"message\":"
                                + "\"Batch of more than 3 requests are not allowed on free tier\"}}");
            }
            return batch(request, answers(request));
        });
        try (RpcPool pool = open()) {
            runManyCallers(pool);
            int atFirst = refusals.get();
            runManyCallers(pool);

            assertThat(largest).hasValue(3);
            assertThat(refusals).hasValue(atFirst);
        }
    }

    @Test
    void aNodeThatKnowsNoBatchesIsAskedCallByCall() throws Exception {
        AtomicInteger batches = new AtomicInteger();
        node.onBatch(request -> {
            batches.incrementAndGet();
            return new Reply.Body(200, "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":null}");
        });
        try (RpcPool pool = open()) {
            runManyCallers(pool);
            int atFirst = batches.get();
            runManyCallers(pool);

            assertThat(atFirst).isPositive();
            assertThat(batches).hasValue(atFirst);
        }
    }

    @Test
    void aCallThatTheNodeCannotServeInABatchGoesToAnotherNode() throws Exception {
        node.onBatch(request -> {
            List<String> answers = answers(request);
            answers.set(0, FakeNode.text(new Reply.Error(-32000, "missing trie node 0xabc (path )"), request.path(0)));
            return batch(request, answers);
        });
        try (FakeNode other = FakeNode.start()) {
            other.on("eth_call", request -> new Reply.Result(wanted(request)));
            other.onBatch(request -> batch(request, answers(request)));
            try (RpcPool pool = open(other.url())) {
                runManyCallers(pool);

                assertThat(largest.get()).isGreaterThan(1);
                assertThat(other.asked("eth_call")).isPositive();
            }
        }
    }

    @Test
    void aBatchThatIsLostIsOneFailureOfTheNodeHoweverManyCallsItHas() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        node.onBatch(request -> {
            if (request.size() > 10 && lost.compareAndSet(0, request.size())) {
                return new Reply.Reset();
            }
            return batch(request, answers(request));
        });
        try (RpcPool pool = open()) {
            runManyCallers(pool);

            assertThat(lost.get()).isGreaterThan(10);
            NodeStatus status = pool.status().nodes().getFirst();
            assertThat(status.state()).isEqualTo(NodeState.HEALTHY);
            assertThat(status.isBroken()).isFalse();
        }
    }

    @Test
    void aCallWithoutCompanyGoesAtOnceAndAlone() throws Exception {
        node.onBatch(request -> {
            throw new AssertionError("a batch");
        });
        try (RpcPool pool = open()) {
            for (int i = 0; i < 5; i++) {
                assertThat(pool.call("eth_call", "only " + i).asText()).isEqualTo("only " + i);
            }
        }
    }
}
