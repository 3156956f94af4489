package dev.tocsin.rpcpool.internal.logs;

import static dev.tocsin.rpcpool.internal.logs.RandomLogs.all;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.CallOutcome.Rejected;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.logs.LimitedNodes.Node;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

@Timeout(30)
class LogsStreamTest extends LogsOfRandomChain {

    private final ArrayNode got = RandomLogs.MAPPER.createArrayNode();

    LogsStreamTest() {
        super(20261123);
    }

    private void take(JsonNode chunk) {
        assertThat(chunk.isEmpty()).isFalse();
        chunk.forEach(got::add);
    }

    @Test
    void chunksComeInOrderThoughTheFirstAnswersLast() throws InterruptedException {
        CountDownLatch others = new CountDownLatch(3);
        LimitedNodes nodes = new LimitedNodes(chain, random, 0, open.blocks(100, "max is %d blocks")) {
            @Override
            void before(LogsFilter filter, CallContext with) throws InterruptedException {
                if (filter.blocks() == 100 && filter.from() == 0) {
                    others.await();
                } else if (filter.blocks() == 100) {
                    others.countDown();
                }
            }
        };

        assertThat(planner(nodes).stream(all(0, 4999), context, this::take)).isEmpty();
        assertThat(got).isEqualTo(truth(all(0, 4999)));
    }

    @Test
    void twoHundredRandomFiltersStreamTheTruth() throws InterruptedException {
        LimitedNodes nodes = new LimitedNodes(
                chain,
                random,
                0,
                open.blocks(400, "block range too large").alternatives(2),
                open.results(70, "query exceeds max results %d, retry with the range %x-%x"),
                Node.open("behind", 3000).blocks(900, "limited to %d blocks"));
        LogsPlanner planner = planner(nodes);
        for (int i = 0; i < 200; i++) {
            RpcCall call = chain.randomFilter(random);
            got.removeAll();

            assertThat(planner.stream(call, context, this::take)).isEmpty();

            assertThat(got).as("filter %d: %s", i, call).isEqualTo(truth(call));
        }
    }

    @Test
    void itDoesNotRunFarAheadOfItsReader() throws InterruptedException {
        LimitedNodes nodes = new LimitedNodes(chain, random, 0, open.blocks(10, "max is %d blocks"));
        AtomicInteger read = new AtomicInteger();
        AtomicInteger furthest = new AtomicInteger();

        planner(nodes).stream(all(0, 4999), context, chunk -> {
            take(chunk);
            long last =
                    Long.decode(chunk.get(chunk.size() - 1).get("blockNumber").stringValue());
            read.set((int) last / 10);
            furthest.accumulateAndGet(nodes.asked.size() - read.get(), Math::max);
        });

        assertThat(got).isEqualTo(truth(all(0, 4999)));
        assertThat(furthest.get()).isLessThanOrEqualTo(8 + 4);
    }

    @Test
    void whatWasHandedOverIsRightThoughTheRestIsRefused() throws InterruptedException {
        RpcCall query = all(0, 4999);
        LimitedNodes nodes = new LimitedNodes(chain, random, 0, open.blocks(100, "max is %d blocks"));
        LogsPlanner planner = new LogsPlanner(
                (call, with) -> {
                    if (LogsFilter.of(call).from() == 2000) {
                        return LimitedNodes.refusal(open, ErrorClass.CLIENT_ERROR, "invalid params");
                    }
                    return nodes.call(call, with);
                },
                LimitedNodes.heads(chain.head()),
                clock::get);

        Optional<Rejected> refusal = planner.stream(query, context, this::take);

        assertThat(refusal).map(Rejected::message).contains("invalid params");
        JsonNode whole = truth(query);
        assertThat(got.size()).isPositive();
        for (int i = 0; i < got.size(); i++) {
            assertThat(got.get(i)).isEqualTo(whole.get(i));
        }
        assertThat(nodes.underWay.get()).isZero();
    }

    @Test
    void whatTheReaderThrowsEndsItAndReachesTheCaller() {
        LimitedNodes nodes = new LimitedNodes(chain, random, 0, open.blocks(100, "max is %d blocks"));
        IllegalStateException full = new IllegalStateException("full");

        assertThatThrownBy(() -> planner(nodes).stream(all(0, 4999), context, chunk -> {
                    throw full;
                }))
                .isSameAs(full);
        assertThat(nodes.underWay.get()).isZero();
    }

    @Test
    void anInterruptEndsItAndWhatIsUnderWay() throws InterruptedException {
        CountDownLatch allWait = new CountDownLatch(4);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger interrupted = new AtomicInteger();
        LimitedNodes nodes = new LimitedNodes(chain, random, 0, open.blocks(100, "max is %d blocks")) {
            @Override
            void before(LogsFilter filter, CallContext with) throws InterruptedException {
                if (filter.blocks() == 100) {
                    allWait.countDown();
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        interrupted.incrementAndGet();
                        throw e;
                    }
                }
            }
        };
        AtomicBoolean wasInterrupted = new AtomicBoolean();
        Thread caller = Thread.ofVirtual().start(() -> {
            try {
                planner(nodes).call(all(0, 4999), context);
            } catch (InterruptedException e) {
                wasInterrupted.set(true);
            }
        });
        allWait.await();

        caller.interrupt();
        caller.join();

        assertThat(wasInterrupted).isTrue();
        assertThat(interrupted.get()).isEqualTo(4);
        assertThat(nodes.underWay.get()).isZero();
    }

    @Test
    void ourOwnMistakeBelowReachesTheCaller() {
        LimitedNodes nodes = new LimitedNodes(chain, random, 0, open.blocks(100, "max is %d blocks")) {
            @Override
            void before(LogsFilter filter, CallContext with) {
                if (filter.from() == 300) {
                    throw new ArithmeticException("a mistake");
                }
            }
        };

        assertThatThrownBy(() -> planner(nodes).call(all(0, 4999), context))
                .isInstanceOf(ArithmeticException.class)
                .isNotInstanceOf(RpcException.class);
    }

    @Test
    void onlyFiltersOfLogsCanBeStreamed() {
        LogsPlanner planner = planner(new LimitedNodes(chain, random, 0, open));

        assertThatThrownBy(() -> planner.stream(RpcCall.of("eth_call", "0x"), context, this::take))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("eth_getLogs");
    }
}
