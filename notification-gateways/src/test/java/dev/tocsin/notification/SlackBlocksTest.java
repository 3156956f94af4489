package dev.tocsin.notification;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SlackBlocksTest {
    private static final Instant AT = Instant.parse("2026-11-21T10:00:00Z");
    private static final String[] PIECES = {
        "<!channel>",
        "&",
        "<",
        ">",
        "&amp;",
        "a",
        " ",
        "\n",
        "*",
        "`",
        "ż",
        "😀",
        "<https://x|y>",
        "@here",
        "\ud800",
        "\u2028",
        "\r"
    };

    @Test
    void whatComesFromOutsideCannotMentionOrLink() {
        assertThat(SlackText.escaped("<!channel> a & b", 100)).isEqualTo("&lt;!channel&gt; a &amp; b");
    }

    @Test
    void textIsCutBetweenCodePointsAndNeverInsideAnEntity() {
        assertThat(SlackText.escaped("abcdef", 6)).isEqualTo("abcdef");
        assertThat(SlackText.escaped("abcdefg", 6)).isEqualTo("abcde…");
        assertThat(SlackText.escaped("abc&", 6)).isEqualTo("abc…");
        assertThat(SlackText.escaped("abcd😀😀", 6)).isEqualTo("abcd…");
        assertThat(SlackText.escaped("abc😀", 5)).isEqualTo("abc😀");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {21, 22, 23})
    void noMessageBreaksSlacksLimitsOrEscaping(long seed) {
        Random random = new Random(seed);
        for (int n = 0; n < 60; n++) {
            Message message = Message.of("t" + text(random, 400), text(random, 3000), AT);
            int facts = random.nextInt(60);
            for (int f = 0; f < facts; f++) {
                message = message.withFact("f" + f + text(random, 100), text(random, 1000));
            }

            check(SlackBlocks.of(message, new JsonMapper().createObjectNode()));
        }
    }

    private static void check(JsonNode json) {
        checkText(json.get("text").asString(), 3000);
        JsonNode blocks = json.get("blocks");
        assertThat(blocks.size()).isLessThanOrEqualTo(50);
        for (JsonNode block : blocks) {
            for (JsonNode field : block.path("fields")) {
                checkText(field.get("text").asString(), 2000);
            }
            for (JsonNode element : block.path("elements")) {
                checkText(element.get("text").asString(), 2000);
            }
            assertThat(block.path("fields").size()).isLessThanOrEqualTo(10);
            if (block.has("text")) {
                checkText(block.get("text").get("text").asString(), 3000);
            }
        }
    }

    private static void checkText(String text, int limit) {
        assertThat(text.length()).isBetween(1, limit);
        assertThat(text).doesNotContain("<").doesNotContain(">");
        assertThat(text.replaceAll("&(amp|lt|gt);", "")).doesNotContain("&");
        assertThat(text.codePoints().anyMatch(c -> c >= 0xd800 && c <= 0xdfff)).isFalse();
    }

    private static String text(Random random, int pieces) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(pieces + 1); n > 0; n--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
