package dev.tocsin.filters;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every log of the recorded chains, against a second decoding that shares no code with the first. */
class RecordedChainTest {
    private static final String ERC721 =
            "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)";
    private static final String INVOKED =
            "event Invoked(address indexed module, address indexed target, uint256 indexed value, bytes data)";

    private static List<Log> logs = List.of();

    @BeforeAll
    static void read() {
        logs = RecordedLogs.all();
    }

    @Test
    void thereAreAllOfThem() {
        assertThat(logs).hasSize(35_625);
    }

    @Test
    void erc20TransfersAreCountedAndEqualThePlainDecoding() {
        List<Event> events = decoded(Events.TRANSFER);

        assertThat(events).hasSize(8_585).allSatisfy(event -> {
            List<String> topics = event.log().topics();
            assertThat(event.values())
                    .containsEntry("from", plainAddress(topics.get(1)))
                    .containsEntry("to", plainAddress(topics.get(2)))
                    .containsEntry("value", plain(event, 0));
        });
    }

    @Test
    void nftTransfersAreNotErc20Transfers() {
        EventDecoder decoder = EventDecoder.of(Events.TRANSFER);
        List<Log> nft = logs.stream()
                .filter(log -> log.topics().size() == 4 && log.topics().get(0).equals(decoder.topic0()))
                .toList();

        assertThat(nft)
                .hasSize(10_595)
                .allSatisfy(log -> assertThat(decoder.decode(log)).isInstanceOf(NotThisEvent.class));
        assertThat(decoded(ERC721))
                .hasSize(10_595)
                .allSatisfy(event -> assertThat(event.number("tokenId"))
                        .isEqualTo(new BigInteger(event.log().topics().get(3).substring(2), 16)));
    }

    @Test
    void swapsOfVersion2AreCountedAndEqualThePlainDecoding() {
        assertThat(decoded(Events.SWAP_V2))
                .hasSize(563)
                .allSatisfy(event -> assertThat(event.values())
                        .containsEntry(
                                "sender", plainAddress(event.log().topics().get(1)))
                        .containsEntry("amount0In", plain(event, 0))
                        .containsEntry("amount1In", plain(event, 1))
                        .containsEntry("amount0Out", plain(event, 2))
                        .containsEntry("amount1Out", plain(event, 3))
                        .containsEntry("to", plainAddress(event.log().topics().get(2))));
    }

    @Test
    void swapsOfVersion3AreCountedAndEqualThePlainDecoding() {
        assertThat(decoded(Events.SWAP_V3))
                .hasSize(3_171)
                .allSatisfy(event -> assertThat(event.values())
                        .containsEntry(
                                "recipient", plainAddress(event.log().topics().get(2)))
                        .containsEntry("amount0", plainSigned(event, 0))
                        .containsEntry("amount1", plainSigned(event, 1))
                        .containsEntry("sqrtPriceX96", plain(event, 2))
                        .containsEntry("liquidity", plain(event, 3))
                        .containsEntry("tick", plainSigned(event, 4)));
    }

    /** One of the two has no zeros after its bytes. */
    @Test
    void theBytesOfARealWalletAreReadWithAndWithoutPadding() {
        assertThat(decoded(INVOKED)).hasSize(2).allSatisfy(event -> {
            String data = event.log().data();
            int length = plain(event, 1).intValueExact();
            assertThat(Hex.of(event.bytes("data"))).isEqualTo("0x" + data.substring(130, 130 + 2 * length));
        });
    }

    @Test
    void noDecoderThrowsOnAnyLogWhateverItsTopic() {
        for (String event : List.of(
                Events.TRANSFER,
                ERC721,
                Events.SWAP_V2,
                Events.SWAP_V3,
                INVOKED,
                "event None()",
                "event Text(string text, bytes blob)")) {
            EventDecoder decoder = EventDecoder.of(event);
            for (Log log : logs) {
                List<String> topics = new ArrayList<>(log.topics());
                if (!topics.isEmpty()) {
                    topics.set(0, decoder.topic0());
                }
                assertThat(decoder.decode(with(log, topics))).isNotNull();
            }
        }
    }

    @Test
    void aFilterSetFindsWhatAPlainScanFinds() {
        Map<String, Integer> decoded = new HashMap<>();
        FilterSet filters = FilterSet.builder()
                .units(Units.of(Map.of("USDC", 6, "WETH", 18)))
                .rule(Rule.named("whale").on(Events.TRANSFER).at(Events.USDC).when("value >= 400_000 USDC"))
                .rule(Rule.named("swap").on(Events.SWAP_V3).when("abs(amount0) >= 100_000 USDC"))
                .rule(Rule.named("pair").on(Events.SWAP_V2).when("amount0In > 0"))
                .listener(new FilterListener() {
                    @Override
                    public void onDecoded(String event) {
                        decoded.merge(event, 1, Integer::sum);
                    }
                })
                .build();

        List<Match> matches =
                logs.stream().flatMap(log -> filters.match(log).stream()).toList();

        assertThat(matches).filteredOn(match -> match.rule().equals("whale")).hasSize((int) plainWhales());
        assertThat(matches).filteredOn(match -> match.rule().equals("swap")).hasSize((int) plainBigSwaps());
        assertThat(plainWhales()).isPositive();
        assertThat(plainBigSwaps()).isPositive();
        assertThat(decoded).isEqualTo(Map.of("Transfer", 8_585, "Swap", 563 + 3_171));
    }

    private static long plainWhales() {
        return logs.stream()
                .filter(log -> log.topics().size() == 3 && log.topics().get(0).startsWith("0xddf252ad"))
                .filter(log -> log.address().equals(Events.USDC))
                .filter(log ->
                        new BigInteger(log.data().substring(2), 16).compareTo(BigInteger.valueOf(400_000_000_000L))
                                >= 0)
                .count();
    }

    private static long plainBigSwaps() {
        BigInteger limit = BigInteger.valueOf(100_000_000_000L);
        return logs.stream()
                .filter(log -> !log.topics().isEmpty() && log.topics().get(0).startsWith("0xc42079f9"))
                .filter(log -> signed(log.data().substring(2, 66)).abs().compareTo(limit) >= 0)
                .count();
    }

    private static List<Event> decoded(String event) {
        EventDecoder decoder = EventDecoder.of(event);
        List<Event> events = new ArrayList<>();
        for (Log log : logs) {
            if (decoder.decode(log) instanceof Event decoded) {
                events.add(decoded);
            }
        }
        return events;
    }

    private static Log with(Log log, List<String> topics) {
        return new Log(
                log.chainId(),
                log.blockNumber(),
                log.blockHash(),
                log.blockTime(),
                log.transactionHash(),
                log.logIndex(),
                log.address(),
                topics,
                log.data());
    }

    private static BigInteger plain(Event event, int word) {
        return new BigInteger(event.log().data().substring(2 + 64 * word, 66 + 64 * word), 16);
    }

    private static BigInteger plainSigned(Event event, int word) {
        return signed(event.log().data().substring(2 + 64 * word, 66 + 64 * word));
    }

    private static BigInteger signed(String digits) {
        BigInteger unsigned = new BigInteger(digits, 16);
        BigInteger modulus = BigInteger.TWO.pow(256);
        return unsigned.compareTo(modulus.shiftRight(1)) >= 0 ? unsigned.subtract(modulus) : unsigned;
    }

    private static String plainAddress(String topic) {
        return "0x" + topic.substring(26);
    }
}
