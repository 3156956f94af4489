package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tocsin.rpcpool.internal.hex.Hex;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CheckpointTest {
    private static final List<Header> HEADERS = new FakeChain(new Random(1), true)
            .line(140).stream().map(block -> block.block().header()).toList();

    private static Checkpoint checkpoint(int from, int to) {
        Header last = HEADERS.get(to);
        return new Checkpoint(last.number(), last.hash(), HEADERS.subList(from, to + 1), Math.min(from, 3));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, 139})
    void whatIsEncodedIsReadBackEqual(int from) {
        Checkpoint checkpoint = checkpoint(from, 139);

        assertThat(Checkpoint.parse(checkpoint.encode())).isEqualTo(checkpoint);
        assertThat(checkpoint.encode()).matches("[!-~ ]+").hasSizeLessThan(300 + 72 * (140 - from));
    }

    @Test
    void aPositionWithoutHeadersIsReadBackEqual() {
        Checkpoint genesis = Checkpoint.before(-1, Hex.ZERO_HASH);
        Checkpoint later = new Checkpoint(7, "0xAB", List.of());

        assertThat(Checkpoint.parse(genesis.encode())).isEqualTo(genesis);
        assertThat(Checkpoint.parse(later.encode())).isEqualTo(later);
        assertThat(later.hash()).isEqualTo("0xab");
        assertThat(later.start()).isZero();
    }

    @Test
    void everyTextThatIsCutOffIsRefused() {
        String text = checkpoint(136, 139).encode();

        for (int length = 0; length < text.length(); length++) {
            String cut = text.substring(0, length);
            assertThatIllegalArgumentException()
                    .as("cut at %d", length)
                    .isThrownBy(() -> Checkpoint.parse(cut))
                    .withMessageContaining("checkpoint");
        }
    }

    @Test
    void aChangedTextIsRefusedOrReadsAsAChain() {
        String text = checkpoint(136, 139).encode();
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder changed = new StringBuilder(text);
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                changed.setCharAt(random.nextInt(text.length()), (char) (' ' + random.nextInt(95)));
            }
            try {
                Checkpoint read = Checkpoint.parse(changed.toString());
                assertThat(Checkpoint.parse(read.encode())).isEqualTo(read);
            } catch (IllegalArgumentException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "c2 0 0 aa 0 .",
                "c1 0 0 aa 0 . ",
                "c1 x 0 aa 0 .",
                "c1 0 0 zz 0 .",
                "c1 0 0 aa 9999999999 .",
                "c1 0 0 aa 0 ,",
                "c1 9 3 aa 0 .",
                "c1 0 0 aa 1 bb cc 5 .",
                "c1 0 0 aa 1 bb aa 99999999999999999 .",
                "c1 0 0 aa -1 ."
            })
    void aTextOfAnotherFormIsRefused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Checkpoint.parse(text));
    }

    @Test
    void theMessageSaysWhatWasExpectedWhere() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Checkpoint.parse("c1 0 seven aa 0 ."))
                .withMessage("checkpoint, word 3: expected a block number, found 'seven'");
    }

    @Test
    void headersThatAreNoChainAreRefused() {
        Header last = HEADERS.get(9);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Checkpoint(9, last.hash(), List.of(HEADERS.get(7), last), 0))
                .withMessageContaining("9 is not the child of 7");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Checkpoint(9, last.hash(), List.of(HEADERS.get(8)), 0))
                .withMessageContaining("must end with block 9");
    }
}
