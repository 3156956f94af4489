package dev.tocsin.filters;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Keccak256Test {
    @ParameterizedTest
    @CsvSource({
        "'', c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
        "abc, 4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
        "testing, 5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02",
        "'Transfer(address,address,uint256)', ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef",
        "'Approval(address,address,uint256)', 8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925",
        "'Swap(address,uint256,uint256,uint256,uint256,address)',"
                + " d78ad95fa46c994b6551d0da85fc275fe613ce37657fb8d5e3d130840159d822",
        "'Swap(address,address,int256,int256,uint160,uint128,int24)',"
                + " c42079f94a6350d7e6235f29174924f928cc2ac818eb64fed8004e115fbcca67",
        "'Deposit(address,uint256)', e1fffcc4923d04b559f4d29a8bfc6cda04eb5b0d3c460751c2402c5c5cc9109c"
    })
    void knownMessagesHaveTheirKnownHashes(String message, String hash) {
        assertThat(hex(message)).isEqualTo(hash);
    }

    /** The block is 136 bytes: one less, exactly one, one more. Expected values by Bouncy Castle's KeccakDigest. */
    @Test
    void aMessageOfAWholeBlockIsPaddedWithABlockOfItsOwn() {
        assertThat(hex("a".repeat(135))).isEqualTo("34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446");
        assertThat(hex("a".repeat(136))).isEqualTo("a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e");
        assertThat(hex("a".repeat(137))).isEqualTo("d869f639c7046b4929fc92a4d988a8b22c55fbadb802c0c66ebcd484f1915f39");
    }

    private static String hex(String message) {
        return HexFormat.of().formatHex(Keccak256.hash(message.getBytes(StandardCharsets.UTF_8)));
    }
}
