package dev.tocsin.rpcpool.internal.logs;

import static dev.tocsin.rpcpool.internal.logs.RandomLogs.address;
import static dev.tocsin.rpcpool.internal.logs.RandomLogs.all;
import static dev.tocsin.rpcpool.internal.logs.RandomLogs.hex;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.CallOutcome.Answered;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.logs.LimitedNodes.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class LogsPlannerTest extends LogsOfRandomChain {

    LogsPlannerTest() {
        super(20261122);
    }

    @Test
    void equalsTheUnsplitTruthOnTwoHundredRandomFiltersWhateverTheNodesDo() throws InterruptedException {
        LimitedNodes nodes = new LimitedNodes(
                chain,
                random,
                0.02,
                open.blocks(700, "exceed maximum block range: %d").alternatives(3),
                open.blocks(300, "block range too large")
                        .results(90, "query returned more than %d results. Try with this block range [%x, %x]."),
                open.results(60, "Log response size exceeded, this block range should work: [%x, %x]"),
                open.results(50, "response too large").alternatives(2),
                Node.open("behind", 2000).blocks(1000, "limited to %d blocks"));
        LogsPlanner planner = planner(nodes);
        for (int i = 0; i < 200; i++) {
            RpcCall call = chain.randomFilter(random);
            clock.addAndGet(Duration.ofSeconds(random.nextInt(300)).toNanos());

            assertThat(logsTryingAgain(planner, call))
                    .as("filter %d: %s", i, call)
                    .isEqualTo(truth(call));
        }
        assertThat(nodes.mostUnderWay.get()).isLessThanOrEqualTo(4);
        assertThat(nodes.underWay.get()).isZero();
    }

    /** A query that fails, since nodes fail by chance, is the caller's to repeat. */
    private JsonNode logsTryingAgain(LogsPlanner planner, RpcCall call) throws InterruptedException {
        try {
            return logs(planner, call);
        } catch (RpcException e) {
            return logsTryingAgain(planner, call);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "block range too large",
                "eth_getLogs range is too large, max is %d blocks",
                "this block range should work: [%x, %x]",
                "query exceeds the range allowed for your plan (4990 > %d)"
            })
    void theSecondQueryTakesNoMoreRequestsThanTheLimitDemands(String words) throws InterruptedException {
        LimitedNodes nodes = nodes(open.blocks(200, words));
        LogsPlanner planner = planner(nodes);

        assertThat(logs(planner, all(5, 4994))).isEqualTo(truth(all(5, 4994)));
        assertThat(asked(nodes)).isLessThanOrEqualTo(25 + (words.contains("%") ? 1 : 6));
        assertThat(logs(planner, all(5, 4994))).isEqualTo(truth(all(5, 4994)));
        assertThat(asked(nodes)).isEqualTo(25);
        assertThat(logs(planner, all(7, 106))).isEqualTo(truth(all(7, 106)));
        assertThat(asked(nodes)).isEqualTo(1);
    }

    @Test
    void aKnownLimitOnResultsLetsTheNextQueryBeCutBeforeItIsRefused() throws InterruptedException {
        LimitedNodes nodes = nodes(open.results(500, "query returned more than %d results"));
        LogsPlanner planner = planner(nodes);

        assertThat(logs(planner, all(0, 4999))).isEqualTo(truth(all(0, 4999)));
        int demanded = truth(all(0, 4999)).size() / 500 + 1;
        asked(nodes);

        assertThat(logs(planner, all(0, 4999))).isEqualTo(truth(all(0, 4999)));
        assertThat(asked(nodes)).isLessThanOrEqualTo(demanded * 2);
    }

    @Test
    void whatIsNoFilterOfLogsPassesUntouched() throws InterruptedException {
        List<RpcCall> seen = new ArrayList<>();
        List<CallContext> contexts = new ArrayList<>();
        Answered answer = new Answered(RpcResult.of(RandomLogs.MAPPER.createArrayNode(), "a", Duration.ZERO));
        LogsPlanner planner = new LogsPlanner(
                (call, with) -> {
                    seen.add(call);
                    contexts.add(with);
                    return answer;
                },
                LimitedNodes.heads(chain.head()),
                clock::get);
        List<RpcCall> calls = List.of(
                RpcCall.of("eth_blockNumber"),
                RpcCall.of("eth_getLogs"),
                RpcCall.of("eth_getLogs", "nonsense"),
                RpcCall.of("eth_getLogs", Map.of("fromBlock", "0x1", "toBlock", "latest")),
                RpcCall.of("eth_getLogs", Map.of("fromBlock", "0x5", "toBlock", "0x1")),
                RpcCall.of("eth_getLogs", Map.of("fromBlock", "0x1", "toBlock", "0x7fffffffffffffffff")),
                RpcCall.of("eth_getLogs", Map.of("blockHash", "0x" + "ab".repeat(32))));

        for (int i = 0; i < calls.size(); i++) {
            assertThat(planner.call(calls.get(i), context)).isSameAs(answer);
            assertThat(seen.get(i)).isSameAs(calls.get(i));
            assertThat(contexts.get(i)).isSameAs(context);
        }
    }

    @Test
    void aQueryWithinTheLimitsIsOneCallWhoseAnswerIsHandedOn() throws InterruptedException {
        Answered answer = new Answered(RpcResult.of(RandomLogs.MAPPER.createArrayNode(), "a", Duration.ZERO));
        RpcCall asked = all(10, 20);
        LogsPlanner planner = new LogsPlanner(
                (call, with) -> {
                    assertThat(call).isSameAs(asked);
                    assertThat(with).isEqualTo(context.withMinHead(20));
                    return answer;
                },
                LimitedNodes.heads(chain.head()),
                clock::get);

        assertThat(planner.call(asked, context)).isSameAs(answer);
    }

    @Test
    void aNarrowNodeThatIsNotAskedAnyMoreDoesNotMakeTheOthersSlow() throws InterruptedException {
        List<Node> serving = new ArrayList<>(List.of(open.blocks(10, "max is %d blocks")));
        LimitedNodes narrow = nodes(serving.getFirst());
        LimitedNodes wide = nodes(Node.open("wide", chain.head()));
        LogsPlanner planner = new LogsPlanner(
                (call, with) -> (serving.isEmpty() ? wide : narrow).call(call, with),
                LimitedNodes.heads(chain.head()),
                clock::get);
        logs(planner, all(0, 99));

        serving.clear();
        clock.addAndGet(Duration.ofSeconds(61).toNanos());
        logs(planner, all(0, 99));
        assertThat(asked(wide)).isEqualTo(1);

        serving.add(open);
        asked(narrow);
        logs(planner, all(0, 99));
        assertThat(asked(narrow)).isEqualTo(1 + 10);
    }

    @Test
    void aLimitIsForgottenByAndBy() throws InterruptedException {
        LimitedNodes nodes = nodes(open.blocks(100, "max is %d blocks"));
        LogsPlanner planner = planner(nodes);
        logs(planner, all(0, 999));
        asked(nodes);

        clock.addAndGet(Duration.ofMinutes(9).toNanos());
        logs(planner, all(0, 50)); // the node is seen again
        logs(planner, all(0, 999));
        assertThat(asked(nodes)).isEqualTo(1 + 10);

        clock.addAndGet(Duration.ofMinutes(1).toNanos());
        logs(planner, all(0, 999));
        assertThat(nodes.asked.getFirst().blocks()).isEqualTo(200);
    }

    @Test
    void addressesAreCutAndTheLogsAreInTheOrderOfTheChain() throws InterruptedException {
        LimitedNodes nodes = nodes(open.alternatives(3));
        LogsPlanner planner = planner(nodes);
        List<String> addresses =
                IntStream.range(0, 12).mapToObj(RandomLogs::address).toList();
        RpcCall call =
                RpcCall.of("eth_getLogs", Map.of("fromBlock", "0x0", "toBlock", hex(4999), "address", addresses));

        assertThat(logs(planner, call)).isEqualTo(truth(call));
        asked(nodes);
        assertThat(logs(planner, call)).isEqualTo(truth(call));
        assertThat(asked(nodes)).isEqualTo(4);
    }

    @Test
    void filtersByHashAreCutByAddressesToo() throws InterruptedException {
        List<String> addresses = List.of(address(1), address(2), address(3));
        RpcCall call = RpcCall.of("eth_getLogs", Map.of("blockHash", "0x" + "ab".repeat(32), "address", addresses));
        LogsPlanner planner = new LogsPlanner(
                (asked, with) -> {
                    LogsFilter filter = LogsFilter.of(asked);
                    Object address = filter.request().get("address");
                    if (address instanceof List<?> list && list.size() > 1) {
                        return LimitedNodes.refusal(
                                open, ErrorClass.ADDRESSES_TOO_LARGE, "specify less number of address");
                    }
                    int index = addresses.indexOf(((List<?>) address).getFirst());
                    JsonNode log = RandomLogs.log(7, 9 - index, addresses.get(index), List.of());
                    return new Answered(
                            RpcResult.of(RandomLogs.MAPPER.createArrayNode().add(log), "n" + index, Duration.ZERO));
                },
                LimitedNodes.heads(-1),
                clock::get);

        RpcResult result = ((Answered) planner.call(call, context)).result();

        assertThat(result.tree().findValuesAsString("logIndex")).containsExactly("0x7", "0x8", "0x9");
        assertThat(result.node().split(",")).containsExactlyInAnyOrder("n0", "n1", "n2");
    }

    @Test
    void anAlternativeOfNullIsAnythingAndIsNotCut() throws InterruptedException {
        LimitedNodes nodes = nodes(open.results(40, "response too large"));
        Map<String, Object> filter = Map.of(
                "fromBlock",
                "0x0",
                "toBlock",
                hex(999),
                "topics",
                List.of(Arrays.asList(null, RandomLogs.topic(1)), List.of(RandomLogs.topic(2), RandomLogs.topic(3))));
        RpcCall call = RpcCall.of("eth_getLogs", filter);

        assertThat(logs(planner(nodes), call)).isEqualTo(truth(call));
    }
}
