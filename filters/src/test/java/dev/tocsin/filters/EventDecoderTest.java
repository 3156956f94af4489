package dev.tocsin.filters;

import static dev.tocsin.filters.Events.ALICE;
import static dev.tocsin.filters.Events.BOB;
import static dev.tocsin.filters.Events.event;
import static dev.tocsin.filters.Events.log;
import static dev.tocsin.filters.Events.padded;
import static dev.tocsin.filters.Events.word;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventDecoderTest {
    private static final EventDecoder TRANSFER = EventDecoder.of(Events.TRANSFER);
    private static final EventDecoder NOTE = EventDecoder.of("event Note(uint8 kind, string text, bytes blob)");

    @Test
    void signatureAndTopicAreThoseOfTheChain() {
        assertThat(TRANSFER.name()).isEqualTo("Transfer");
        assertThat(TRANSFER.signature()).isEqualTo("Transfer(address,address,uint256)");
        assertThat(TRANSFER.topic0()).isEqualTo("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
        assertThat(TRANSFER.fields()).containsExactly("from", "to", "value");
    }

    @Test
    void shortNamesOfTypesMeanTheLongOnes() {
        assertThat(EventDecoder.of("E(uint a, int indexed b, address payable c);"))
                .hasToString("event E(uint256 a, int256 indexed b, address c)");
    }

    @Test
    void aParameterWithoutANameIsCalledByItsPosition() {
        assertThat(EventDecoder.of("event E(address, uint256 indexed, bool ok)").fields())
                .containsExactly("arg0", "arg1", "ok");
    }

    @Test
    void aTransferHasItsValues() {
        Log log = log(TRANSFER, List.of(word(ALICE), word(BOB)), word(1_500));

        Event event = event(TRANSFER, log);

        assertThat(event.address("from")).isEqualTo(ALICE);
        assertThat(event.address("to")).isEqualTo(BOB);
        assertThat(event.number("value")).isEqualTo(1_500);
        assertThat(event.log()).isSameAs(log);
        assertThat(event.values())
                .containsExactly(entry("from", ALICE), entry("to", BOB), entry("value", BigInteger.valueOf(1_500)));
    }

    @Test
    void eachStaticTypeIsReadIndexedOrNot() {
        EventDecoder decoder = EventDecoder.of(
                "event E(int24 indexed tick, bool indexed up, bytes4 indexed sel, int8 a, bool b, bytes32 c)");
        String sel = "a9059cbb" + "0".repeat(56);

        Event event = event(
                decoder, log(decoder, List.of(word(-887_272), word(1), sel), word(-128), word(0), "ab".repeat(32)));

        assertThat(event.number("tick")).isEqualTo(-887_272);
        assertThat(event.bool("up")).isTrue();
        assertThat(event.bytes("sel")).isEqualTo(new byte[] {(byte) 0xa9, 0x05, (byte) 0x9c, (byte) 0xbb});
        assertThat(event.number("a")).isEqualTo(-128);
        assertThat(event.bool("b")).isFalse();
        assertThat(event.values()).containsEntry("sel", "0xa9059cbb").containsEntry("c", "0x" + "ab".repeat(32));
    }

    @Test
    void stringsAndBytesAreReadFromTheTail() {
        byte[] text = "où est l'argent ?".getBytes(StandardCharsets.UTF_8);
        byte[] blob = new byte[33];
        blob[32] = 7;

        Event event = event(NOTE, note(text, blob));

        assertThat(event.number("kind")).isEqualTo(5);
        assertThat(event.text("text")).isEqualTo("où est l'argent ?");
        assertThat(event.bytes("text")).isEqualTo(text);
        assertThat(event.bytes("blob")).isEqualTo(blob);
    }

    @Test
    void anIndexedStringIsItsHash() {
        EventDecoder decoder = EventDecoder.of("event Named(string indexed name)");
        byte[] hash = Keccak256.hash("alice".getBytes(StandardCharsets.UTF_8));

        Event event = event(decoder, log(decoder, List.of(Hex.of(hash).substring(2))));

        assertThat(event.bytes("name")).isEqualTo(hash);
        assertThat(event.values()).containsEntry("name", Hex.of(hash));
        assertThatThrownBy(() -> event.text("name"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only its hash is on the chain");
    }

    @Test
    void bytesGivenOutAreCopies() {
        Event event = event(NOTE, note(new byte[0], new byte[] {1}));

        event.bytes("blob")[0] = 9;

        assertThat(event.bytes("blob")).containsExactly(1);
    }

    @Test
    void askingForAWrongNameOrTypeNamesWhatThereIs() {
        Event event = event(TRANSFER, log(TRANSFER, List.of(word(ALICE), word(BOB)), word(1)));

        assertThatThrownBy(() -> event.number("amount"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("field must be one of [from, to, value] of Transfer(address,address,uint256), was amount");
        assertThatThrownBy(() -> event.number("to"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("field must be a number, but Transfer has address indexed to");
        assertThatThrownBy(() -> event.address("value")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> event.bool("value")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> event.bytes("value")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theFourTopicTransferOfAnNftIsNotTheErc20Transfer() {
        Log nft = log(TRANSFER, List.of(word(ALICE), word(BOB), word(42)));

        assertThat(TRANSFER.decode(nft)).isEqualTo(new NotThisEvent("topics: expected 3, found 4"));
    }

    @Test
    void dirtOrAWrongLengthIsNotThisEvent() {
        List<String> people = List.of(word(ALICE), word(BOB));

        assertNot(TRANSFER, log(TRANSFER, people), "data: expected 32 bytes, found 0");
        assertNot(TRANSFER, log(TRANSFER, people, word(1), word(2)), "data: expected 32 bytes, found 64");
        assertNot(TRANSFER, log(TRANSFER, people, word(1).substring(1)), "hexadecimal");
        assertNot(TRANSFER, log(TRANSFER, people, "g".repeat(64)), "hexadecimal");
        assertNot(
                TRANSFER,
                log(TRANSFER, List.of("1" + word(ALICE).substring(1), word(BOB)), word(1)),
                "no clean address");
        assertNot(TRANSFER, log(TRANSFER, List.of("00", word(BOB)), word(1)), "no clean address");
    }

    @ParameterizedTest
    @CsvSource({
        "uint8, 256",
        "uint8, -1",
        "int8, 128",
        "int8, -129",
        "bool, 2",
        "bool, -1",
        "bytes4, 1",
        "address, -1",
        "uint248, -1",
        "int24, 8388608",
        "bytes31, 255"
    })
    void aValueThatTheTypeCannotHoldIsNotThisEvent(String type, long value) {
        EventDecoder data = EventDecoder.of("event E(" + type + " field)");
        EventDecoder topic = EventDecoder.of("event E(" + type + " indexed field)");

        assertNot(data, log(data, List.of(), word(value)), "field: the log has no clean " + type);
        assertNot(topic, log(topic, List.of(word(value))), "field: the log has no clean " + type);
    }

    @Test
    void aTailThatIsCutOffOrElsewhereOrDirtyIsNotThisEvent() {
        EventDecoder one = EventDecoder.of("event One(string text)");
        String abc = padded(new byte[] {'a', 'b', 'c'});

        assertNot(one, log(one, List.of(), word(32), word(3)), "no clean string");
        assertNot(one, log(one, List.of(), word(32)), "no clean string");
        assertNot(one, log(one, List.of(), word(32), word(33), abc), "no clean string");
        assertNot(one, log(one, List.of(), word(0), word(3), abc), "no clean string");
        assertNot(one, log(one, List.of(), word(-1), word(3), abc), "no clean string");
        assertNot(one, log(one, List.of(), word(Integer.MAX_VALUE), word(3), abc), "no clean string");
        assertNot(one, log(one, List.of(), word(32), word(Integer.MAX_VALUE), abc), "no clean string");
        assertNot(one, log(one, List.of(), word(32), word(2), abc), "no clean string");
        assertNot(one, log(one, List.of(), word(32), word(3), abc, word(0)), "expected at most 96 bytes, found 128");
        assertNot(one, log(one, List.of(), "00"), "expected at least 32 bytes, found 1");
    }

    @Test
    void theZerosAfterTheLastTailMayBeMissing() {
        EventDecoder one = EventDecoder.of("event One(string text)");

        assertThat(event(one, log(one, List.of(), word(32), word(3), "616263")).text("text"))
                .isEqualTo("abc");
    }

    @Test
    void aLogWithoutTopicsIsNoEvent() {
        Log bare = new Log(1, 1, "0x", Events.NOON, "0x", 0, "0x", List.of(), "");

        assertNot(TRANSFER, bare, "anonymous");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "''; 1; the event's name",
                "event; 6; the event's name",
                "event Transfer; 15; ( after",
                "event Transfer(; 16; a type",
                "event Transfer(address; 23; , or )",
                "event Transfer(address from to); 29; , or )",
                "event Transfer(adress from); 16; a type",
                "event Transfer(uint7 n); 16; a type",
                "event Transfer(uint264 n); 16; a type",
                "event Transfer(uint08 n); 16; a type",
                "event Transfer(bytes33 n); 16; a type",
                "event Transfer(uint256[] n); 23; not supported yet: arrays",
                "event Transfer(uint256[3] n); 23; not supported yet: arrays",
                "event Transfer((uint256 a) n); 16; not supported yet: tuples",
                "event Transfer(tuple n); 16; not supported yet: tuples",
                "event T(uint a) anonymous; 17; not supported yet: anonymous",
                "event T(uint a, uint a); 22; no other parameter",
                "event T(uint indexed a, uint indexed b, uint indexed c, uint indexed d); 62; at most three indexed",
                "event T(uint a,); 16; a type",
                "event T(uint a) x; 17; the end",
                "event a.b(uint a); 7; the event's name",
                "event T(uint a.b); 14; the parameter's name",
                "function transfer(address to); 10; ( after",
                "event T(uint256 é); 17; , or )"
            })
    void aWrongSignatureSaysWhereAndWhatWasExpected(String event, int column, String expected) {
        assertThatThrownBy(() -> EventDecoder.of(event)).isInstanceOfSatisfying(FilterSyntaxException.class, e -> {
            assertThat(e.column()).isEqualTo(column);
            assertThat(e).hasMessageContaining("column " + column).hasMessageContaining(expected);
        });
    }

    @Test
    void decodersOfTheSameEventAndFieldNamesAreEqual() {
        assertThat(EventDecoder.of(Events.TRANSFER)).isEqualTo(TRANSFER).hasSameHashCodeAs(TRANSFER);
        assertThat(EventDecoder.of("Transfer(address indexed src, address indexed dst, uint256 wad)"))
                .isNotEqualTo(TRANSFER);
    }

    private static Log note(byte[] text, byte[] blob) {
        String textWords = padded(text);
        return log(
                NOTE,
                List.of(),
                word(5),
                word(96),
                word(128 + textWords.length() / 2),
                word(text.length),
                textWords,
                word(blob.length),
                padded(blob));
    }

    private static void assertNot(EventDecoder decoder, Log log, String why) {
        assertThat(decoder.decode(log))
                .isInstanceOfSatisfying(
                        NotThisEvent.class, not -> assertThat(not.why()).contains(why));
    }
}
