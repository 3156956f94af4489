package dev.tocsin.filters;

import static dev.tocsin.filters.Events.ALICE;
import static dev.tocsin.filters.Events.BOB;
import static dev.tocsin.filters.Events.log;
import static dev.tocsin.filters.Events.padded;
import static dev.tocsin.filters.Events.word;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs that began as good ones and were then damaged: 10 000 of them for each event, in five seeds. */
class MutatedLogTest {
    private static final String NOTE =
            "event Note(uint8 kind, string text, bytes blob, int24 indexed tick, string indexed tag)";

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aDamagedLogNeverThrowsAndNeverGivesAValueThatItsTypeCannotHold(long seed) {
        Random random = new Random(seed);
        List<EventDecoder> decoders = List.of(
                EventDecoder.of(Events.TRANSFER),
                EventDecoder.of(Events.SWAP_V2),
                EventDecoder.of(Events.SWAP_V3),
                EventDecoder.of(NOTE));
        FilterSet filters = FilterSet.of(
                Rule.named("a").on(Events.TRANSFER).when("value >= 1"),
                Rule.named("b").on(Events.SWAP_V2).when("amount0In >= 1"),
                Rule.named("c").on(Events.SWAP_V3).when("abs(amount0) >= 1"),
                Rule.named("d").on(NOTE).when("text == \"abc\""));
        List<Log> good = List.of(
                log(decoders.get(0), List.of(word(ALICE), word(BOB)), word(1)),
                log(decoders.get(1), List.of(word(ALICE), word(BOB)), word(1), word(2), word(3), word(4)),
                log(decoders.get(2), List.of(word(ALICE), word(BOB)), word(-1), word(2), word(3), word(4), word(-5)),
                log(
                        decoders.get(3),
                        List.of(word(-7), word(99)),
                        word(5),
                        word(96),
                        word(160),
                        word(3),
                        padded("abc".getBytes(StandardCharsets.UTF_8)),
                        word(33),
                        padded(new byte[33])));
        int events = 0;
        for (int i = 0; i < 8_000; i++) {
            Log log = good.get(i % good.size());
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                log = damaged(log, random);
            }
            Decoded decoded = decoders.get(i % decoders.size()).decode(log);
            if (decoded instanceof Event event) {
                events++;
                assertThatEachValueFits(event);
            }
            assertThat(filters.match(log)).hasSizeLessThanOrEqualTo(1);
        }
        assertThat(events).isBetween(1, 7_999);
    }

    private static void assertThatEachValueFits(Event event) {
        for (Parameter parameter : event.decoder().parameters()) {
            if (parameter.type().isNumber()) {
                BigInteger number = event.number(parameter.name());
                assertThat(number)
                        .isBetween(parameter.type().min(), parameter.type().max());
            }
        }
        assertThat(event.toString()).isNotEmpty();
    }

    private static Log damaged(Log log, Random random) {
        List<String> topics = new ArrayList<>(log.topics());
        String data = log.data();
        switch (random.nextInt(6)) {
            case 0 -> topics.add(topics.isEmpty() ? "" : topics.get(random.nextInt(topics.size())));
            case 1 ->
                topics.subList(random.nextInt(topics.size() + 1), topics.size()).clear();
            case 2 -> {
                int which = topics.isEmpty() ? 0 : random.nextInt(topics.size());
                if (which > 0) {
                    topics.set(which, scratched(topics.get(which), random));
                }
            }
            default -> data = scratched(data, random);
        }
        return new Log(
                log.chainId(),
                1,
                log.blockHash(),
                log.blockTime(),
                log.transactionHash(),
                1,
                log.address(),
                topics,
                data);
    }

    private static String scratched(String text, Random random) {
        if (text.isEmpty()) {
            return "0x";
        }
        int at = random.nextInt(text.length());
        String head = text.substring(0, at);
        String tail = text.substring(at);
        return switch (random.nextInt(8)) {
            case 0 -> head;
            case 1 -> head + tail.substring(1);
            case 2 -> head + "é٣𝟘gG".charAt(random.nextInt(6)) + tail.substring(1);
            case 3 -> head + "f".repeat(random.nextInt(130)) + tail;
            case 4 -> text + "0".repeat(64);
            default -> head + Character.forDigit(random.nextInt(16), 16) + tail.substring(1);
        };
    }
}
