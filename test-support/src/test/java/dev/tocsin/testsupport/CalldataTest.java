package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Test;

class CalldataTest {
    private static final String A = "0x00000000000000000000000000000000000000aa";
    private static final String B = "0x00000000000000000000000000000000000000bb";

    @Test
    void anArrayLiesBehindTheWordsAndTheHeadSaysWhere() {
        String hex = Calldata.call("12345678")
                .uint(BigInteger.TEN)
                .addresses(List.of(A, B))
                .address(A)
                .hex();

        assertThat(hex)
                .isEqualTo("0x12345678"
                        + "000000000000000000000000000000000000000000000000000000000000000a"
                        + "0000000000000000000000000000000000000000000000000000000000000060"
                        + "00000000000000000000000000000000000000000000000000000000000000aa"
                        + "0000000000000000000000000000000000000000000000000000000000000002"
                        + "00000000000000000000000000000000000000000000000000000000000000aa"
                        + "00000000000000000000000000000000000000000000000000000000000000bb");
    }

    @Test
    void textIsPaddedToWholeWords() {
        assertThat(Calldata.deploy("6000").text("TTD").hex())
                .isEqualTo("0x6000"
                        + "0000000000000000000000000000000000000000000000000000000000000020"
                        + "0000000000000000000000000000000000000000000000000000000000000003"
                        + "5454440000000000000000000000000000000000000000000000000000000000");
    }
}
