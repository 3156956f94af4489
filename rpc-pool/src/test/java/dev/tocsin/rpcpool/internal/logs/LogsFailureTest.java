package dev.tocsin.rpcpool.internal.logs;

import static dev.tocsin.rpcpool.internal.logs.RandomLogs.address;
import static dev.tocsin.rpcpool.internal.logs.RandomLogs.all;
import static dev.tocsin.rpcpool.internal.logs.RandomLogs.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.CallOutcome.Answered;
import dev.tocsin.rpcpool.CallOutcome.Rejected;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcRejectedException;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.logs.LimitedNodes.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Nodes that fail, lack blocks, cool down or refuse, and the end of the time. */
class LogsFailureTest extends LogsOfRandomChain {

    LogsFailureTest() {
        super(20261124);
    }

    @Test
    void oneFailingChunkCostsOneRetry() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        LimitedNodes nodes = new LimitedNodes(chain, random, 0, open.blocks(250, "max is %d blocks")) {
            @Override
            void before(LogsFilter filter, CallContext context) {
                if (calls.incrementAndGet() == 10) {
                    throw new RpcException("no node served eth_getLogs", null);
                }
            }
        };
        LogsPlanner planner = planner(nodes);

        assertThat(logs(planner, all(0, 4999))).isEqualTo(truth(all(0, 4999)));
        assertThat(asked(nodes)).isEqualTo(1 + 20 + 1);
    }

    @Test
    void aChunkThatKeepsFailingEndsTheQueryWithWhatWasSaidBelow() {
        RpcException said = new RpcException("no node served eth_getLogs: a: reset", null);
        LimitedNodes nodes = new LimitedNodes(chain, random, 0, open.blocks(250, "max is %d blocks")) {
            @Override
            void before(LogsFilter filter, CallContext context) {
                if (filter.from() == 1000) {
                    throw said;
                }
            }
        };

        assertThatThrownBy(() -> logs(planner(nodes), all(0, 4999))).isSameAs(said);
        assertThat(nodes.asked.stream().filter(one -> one.from() == 1000)).hasSize(3);
        assertThat(nodes.underWay.get()).isZero();
    }

    @Test
    void noChunkIsAskedOfANodeThatHasNotSeenItsBlocks() throws InterruptedException {
        List<Long> tooLow = Collections.synchronizedList(new ArrayList<>());
        LimitedNodes nodes =
                new LimitedNodes(
                        chain,
                        random,
                        0,
                        open.blocks(100, "max %d"),
                        Node.open("behind", 10).blocks(100, "max %d")) {
                    @Override
                    void before(LogsFilter filter, CallContext with) {
                        if (with.minHead() != filter.to()) {
                            tooLow.add(filter.to());
                        }
                    }
                };

        assertThat(logs(planner(nodes), all(0, 4999))).isEqualTo(truth(all(0, 4999)));
        assertThat(tooLow).isEmpty();
    }

    @Test
    void anAnswerOfANodeThatLacksTheBlocksIsNotTaken() throws InterruptedException {
        LimitedNodes behind = nodes(Node.open("behind", 10));
        LimitedNodes ahead = nodes(open.blocks(1000, "max is %d blocks"));
        AtomicInteger calls = new AtomicInteger();
        LogsPlanner planner = new LogsPlanner(
                (call, with) -> calls.incrementAndGet() % 3 == 1 // asked for want of a better one
                        ? behind.call(call, new CallContext(with.deadline(), -1))
                        : ahead.call(call, with),
                ofTwo(),
                clock::get);

        assertThat(logs(planner, all(0, 999))).isEqualTo(truth(all(0, 999)));
        assertThat(logs(planner, all(0, 4999))).isEqualTo(truth(all(0, 4999)));
        assertThatThrownBy(() -> logs(
                        new LogsPlanner(
                                (call, with) -> behind.call(call, new CallContext(with.deadline(), -1)),
                                ofTwo(),
                                clock::get),
                        all(0, 999)))
                .isInstanceOf(RpcException.class)
                .hasMessage(
                        "behind answered eth_getLogs up to block 999, but has only 10; no node with the blocks served it");
    }

    private LogsPlanner.Heads ofTwo() {
        return new LogsPlanner.Heads(chain::head, node -> node.equals("behind") ? 10 : chain.head(), () -> -1);
    }

    @Test
    void whereNoHeadIsKnownAnyNodeIsAsked() throws InterruptedException {
        LogsPlanner planner = new LogsPlanner(
                (call, with) -> {
                    assertThat(with.minHead()).isEqualTo(-1);
                    return nodes(open).call(call, with);
                },
                LimitedNodes.heads(-1),
                clock::get);

        assertThat(logs(planner, all(0, 4999))).isEqualTo(truth(all(0, 4999)));
    }

    @Test
    void whatLiesBeyondTheHeadIsAskedInOnePieceOfANodeWithTheHead() throws InterruptedException {
        LimitedNodes nodes = nodes(open.blocks(1000, "max is %d blocks"), Node.open("behind", 10));
        LogsPlanner planner = planner(nodes);
        long far = 1L << 50;

        CallOutcome outcome = planner.call(all(3000, far), context);

        assertThat(outcome).isInstanceOfSatisfying(Rejected.class, no -> {
            assertThat(no.node()).isEqualTo("open");
            assertThat(no.errorClass()).isEqualTo(ErrorClass.RANGE_TOO_LARGE);
        });
        assertThat(nodes.asked).hasSizeLessThanOrEqualTo(4);
        assertThat(logs(planner(nodes(open)), all(3000, far))).isEqualTo(truth(all(3000, far)));
    }

    @Test
    void whatCannotBeCutFurtherIsReturnedAsTheNodeRefusedIt() throws InterruptedException {
        LimitedNodes nodes = nodes(open.results(0, "response too large"));

        CallOutcome outcome = planner(nodes)
                .call(
                        RpcCall.of(
                                "eth_getLogs", Map.of("fromBlock", "0x0", "toBlock", hex(4999), "address", address(1))),
                        context);

        assertThat(outcome).isInstanceOfSatisfying(Rejected.class, no -> {
            assertThat(no.node()).isEqualTo("open");
            assertThat(no.message()).isEqualTo("response too large");
        });
        assertThat(nodes.underWay.get()).isZero();
    }

    @Test
    void aTimeoutOfEveryNodeThatIsThrownBelowIsCutToo() throws InterruptedException {
        LimitedNodes nodes = nodes(open);
        LogsPlanner planner = new LogsPlanner(
                (call, with) -> {
                    if (LogsFilter.of(call).blocks() > 1500) {
                        Rejected slow = LimitedNodes.refusal(open, ErrorClass.EXEC_TIMEOUT, "execution timeout");
                        throw new RpcRejectedException(call.method(), slow, false);
                    }
                    return nodes.call(call, with);
                },
                nodes.heads(),
                clock::get);

        assertThat(logs(planner, all(0, 4999))).isEqualTo(truth(all(0, 4999)));
        assertThat(asked(nodes)).isEqualTo(4);
    }

    @Test
    void aRefusalOfAnotherKindIsReturnedAtOnce() throws InterruptedException {
        Rejected wrong = LimitedNodes.refusal(open, ErrorClass.CLIENT_ERROR, "invalid params");
        AtomicInteger calls = new AtomicInteger();
        LogsPlanner planner = new LogsPlanner(
                (call, with) -> calls.incrementAndGet() == 1
                        ? LimitedNodes.refusal(open, ErrorClass.RANGE_TOO_LARGE, "max is 1000 blocks")
                        : wrong,
                LimitedNodes.heads(chain.head()),
                clock::get);

        assertThat(planner.call(all(0, 4999), context)).isSameAs(wrong);
        assertThat(calls.get()).isLessThanOrEqualTo(1 + 4);
    }

    @Test
    void nodesThatCoolDownAreAskedAgainWithFewerRequestsAtATime() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        LimitedNodes nodes = nodes(open.blocks(500, "max is %d blocks"));
        LogsPlanner planner = new LogsPlanner(
                (call, with) -> calls.incrementAndGet() == 4
                        ? LimitedNodes.refusal(open, ErrorClass.RATE_LIMITED, "too many requests")
                        : nodes.call(call, with),
                LimitedNodes.heads(chain.head()),
                clock::get);

        assertThat(logs(planner, all(0, 4999))).isEqualTo(truth(all(0, 4999)));
        assertThat(calls.get()).isEqualTo(1 + 10 + 1);
        assertThat(asked(nodes)).isEqualTo(1 + 10);
    }

    @Test
    void anAnswerThatIsNoListIsAskedForAgain() throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        LimitedNodes nodes = nodes(open.blocks(1000, "max is %d blocks"));
        LogsPlanner planner = new LogsPlanner(
                (call, with) -> calls.incrementAndGet() == 3
                        ? new Answered(RpcResult.of(RandomLogs.MAPPER.nullNode(), "a", Duration.ZERO))
                        : nodes.call(call, with),
                LimitedNodes.heads(chain.head()),
                clock::get);

        assertThat(logs(planner, all(0, 4999))).isEqualTo(truth(all(0, 4999)));
        assertThat(calls.get()).isEqualTo(1 + 5 + 1);
    }

    @Test
    void theDeadlineIsSharedByAllChunks() {
        LimitedNodes nodes = new LimitedNodes(chain, random, 0, open.blocks(100, "max is %d blocks")) {
            @Override
            void before(LogsFilter filter, CallContext with) {
                assertThat(with.deadline()).isEqualTo(Duration.ofSeconds(10).toNanos());
                clock.addAndGet(Duration.ofSeconds(1).toNanos());
            }
        };
        CallContext tenSeconds = new CallContext(Duration.ofSeconds(10).toNanos(), -1);

        assertThatThrownBy(() -> planner(nodes).call(all(0, 4999), tenSeconds))
                .isInstanceOf(RpcException.class)
                .hasMessageContaining("was not done by the deadline, at block");
        assertThat(nodes.asked).hasSizeBetween(10, 10 + 3);
        assertThat(nodes.underWay.get()).isZero();
    }
}
