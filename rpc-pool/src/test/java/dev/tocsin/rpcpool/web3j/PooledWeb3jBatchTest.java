package dev.tocsin.rpcpool.web3j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Named.named;

import dev.tocsin.rpcpool.NoNodeException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.web3j.protocol.core.DefaultBlockParameterName;
import org.web3j.protocol.core.Response;
import org.web3j.protocol.core.methods.request.EthFilter;
import org.web3j.protocol.core.methods.response.EthBlockNumber;
import org.web3j.protocol.core.methods.response.EthGetBalance;
import org.web3j.protocol.core.methods.response.EthLog;
import org.web3j.protocol.core.methods.response.NetVersion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Batches of web3j over nodes whose answers to them are out of order, short, or one error. */
class PooledWeb3jBatchTest extends Web3jOfTwoNodes {

    private static final String NO_BATCHES = "batch requests are not served";

    /** Batches alone are answered so; with what would have been the whole answer. */
    private static void answerBatches(ScriptedNode node, UnaryOperator<JsonNode> change) {
        node.behavingAlways((self, request) -> {
            ScriptedNode.Reply reply = ScriptedNode.reply(self, request);
            return request.isArray()
                    ? ScriptedNode.Reply.ok(change.apply(JsonMapper.shared().readTree(reply.body()))
                            .toString())
                    : reply;
        });
    }

    private static JsonNode reversed(JsonNode answers) {
        List<JsonNode> items = new ArrayList<>(answers.values());
        Collections.reverse(items);
        return JsonMapper.shared().createArrayNode().addAll(items);
    }

    private static JsonNode withoutTheLast(JsonNode answers) {
        ((ArrayNode) answers).remove(answers.size() - 1);
        return answers;
    }

    private static JsonNode oneError(JsonNode answers) {
        return oneError(ScriptedNode.error(-32600, NO_BATCHES));
    }

    private static JsonNode oneError(String error) {
        return JsonMapper.shared().readTree("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":" + error + "}");
    }

    private List<? extends Response<?>> headAndBalance() throws IOException {
        return web3j.newBatch()
                .add(web3j.ethBlockNumber())
                .add(web3j.ethGetBalance("0x01", DefaultBlockParameterName.LATEST))
                .send()
                .getResponses();
    }

    static Stream<Named<UnaryOperator<JsonNode>>> wholeAnswersSpoilt() {
        return Stream.of(
                named("one answer is missing", PooledWeb3jBatchTest::withoutTheLast),
                named("one error for all", PooledWeb3jBatchTest::oneError));
    }

    @Test
    void aBatchInReverseOrderIsReadById() throws Exception {
        List.of(a, b).forEach(node -> answerBatches(node, PooledWeb3jBatchTest::reversed));

        List<?> responses = web3j.newBatch()
                .add(web3j.ethBlockNumber())
                .add(web3j.ethGetBalance("0x01", DefaultBlockParameterName.LATEST))
                .add(web3j.netVersion())
                .send()
                .getResponses();

        assertThat(((EthBlockNumber) responses.getFirst()).getBlockNumber()).isEqualTo(10);
        assertThat(((EthGetBalance) responses.get(1)).getBalance()).isEqualTo(1000);
        assertThat(((NetVersion) responses.get(2)).getError().getCode()).isEqualTo(-32601);
        assertThat(web3j.newBatch().sendAsync().get().getResponses()).isEmpty();
    }

    /** And waits until the pool believes that there is one. */
    private void mineBlock11() {
        chain.mine("11a");
        await().until(() -> web3j.ethBlockNumber().send().getBlockNumber().intValue() == 11);
    }

    @Test
    void filtersOfABatchAreKeptHereToo() throws Exception {
        BigInteger blocks = web3j.ethNewBlockFilter().send().getFilterId();
        mineBlock11();
        List<?> responses = web3j.newBatch()
                .add(web3j.ethGetFilterChanges(blocks))
                .add(web3j.ethBlockNumber())
                .add(web3j.ethNewBlockFilter())
                .add(web3j.ethGetFilterChanges(BigInteger.TEN))
                .send()
                .getResponses();

        assertThat(((EthLog) responses.getFirst()).getLogs())
                .singleElement()
                .extracting(EthLog.LogResult::get)
                .isEqualTo("0x11a");
        assertThat(((EthBlockNumber) responses.get(1)).getBlockNumber()).isEqualTo(11);
        assertThat(((org.web3j.protocol.core.methods.response.EthFilter) responses.get(2)).getFilterId())
                .isNotEqualTo(blocks);
        assertThat(((EthLog) responses.get(3)).getError().getMessage()).isEqualTo("filter not found");
        assertThat(Stream.of(a, b)
                        .mapToLong(node -> node.count("eth_getFilterChanges") + node.count("eth_newBlockFilter")))
                .containsOnly(0L);
    }

    @Test
    void filterOfABatchThatCannotBeAskedIsTheErrorOfItsRequestAlone() throws Exception {
        BigInteger blocks = web3j.ethNewBlockFilter().send().getFilterId();
        BigInteger logs = web3j.ethNewFilter(new EthFilter()).send().getFilterId();
        mineBlock11();
        List.of(a, b)
                .forEach(node ->
                        node.behaving((self, request) -> request.toString().contains("eth_getLogs")
                                ? ScriptedNode.Reply.status(500, "")
                                : ScriptedNode.reply(self, request)));

        List<?> responses = web3j.newBatch()
                .add(web3j.ethGetFilterChanges(blocks))
                .add(web3j.ethGetFilterChanges(logs))
                .send()
                .getResponses();

        assertThat(((EthLog) responses.getFirst()).getLogs()).hasSize(1);
        assertThat(((EthLog) responses.get(1)).getError().getMessage()).contains("no node served eth_getLogs");
    }

    @ParameterizedTest
    @MethodSource("wholeAnswersSpoilt")
    void aBatchThatANodeDoesNotAnswerWholeIsAskedOfTheOther(UnaryOperator<JsonNode> spoil) throws Exception {
        answerBatches(a, spoil);
        pool.cordon(b.name());
        assertThat(batchFails()).isTrue(); // the node is as bad as it should be
        pool.uncordon(b.name());

        for (int i = 0; i < 10; i++) {
            List<? extends Response<?>> responses = headAndBalance();

            assertThat(((EthBlockNumber) responses.getFirst()).getBlockNumber()).isEqualTo(10);
            assertThat(((EthGetBalance) responses.get(1)).getBalance()).isEqualTo(1000);
        }
    }

    private boolean batchFails() {
        try {
            return headAndBalance().stream().allMatch(Response::hasError);
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void aBatchThatIsTooLargeForTheNodesIsSentInParts() throws Exception {
        List.of(a, b)
                .forEach(node -> answerBatches(
                        node,
                        answers -> answers.size() > 1
                                ? oneError(ScriptedNode.error(-32600, "Batch of more than 1 requests are not allowed"))
                                : answers));

        List<? extends Response<?>> responses = headAndBalance();

        assertThat(((EthBlockNumber) responses.getFirst()).getBlockNumber()).isEqualTo(10);
        assertThat(((EthGetBalance) responses.get(1)).getBalance()).isEqualTo(1000);
    }

    @Test
    void aBatchThatNobodyAnswersWholeIsAnIOExceptionAndNoAnswerIsMadeUp() {
        List.of(a, b).forEach(node -> answerBatches(node, PooledWeb3jBatchTest::withoutTheLast));

        assertThatThrownBy(this::headAndBalance)
                .isInstanceOf(IOException.class)
                .hasCauseInstanceOf(NoNodeException.class)
                .hasMessageContaining("a batch that does not have one answer to each request");
    }

    @Test
    void oneErrorOfAllNodesForABatchIsTheErrorOfEachRequest() throws Exception {
        List.of(a, b).forEach(node -> answerBatches(node, PooledWeb3jBatchTest::oneError));

        List<? extends Response<?>> responses = headAndBalance();

        assertThat(responses).hasSize(2);
        assertThat(responses).allSatisfy(response -> {
            assertThat(response.getError().getCode()).isEqualTo(-32600);
            assertThat(response.getError().getMessage()).isEqualTo(NO_BATCHES);
        });
    }
}
