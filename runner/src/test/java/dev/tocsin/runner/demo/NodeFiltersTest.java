package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All forms of the filter of {@code eth_getLogs}, against a matcher that reads the filter's JSON by itself. */
class NodeFiltersTest {

    private static final int BLOCKS = 40;

    private final DemoChain chain = DemoChain.create(1337, InstantSource.system());
    private final DemoNode node = DemoNode.on(chain, "node-a");
    private final NodeClient client = new NodeClient(node);

    @BeforeEach
    void start() throws IOException {
        RandomDrafts drafts = new RandomDrafts(7);
        for (int i = 0; i < BLOCKS; i++) {
            chain.append(drafts.next());
        }
        chain.reorganise(2, List.of(drafts.next(), drafts.next()));
        node.start();
    }

    @AfterEach
    void stop() {
        client.close();
        node.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void randomFiltersReturnWhatABruteForceMatcherFinds(long seed) throws Exception {
        Random random = new Random(seed);
        int found = 0;
        for (int i = 0; i < 300; i++) {
            ObjectNode filter = randomFilter(random);

            List<String> logs = ids(client.result("eth_getLogs", "[" + filter + "]"));

            assertThat(logs).as(filter.toString()).isEqualTo(bruteForce(filter));
            found += logs.size();
        }
        assertThat(found).isPositive();
    }

    @Test
    void everyLogIsReturnedInTheFormOfGeth() throws Exception {
        JsonNode log =
                client.result("eth_getLogs", "[{\"fromBlock\":\"earliest\"}]").get(0);

        assertThat(log.propertyNames())
                .containsExactly(
                        "address",
                        "topics",
                        "data",
                        "blockNumber",
                        "transactionHash",
                        "transactionIndex",
                        "blockHash",
                        "blockTimestamp",
                        "logIndex",
                        "removed");
        assertThat(log.get("removed").asBoolean()).isFalse();
    }

    @Test
    void theDefaultRangeIsTheHead() throws Exception {
        assertThat(ids(client.result("eth_getLogs", "[{}]"))).isEqualTo(ids(blockLogs("latest")));
        assertThat(client.error("eth_getLogs", "[]")).isEqualTo("-32602 missing value for required argument 0");
    }

    @Test
    void rangesThatMakeNoSenseAreErrorsInTheWordsOfGeth() throws Exception {
        String future = "-32602 block range extends beyond current head block";
        String invalid = "-32602 invalid block range params";

        assertThat(range("0x1", "0x29")).isEqualTo(future);
        assertThat(range("0x29", "0x2a")).isEqualTo(future);
        assertThat(range("0x29", "latest")).isEqualTo(future);
        assertThat(range("0x3", "0x2")).isEqualTo(invalid);
        assertThat(range("latest", "0x2")).isEqualTo(invalid);
        assertThat(range("pending", "latest")).isEqualTo("-32602 pending logs are not supported");
        assertThat(range("soon", "latest")).isEqualTo("-32602 invalid argument 0: hex string without 0x prefix");
    }

    @Test
    void blockHashExcludesARangeAndMustBeKnown() throws Exception {
        String hash = chain.head().hash();

        assertThat(client.error("eth_getLogs", "[{\"blockHash\":\"" + hash + "\",\"fromBlock\":\"0x1\"}]"))
                .isEqualTo("-32602 invalid argument 0: cannot specify both BlockHash and FromBlock/ToBlock, choose one"
                        + " or the other");
        assertThat(client.error("eth_getLogs", "[{\"blockHash\":\"0x" + "00".repeat(32) + "\"}]"))
                .isEqualTo("-32000 unknown block");
    }

    @Test
    void malformedFiltersAreErrorsInTheWordsOfGeth() throws Exception {
        String topic = "\"" + RandomDrafts.TOPICS.getFirst() + "\"";

        assertThat(client.error("eth_getLogs", "[5]")).startsWith("-32602 invalid argument 0: json: cannot unmarshal");
        assertThat(filter("\"address\":\"0x12\""))
                .isEqualTo("-32602 invalid argument 0: invalid address: hex has invalid length 1 after decoding;"
                        + " expected 20 for address");
        assertThat(filter("\"address\":[5]")).isEqualTo("-32602 invalid argument 0: non-string address at index 0");
        assertThat(filter("\"address\":{}")).isEqualTo("-32602 invalid argument 0: invalid addresses in query");
        assertThat(filter("\"topics\":[5]")).isEqualTo("-32602 invalid argument 0: invalid topic(s)");
        assertThat(filter("\"topics\":[[5]]")).isEqualTo("-32602 invalid argument 0: invalid topic(s)");
        assertThat(filter("\"topics\":[\"0x1234\"]"))
                .isEqualTo("-32602 invalid argument 0: hex has invalid length 2 after decoding; expected 32 for topic");
        assertThat(filter("\"topics\":[" + (topic + ",").repeat(4) + topic + "]"))
                .isEqualTo("-32602 exceed max topics");
    }

    @Test
    void aHugeResultIsRefusedForARangeAndAnsweredForOneBlock() throws Exception {
        RandomDrafts drafts = new RandomDrafts(3);
        List<Draft.Transaction> transactions = new ArrayList<>();
        for (int i = 0; i < 101; i++) {
            transactions.add(drafts.transaction(100));
        }
        DemoBlock big = chain.append(new Draft(transactions, "big"));

        assertThat(range("earliest", "latest")).isEqualTo("-32005 query returned more than 10000 results");
        assertThat(client.result("eth_getLogs", "[{}]")).hasSize(10_100);
        assertThat(client.result("eth_getLogs", "[{\"blockHash\":\"" + big.hash() + "\"}]"))
                .hasSize(10_100);
    }

    private String range(String from, String to) throws Exception {
        return filter("\"fromBlock\":\"" + from + "\",\"toBlock\":\"" + to + "\"");
    }

    private String filter(String fields) throws Exception {
        return client.error("eth_getLogs", "[{" + fields + "}]");
    }

    private static List<String> ids(JsonNode logs) {
        List<String> ids = new ArrayList<>();
        logs.forEach(log ->
                ids.add(log.get("blockHash").asString() + log.get("logIndex").asString() + log.get("data")));
        return ids;
    }

    private ArrayNode blockLogs(String block) throws Exception {
        ArrayNode logs = NodeJson.JSON.createArrayNode();
        for (JsonNode receipt : client.result("eth_getBlockReceipts", "[\"" + block + "\"]")) {
            receipt.get("logs").forEach(logs::add);
        }
        return logs;
    }

    private static ObjectNode randomFilter(Random random) {
        ObjectNode filter = NodeJson.JSON.createObjectNode();
        int first = random.nextInt(BLOCKS + 1);
        int last = first + random.nextInt(BLOCKS + 1 - first);
        switch (random.nextInt(4)) {
            case 0 -> filter.put("fromBlock", "earliest").put("toBlock", Hex.quantity(last));
            case 1 -> filter.put("fromBlock", Hex.quantity(first)).putNull("toBlock");
            case 2 -> filter.put("fromBlock", Hex.quantity(first)).put("toBlock", "latest");
            default -> filter.put("fromBlock", Hex.quantity(first)).put("toBlock", Hex.quantity(last));
        }
        switch (random.nextInt(4)) {
            case 0 -> filter.put("address", any(random, RandomDrafts.ADDRESSES));
            case 1 -> choices(random, RandomDrafts.ADDRESSES, filter.putArray("address"));
            case 2 -> filter.putNull("address");
            default -> {}
        }
        if (random.nextInt(5) > 0) {
            ArrayNode topics = filter.putArray("topics");
            int count = random.nextInt(5);
            for (int i = 0; i < count; i++) {
                switch (random.nextInt(5)) {
                    case 0, 1 -> topics.addNull();
                    case 2 -> topics.add(any(random, RandomDrafts.TOPICS).replace("a", "A"));
                    case 3 ->
                        choices(random, RandomDrafts.TOPICS, topics.addArray()).addNull();
                    default -> choices(random, RandomDrafts.TOPICS, topics.addArray());
                }
            }
        }
        return filter;
    }

    private static ArrayNode choices(Random random, List<String> from, ArrayNode to) {
        int count = random.nextInt(4);
        for (int i = 0; i < count; i++) {
            to.add(any(random, from));
        }
        return to;
    }

    private static String any(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private List<String> bruteForce(ObjectNode filter) {
        long from = number(filter.path("fromBlock"));
        long to = number(filter.path("toBlock"));
        ArrayNode logs = NodeJson.JSON.createArrayNode();
        for (long number = from; number <= to; number++) {
            DemoBlock block = chain.byNumber(number).orElseThrow();
            for (DemoLog log : block.logs()) {
                if (wants(filter.path("address"), log.address()) && wantsTopics(filter.path("topics"), log)) {
                    logs.add(NodeJson.log(block, log, false));
                }
            }
        }
        return ids(logs);
    }

    private long number(JsonNode block) {
        String text = block.asString("latest");
        return text.equals("earliest")
                ? 0
                : text.startsWith("0x") ? Hex.number(text) : chain.head().number();
    }

    private static boolean wantsTopics(JsonNode topics, DemoLog log) {
        if (topics.size() > log.topics().size()) {
            return false;
        }
        for (int i = 0; i < topics.size(); i++) {
            if (!wants(topics.get(i), log.topics().get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean wants(JsonNode wanted, String value) {
        if (wanted.isMissingNode() || wanted.isNull() || wanted.isArray() && wanted.isEmpty()) {
            return true;
        }
        if (!wanted.isArray()) {
            return wanted.asString().equalsIgnoreCase(value);
        }
        for (JsonNode choice : wanted) {
            if (choice.isNull() || choice.asString().equalsIgnoreCase(value)) {
                return true;
            }
        }
        return false;
    }
}
