package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class DemoNodeTest {

    private static final String NOWHERE = "0x" + "ab".repeat(32);

    private final DemoChain chain = DemoChain.create(1337, InstantSource.system());
    private final RandomDrafts drafts = new RandomDrafts(1);
    private final DemoNode node = DemoNode.on(chain, "node-a");
    private final NodeClient client = new NodeClient(node);

    @BeforeEach
    void start() throws IOException {
        chain.append(new Draft(List.of(drafts.transaction(3), drafts.transaction(0), drafts.transaction(2)), "x"));
        for (int i = 0; i < 20; i++) {
            chain.append(drafts.next());
        }
        node.start();
    }

    @AfterEach
    void stop() {
        client.close();
        node.close();
    }

    @Test
    void simpleQuestionsAreAnswered() throws Exception {
        assertThat(client.result("eth_chainId", "[]").asString()).isEqualTo("0x539");
        assertThat(client.result("net_version", "[]").asString()).isEqualTo("1337");
        assertThat(client.result("web3_clientVersion", "[]").asString()).isEqualTo("tocsin-demo/node-a");
        assertThat(client.result("eth_syncing", "[]").isBoolean()).isTrue();
        assertThat(client.result("eth_blockNumber", "[]").asString()).isEqualTo("0x15");
        assertThat(client.result("eth_blockNumber", "null").asString()).isEqualTo("0x15");
        assertThat(client.exchange("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"eth_chainId\"}")
                        .get("result")
                        .asString())
                .isEqualTo("0x539");
    }

    @Test
    void blocksAreFoundByNumberTagAndHash() throws Exception {
        DemoBlock head = chain.head();
        JsonNode byNumber = client.result("eth_getBlockByNumber", "[\"0x15\",false]");

        assertThat(byNumber.get("hash").asString()).isEqualTo(head.hash());
        assertThat(byNumber.get("parentHash").asString()).isEqualTo(head.parentHash());
        assertThat(client.result("eth_getBlockByHash", "[\"" + head.hash() + "\",false]"))
                .isEqualTo(byNumber);
        assertThat(client.result("eth_getBlockByNumber", "[\"latest\",false]")).isEqualTo(byNumber);
        assertThat(client.result("eth_getBlockByNumber", "[\"pending\",false]")).isEqualTo(byNumber);
        assertThat(number("earliest")).isEqualTo("0x0");
        assertThat(number("safe")).isEqualTo("0x11");
        assertThat(number("finalized")).isEqualTo("0xd");
    }

    @Test
    void unknownBlocksAndTransactionsAreNull() throws Exception {
        assertThat(client.result("eth_getBlockByNumber", "[\"0x16\",false]").isNull())
                .isTrue();
        assertThat(client.result("eth_getBlockByHash", "[\"" + NOWHERE + "\",true]")
                        .isNull())
                .isTrue();
        assertThat(client.result("eth_getBlockReceipts", "[\"0x16\"]").isNull()).isTrue();
        assertThat(client.result("eth_getTransactionReceipt", "[\"" + NOWHERE + "\"]")
                        .isNull())
                .isTrue();
        assertThat(client.result("eth_getTransactionByHash", "[\"" + NOWHERE + "\"]")
                        .isNull())
                .isTrue();
    }

    @Test
    void aStrictClientRecomputesTheBlockHashFromTheAnswer() throws Exception {
        JsonNode block = client.result("eth_getBlockByNumber", "[\"0x1\",false]");

        assertThat(RecordedHeadersTest.header(block).hash())
                .isEqualTo(block.get("hash").asString());
    }

    @Test
    void fullBlocksHoldTheTransactionsAndOthersTheirHashes() throws Exception {
        JsonNode full = client.result("eth_getBlockByNumber", "[\"0x1\",true]").get("transactions");
        JsonNode hashes =
                client.result("eth_getBlockByNumber", "[\"0x1\",false]").get("transactions");

        assertThat(full).hasSize(3);
        for (int i = 0; i < 3; i++) {
            JsonNode transaction = full.get(i);
            String hash = hashes.get(i).asString();
            assertThat(transaction.get("hash").asString()).isEqualTo(hash);
            assertThat(transaction.get("transactionIndex").asString()).isEqualTo("0x" + i);
            assertThat(client.result("eth_getTransactionByHash", "[\"" + hash + "\"]"))
                    .isEqualTo(transaction);
        }
    }

    @Test
    void receiptsHoldTheirLogsNumberedThroughTheBlock() throws Exception {
        String hash = chain.byNumber(1).orElseThrow().hash();
        JsonNode receipts = client.result("eth_getBlockReceipts", "[\"0x1\"]");

        assertThat(receipts).hasSize(3);
        assertThat(receipts.get(0).get("logs")).hasSize(3);
        assertThat(receipts.get(1).get("logs")).isEmpty();
        assertThat(receipts.get(2).get("logs").get(1).get("logIndex").asString())
                .isEqualTo("0x4");
        assertThat(receipts.get(2).get("cumulativeGasUsed").asString()).isEqualTo(Hex.quantity(63_000));
        for (JsonNode receipt : receipts) {
            String transaction = receipt.get("transactionHash").asString();
            assertThat(client.result("eth_getTransactionReceipt", "[\"" + transaction + "\"]"))
                    .isEqualTo(receipt);
        }
        assertThat(client.result("eth_getBlockReceipts", "[\"" + hash + "\"]")).isEqualTo(receipts);
        assertThat(client.result("eth_getBlockReceipts", "[{\"blockHash\":\"" + hash + "\"}]"))
                .isEqualTo(receipts);
        assertThat(client.result("eth_getBlockReceipts", "[\"earliest\"]")).isEmpty();
    }

    @Test
    void orphansAreFoundByHashOnlyAndTheirTransactionsNotAtAll() throws Exception {
        DemoBlock orphan = chain.append(new Draft(List.of(drafts.transaction(2)), "x"));
        String transaction = orphan.transactions().getFirst().hash();
        chain.reorganise(1, List.of(drafts.next(), drafts.next()));

        assertThat(client.result("eth_getBlockByHash", "[\"" + orphan.hash() + "\",false]")
                        .get("hash")
                        .asString())
                .isEqualTo(orphan.hash());
        assertThat(client.result("eth_getLogs", "[{\"blockHash\":\"" + orphan.hash() + "\"}]"))
                .hasSize(2);
        assertThat(number("0x16")).isEqualTo("0x16");
        assertThat(client.result("eth_getBlockByNumber", "[\"0x16\",false]")
                        .get("hash")
                        .asString())
                .isNotEqualTo(orphan.hash());
        assertThat(client.result("eth_getTransactionReceipt", "[\"" + transaction + "\"]")
                        .isNull())
                .isTrue();
    }

    @Test
    void wrongParametersAreErrorsInTheWordsOfGeth() throws Exception {
        assertThat(client.error("eth_noSuchThing", "[]"))
                .isEqualTo("-32601 the method eth_noSuchThing does not exist/is not available");
        assertThat(client.error("eth_getBlockByNumber", "[\"latest\"]"))
                .isEqualTo("-32602 missing value for required argument 1");
        assertThat(client.error("eth_getBlockByNumber", "[\"latest\",false,1]"))
                .isEqualTo("-32602 too many arguments, want at most 2");
        assertThat(client.error("eth_getBlockByNumber", "{}")).isEqualTo("-32602 non-array args");
        assertThat(client.error("eth_getBlockByNumber", "[\"12\",false]"))
                .isEqualTo("-32602 invalid argument 0: hex string without 0x prefix");
        assertThat(client.error("eth_getBlockByNumber", "[\"0x01\",false]"))
                .isEqualTo("-32602 invalid argument 0: hex number with leading zero digits");
        assertThat(client.error("eth_getBlockByNumber", "[\"0x1\",\"no\"]"))
                .startsWith("-32602 invalid argument 1: json: cannot unmarshal string");
        assertThat(client.error("eth_getBlockByHash", "[\"0x12\",false]"))
                .isEqualTo("-32602 invalid argument 0: hex string has length 2, want 64 for common.Hash");
        assertThat(client.error("eth_subscribe", "[\"newHeads\"]")).isEqualTo("-32001 notifications not supported");
    }

    @Test
    void batchesKeepTheirOrderAndLeaveNotificationsOut() throws Exception {
        JsonNode answers = client.exchange("[{\"jsonrpc\":\"2.0\",\"id\":\"b\",\"method\":\"eth_blockNumber\"},"
                + "{\"jsonrpc\":\"2.0\",\"method\":\"eth_chainId\"},"
                + "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"eth_nothing\"},"
                + "5,"
                + "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"eth_chainId\"}]");

        assertThat(answers).hasSize(4);
        assertThat(answers.get(0).toString()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"b\",\"result\":\"0x15\"}");
        assertThat(answers.get(1).get("id").asInt()).isEqualTo(7);
        assertThat(NodeClient.error(answers.get(1))).startsWith("-32601");
        assertThat(NodeClient.error(answers.get(2))).isEqualTo("-32600 invalid request");
        assertThat(answers.get(3).toString()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":\"0x539\"}");
    }

    @Test
    void batchesAreNeitherEmptyNorTooLarge() throws Exception {
        String call = NodeClient.request("eth_chainId", "[]");

        assertThat(NodeClient.error(client.exchange("[]"))).isEqualTo("-32600 empty batch");
        assertThat(client.exchange("[" + (call + ",").repeat(999) + call + "]")).hasSize(1000);
        JsonNode tooLarge = client.exchange("[" + (call + ",").repeat(1000) + call + "]");
        assertThat(tooLarge).hasSize(1);
        assertThat(NodeClient.error(tooLarge.get(0))).isEqualTo("-32600 batch too large");
    }

    @Test
    void whatIsNotARequestIsAnError() throws Exception {
        assertThat(NodeClient.error(client.exchange("{\"jsonrpc\":\"2.0\",\"id\":1,")))
                .isEqualTo("-32700 parse error");
        assertThat(NodeClient.error(client.exchange("{\"id\":1,\"method\":\"eth_chainId\"}")))
                .isEqualTo("-32600 invalid request");
        assertThat(NodeClient.error(client.exchange("\"eth_chainId\""))).isEqualTo("-32600 invalid request");
        assertThat(NodeClient.error(client.exchange("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"eth_chainId\"}")))
                .isEqualTo("-32600 invalid request");
    }

    @Test
    void aNotificationHasNoAnswer() throws Exception {
        HttpResponse<String> response = client.post("{\"jsonrpc\":\"2.0\",\"method\":\"eth_chainId\"}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).isEmpty();
    }

    @Test
    void httpIsRefusedWithTheStatusCodesOfGeth() throws Exception {
        assertThat(client.post("{}", "text/plain").statusCode()).isEqualTo(415);
        assertThat(client.post(" ".repeat(NodeHttp.MAX_BODY_BYTES + 1)).statusCode())
                .isEqualTo(413);
        assertThat(client.send(client.builder().DELETE().build()).statusCode()).isEqualTo(405);
        assertThat(client.send(HttpRequest.newBuilder(client.uri()).GET().build())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aStoppedNodeRefusesAndComesBackOnTheSamePortWithWhatWasMinedMeanwhile() throws Exception {
        URI before = node.http();
        for (int round = 0; round < 3; round++) {
            node.stop();

            assertThat(node.isRunning()).isFalse();
            assertThatThrownBy(() -> client.result("eth_blockNumber", "[]")).isInstanceOf(IOException.class);
            DemoBlock mined = chain.append(drafts.next());
            node.start();
            assertThat(node.http()).isEqualTo(before);
            assertThat(client.result("eth_blockNumber", "[]").asString()).isEqualTo(Hex.quantity(mined.number()));
        }
    }

    @Test
    void twoNodesServeOneChain() throws Exception {
        try (DemoNode other = DemoNode.on(chain, "node-b").start();
                NodeClient otherClient = new NodeClient(other)) {
            assertThat(other.http()).isNotEqualTo(node.http());
            assertThat(otherClient.result("eth_getBlockByNumber", "[\"latest\",true]"))
                    .isEqualTo(client.result("eth_getBlockByNumber", "[\"latest\",true]"));
        }
    }

    private String number(String tag) throws Exception {
        return client.result("eth_getBlockByNumber", "[\"" + tag + "\",false]")
                .get("number")
                .asString();
    }
}
