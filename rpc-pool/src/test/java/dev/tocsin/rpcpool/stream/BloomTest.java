package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tocsin.rpcpool.internal.hex.Keccak256;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BloomTest {
    // bits of the yellow paper's M for one address, computed by hand from its Keccak-256
    private static final String ADDRESS = "0x0000000000000000000000000000000000000001";

    @Test
    void anItemSetsThreeBitsByTheFirstSixBytesOfItsHash() {
        byte[] hash = Keccak256.hash(HexFormat.of().parseHex(ADDRESS.substring(2)));
        byte[] bits = new byte[256];
        for (int i = 0; i < 6; i += 2) {
            int bit = ((hash[i] & 7) << 8) | (hash[i + 1] & 0xff);
            bits[255 - bit / 8] |= (byte) (1 << (bit % 8));
        }
        Bloom parsed = Bloom.parse("0x" + HexFormat.of().formatHex(bits));

        assertThat(parsed.mayContain(Bloom.item(ADDRESS))).isTrue();
        assertThat(parsed.sameAs(Bloom.of(List.of(Bloom.item(ADDRESS))))).isTrue();
        assertThat(parsed.mayContain(Bloom.item(ADDRESS.replace('1', '2')))).isFalse();
        assertThat(parsed.isZero()).isFalse();
    }

    @Test
    void theZeroBloomIsZero() {
        assertThat(Bloom.parse("0x" + "0".repeat(512)).isZero()).isTrue();
        assertThat(Bloom.ZERO.isZero()).isTrue();
    }

    @Test
    void anotherTextIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Bloom.parse("0x00"));
        assertThatIllegalArgumentException().isThrownBy(() -> Bloom.parse("0x" + "g".repeat(512)));
    }
}
