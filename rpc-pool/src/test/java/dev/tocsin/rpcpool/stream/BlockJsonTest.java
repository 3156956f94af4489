package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class BlockJsonTest {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Instant TIME = Instant.ofEpochSecond(1_700_000_000);
    private static final String HASH = FakeChain.hash("block");
    private static final String BLOCK = """
            {"number":"0x10","hash":"%s","parentHash":"%s","timestamp":"0x6553f100","logsBloom":"0x%s","extra":[1]}""".formatted(HASH, FakeChain.hash("parent"), "0".repeat(512));
    private static final String LOG = """
            {"address":"0xAbababababababababababababababababababab","topics":["%s"],"data":"0x00ff","blockNumber":"0x10",\
            "transactionHash":"%s","transactionIndex":"0x2","blockHash":"%s","logIndex":"0x5","removed":false}""".formatted(FakeChain.hash("topic"), FakeChain.hash("transaction"), HASH);

    private static JsonNode tree(String json) {
        return JSON.readTree(json);
    }

    @Test
    void aBlockIsReadWithItsTimeAndParent() {
        Block block = BlockJson.block(tree(BLOCK));

        assertThat(block.header()).isEqualTo(new Header(16, HASH, FakeChain.hash("parent"), TIME));
        assertThat(block.bloom().isZero()).isTrue();
    }

    @Test
    void aLogIsReadInLowerCaseWithTheTimeOfItsBlock() {
        ChainReader.ToldLog told =
                BlockJson.logs(tree("[" + LOG + "]"), 5, TIME).getFirst();

        assertThat(told.removed()).isFalse();
        assertThat(told.log().address()).isEqualTo("0x" + "ab".repeat(20));
        assertThat(told.log().key()).isEqualTo("5:" + HASH + ":" + FakeChain.hash("transaction") + ":5");
        assertThat(told.log().blockTime()).isEqualTo(TIME);
        assertThat(told.log().transactionIndex()).isEqualTo(2);
    }

    @Test
    void aRemovedLogIsToldAsRemoved() {
        String removed = "[" + LOG.replace("\"removed\":false", "\"removed\":true") + "]";

        assertThat(BlockJson.logs(tree(removed), 5, TIME).getFirst().removed()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"transactionIndex\":\"0x2\" | \"transactionIndex\":\"0x\" | transactionIndex",
                "\"logIndex\":\"0x5\" | \"logIndex\":5 | logIndex",
                "\"logIndex\":\"0x5\" | \"logIndex\":\"0xffffffffff\" | logIndex",
                "\"data\":\"0x00ff\" | \"data\":\"0x00f\" | data",
                "\"blockNumber\":\"0x10\" | \"blockNumber\":null | blockNumber",
                "\"topics\":[ | \"topics\":[null, | topic",
                "\"blockHash\" | \"hash\" | blockHash",
            })
    void aLogOfAnotherFormIsRefusedWithTheFieldsName(String from, String to, String name) {
        String wrong = LOG.replace(from, to);
        assertThat(wrong).isNotEqualTo(LOG);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> BlockJson.logs(tree("[" + wrong + "]"), 5, TIME))
                .withMessageContaining(name);
    }

    @Test
    void aChangedAnswerIsReadOrRefusedAndNeverAnythingElse() {
        Random random = new Random(3);
        int refused = 0;
        for (int i = 0; i < 30_000; i++) {
            StringBuilder changed = new StringBuilder(i % 2 == 0 ? BLOCK : "[" + LOG + "]");
            for (int n = 1 + random.nextInt(2); n > 0; n--) {
                changed.setCharAt(random.nextInt(Math.min(changed.length(), 600)), (char) (' ' + random.nextInt(95)));
            }
            try {
                JsonNode json = tree(changed.toString());
                if (i % 2 == 0) {
                    BlockJson.block(json);
                } else {
                    BlockJson.logs(json, 5, TIME);
                }
            } catch (JacksonException | IllegalArgumentException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(1000);
    }
}
