package dev.tocsin.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class HealthReportTest {
    private static final JsonMapper JSON = new JsonMapper();

    static LongStream seeds() {
        return LongStream.range(0, 200);
    }

    @Test
    void jsonIsShortAndInOrder() {
        Map<String, HealthStatus> components = new LinkedHashMap<>();
        components.put("redis", HealthStatus.up());
        components.put("nodes", HealthStatus.down("0 of 2 healthy"));

        assertThat(new HealthReport(components).toJson())
                .isEqualTo("{\"status\":\"DOWN\",\"components\":{\"redis\":{\"status\":\"UP\"},"
                        + "\"nodes\":{\"status\":\"DOWN\",\"detail\":\"0 of 2 healthy\"}}}");
    }

    @Test
    void reportWithoutComponentsIsUp() {
        assertThat(new HealthReport(Map.of()).toJson()).isEqualTo("{\"status\":\"UP\",\"components\":{}}");
    }

    @Test
    void everyCharacterComesBackAsItWent() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x3000; c++) {
            all.append(c);
        }
        all.append("\uFEFF\uFFFE\uFFFF").appendCodePoint(0x1F514).appendCodePoint(0x10FFFF);

        assertThat(roundTrip(all.toString())).isEqualTo(all.toString());
    }

    @Test
    void whatMustBeEscapedIs() {
        String json = new HealthReport(Map.of("a", HealthStatus.up("\" \\ \n \r \t \0 \u001f \u007f \u2028 \ud800")))
                .toJson();

        assertThat(json)
                .isEqualTo("{\"status\":\"UP\",\"components\":{\"a\":{\"status\":\"UP\",\"detail\":"
                        + "\"\\\" \\\\ \\n \\r \\t \\u0000 \\u001f \\u007f \\u2028 \\ud800\"}}}");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void randomTextsComeBackAsTheyWent(long seed) {
        Random random = new Random(seed);
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(40); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> text.append((char) random.nextInt(0x80));
                case 1 -> text.append("\"\\/\n\u2028".charAt(random.nextInt(5)));
                case 2 -> text.appendCodePoint(0x10000 + random.nextInt(0x1000));
                default -> text.append((char) random.nextInt(0xD800));
            }
        }

        assertThat(roundTrip(text.toString())).isEqualTo(text.toString());
    }

    /** Through bytes, as it would go over HTTP, and as a name as well as a detail. */
    private static String roundTrip(String text) {
        String json = new HealthReport(Map.of("name " + text, HealthStatus.down("x" + text))).toJson();
        JsonNode tree = JSON.readTree(json.getBytes(StandardCharsets.UTF_8));
        return tree.get("components")
                .get("name " + text)
                .get("detail")
                .asString()
                .substring(1);
    }
}
