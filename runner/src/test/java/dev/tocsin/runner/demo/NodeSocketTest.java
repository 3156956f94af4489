package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class NodeSocketTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private final DemoChain chain = DemoChain.create(1337, InstantSource.system());
    private final RandomDrafts drafts = new RandomDrafts(1);
    private final DemoNode node = DemoNode.on(chain, "node-a");
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws IOException {
        for (int i = 0; i < 10; i++) {
            chain.append(drafts.next());
        }
        node.start();
    }

    @AfterEach
    void stop() {
        node.close();
        http.shutdownNow();
    }

    @Test
    void callsAndBatchesWorkAsOverHttp() throws Exception {
        Socket socket = new Socket(true);

        assertThat(socket.call("eth_blockNumber", "[]").get("result").asString())
                .isEqualTo("0xa");
        socket.send("[" + NodeClient.request("eth_chainId", "[]") + "," + NodeClient.request("eth_x", "[]") + "]");
        JsonNode answers = socket.next();
        assertThat(answers).hasSize(2);
        assertThat(NodeClient.error(answers.get(1))).startsWith("-32601");
        socket.send("{");
        assertThat(NodeClient.error(socket.next())).isEqualTo("-32700 parse error");
    }

    @Test
    void newHeadsAreToldUntilUnsubscribed() throws Exception {
        Socket socket = new Socket(true);
        String id = socket.call("eth_subscribe", "[\"newHeads\"]").get("result").asString();
        assertThat(id).matches("0x[0-9a-f]+");

        DemoBlock mined = chain.append(drafts.next());
        JsonNode told = socket.next();
        assertThat(told.get("method").asString()).isEqualTo("eth_subscription");
        assertThat(told.has("id")).isFalse();
        assertThat(told.get("params").get("subscription").asString()).isEqualTo(id);
        JsonNode head = told.get("params").get("result");
        assertThat(RecordedHeadersTest.header(head).hash()).isEqualTo(mined.hash());
        assertThat(head.get("hash").asString()).isEqualTo(mined.hash());

        assertThat(socket.call("eth_unsubscribe", "[\"" + id + "\"]")
                        .get("result")
                        .asBoolean())
                .isTrue();
        assertThat(NodeClient.error(socket.call("eth_unsubscribe", "[\"" + id + "\"]")))
                .isEqualTo("-32000 subscription not found");
        chain.append(drafts.next());
        assertThat(socket.call("eth_blockNumber", "[]").get("result").asString())
                .isEqualTo("0xc");
    }

    @Test
    void logsAreToldOnceAndAgainAsRemovedWhenReorganised() throws Exception {
        Socket socket = new Socket(true);
        String address = RandomDrafts.ADDRESSES.getFirst();
        socket.call("eth_subscribe", "[\"logs\",{\"address\":\"" + address + "\"}]");
        List<String> expected = new ArrayList<>();
        List<DemoBlock> orphans = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            DemoBlock block = chain.append(new Draft(List.of(drafts.transaction(20), drafts.transaction(20)), "x"));
            block.logs().stream()
                    .filter(log -> log.address().equals(address))
                    .forEach(log -> expected.add("+" + block.hash() + log.logIndex()));
            orphans.addFirst(block);
        }
        for (DemoBlock block : orphans) {
            block.logs().reversed().stream()
                    .filter(log -> log.address().equals(address))
                    .forEach(log -> expected.add("-" + block.hash() + log.logIndex()));
        }

        List<DemoBlock> branch = chain.reorganise(
                2,
                List.of(
                        new Draft(List.of(drafts.transaction(30)), "x"),
                        new Draft(List.of(drafts.transaction(30)), "x"),
                        drafts.next()));

        for (DemoBlock block : branch) {
            block.logs().stream()
                    .filter(log -> log.address().equals(address))
                    .forEach(log -> expected.add("+" + block.hash() + log.logIndex()));
        }
        List<String> told = new ArrayList<>();
        for (int i = 0; i < expected.size(); i++) {
            JsonNode log = socket.next().get("params").get("result");
            told.add((log.get("removed").asBoolean() ? "-" : "+")
                    + log.get("blockHash").asString()
                    + Hex.number(log.get("logIndex").asString()));
        }
        assertThat(expected).anyMatch(line -> line.startsWith("-"));
        assertThat(told).isEqualTo(expected);
    }

    @Test
    void headsOfANewBranchAreEachTold() throws Exception {
        Socket socket = new Socket(true);
        socket.call("eth_subscribe", "[\"newHeads\"]");

        List<DemoBlock> branch = chain.reorganise(2, List.of(drafts.next(), drafts.next(), drafts.next()));

        for (DemoBlock block : branch) {
            assertThat(socket.next().get("params").get("result").get("hash").asString())
                    .isEqualTo(block.hash());
        }
    }

    @Test
    void wrongSubscriptionsAreErrorsInTheWordsOfGeth() throws Exception {
        Socket socket = new Socket(true);

        assertThat(NodeClient.error(socket.call("eth_subscribe", "[\"dreams\"]")))
                .isEqualTo("-32601 no \"dreams\" subscription in eth namespace");
        assertThat(NodeClient.error(socket.call("eth_subscribe", "[]")))
                .isEqualTo("-32602 expected subscription name as first argument");
        assertThat(NodeClient.error(socket.call("eth_subscribe", "[\"logs\",{\"topics\":[5]}]")))
                .isEqualTo("-32602 invalid argument 1: invalid topic(s)");
    }

    @Test
    void stoppingBreaksEverySocketAndNoneIsRemembered() throws Exception {
        Socket socket = new Socket(true);
        socket.call("eth_subscribe", "[\"newHeads\"]");

        node.stop();

        await().atMost(SOON).until(socket::isBroken);
        node.start();
        assertThat(node.connections()).isZero();
        Socket again = new Socket(true);
        again.call("eth_subscribe", "[\"newHeads\"]");
        DemoBlock mined = chain.append(drafts.next());
        assertThat(again.next().get("params").get("result").get("hash").asString())
                .isEqualTo(mined.hash());
    }

    @Test
    void aClientThatDoesNotReadIsDropped() throws Exception {
        Socket socket = new Socket(false);
        socket.send(NodeClient.request("eth_subscribe", "[\"logs\",{}]"));
        await().atMost(SOON).until(() -> node.connections() == 1);

        List<Draft.Transaction> transactions = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            transactions.add(drafts.transaction(25));
        }
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> {
                    chain.append(new Draft(transactions, "x"));
                    return node.connections() == 0;
                });
    }

    /** A client; one that does not read requests nothing from its socket. */
    private final class Socket implements WebSocket.Listener {

        final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        final CountDownLatch broken = new CountDownLatch(1);
        private final boolean reads;
        private final StringBuilder partial = new StringBuilder();
        private final WebSocket socket;

        Socket(boolean reads) {
            this.reads = reads;
            this.socket = http.newWebSocketBuilder()
                    .buildAsync(node.webSocket(), this)
                    .join();
        }

        void send(String text) {
            socket.sendText(text, true).join();
        }

        /** Whether it has heard of the end, or cannot send: the JDK's client does not tell of an end that comes during onText. */
        boolean isBroken() {
            return broken.getCount() == 0
                    || socket.sendPing(ByteBuffer.allocate(0))
                            .handle((sent, error) -> error != null)
                            .join();
        }

        JsonNode next() throws InterruptedException {
            String message = messages.poll(SOON.toSeconds(), TimeUnit.SECONDS);
            return NodeJson.JSON.readTree(Objects.requireNonNull(message, "no message came"));
        }

        JsonNode call(String method, String params) throws InterruptedException {
            send(NodeClient.request(method, params));
            while (true) {
                JsonNode message = next();
                if (message.has("id")) {
                    return message;
                }
            }
        }

        @Override
        public void onOpen(WebSocket opened) {
            if (reads) {
                opened.request(1);
            }
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            partial.append(data);
            if (last) {
                messages.add(partial.toString());
                partial.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
            broken.countDown();
            return CompletableFuture.completedStage(null);
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            broken.countDown();
        }
    }
}
