package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LogQueryTest {
    private static final String USDC = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48";
    private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

    @Test
    void eventsAreAskedForByTheHashOfTheirSignature() {
        LogQuery query = LogQuery.address(USDC).withEvents("Transfer(address,address,uint256)");

        assertThat(query.topic0s()).containsExactly(TRANSFER);
        assertThat(query.request("0xaa"))
                .containsEntry("blockHash", "0xaa")
                .containsEntry("address", List.of(USDC.toLowerCase(Locale.ROOT)))
                .containsEntry("topics", List.of(List.of(TRANSFER)));
        assertThat(query).isEqualTo(new LogQuery(Set.of(USDC), Set.of(TRANSFER)));
    }

    @Test
    void everythingIsAskedForWithoutAnyFilter() {
        assertThat(LogQuery.all().request("0xaa")).containsOnlyKeys("blockHash");
    }

    @Test
    void whatIsNoAddressTopicOrSignatureIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogQuery.address("0x1234"))
                .withMessageContaining("40");
        assertThatIllegalArgumentException().isThrownBy(LogQuery::address);
        assertThatIllegalArgumentException().isThrownBy(() -> new LogQuery(Set.of(), Set.of(USDC)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogQuery.event("Transfer address"))
                .withMessageContaining("Transfer(address,address,uint256)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer(address,address,uint)",
                "Transfer(address, address, uint256)",
                "event Transfer(address indexed from, address indexed to, uint256 value)",
                " event  Transfer ( address indexed, address to , uint value ) ; "
            })
    void signatureIsTakenAsItIsWrittenInSolidity(String signature) {
        assertThat(LogQuery.event(signature).topic0s()).containsExactly(TRANSFER);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Paused()                                    | Paused()",
                "A(int,int[],uint[3][])                      | A(int256,int256[],uint256[3][])",
                "A((uint,(bool,bytes32)[2])[] indexed x,int) | A((uint256,(bool,bytes32)[2])[],int256)",
                "event A(tuple(address owner, uint n) o)     | A((address,uint256))",
                "A(fixed,ufixed,function,bytes,string)       | A(fixed128x18,ufixed128x18,function,bytes,string)"
            })
    void signatureIsMadeCanonical(String signature, String canonical) {
        assertThat(EventSignature.canonical(signature)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Transfer(adress,address,uint256) | adress",
                "A(uint7)                         | uint7",
                "A(uint264)                       | uint264",
                "A(bytes33)                       | bytes33",
                "A((address,IERC20)[])            | IERC20",
                "A(address,)                      | ''",
                "A(address from to)               | address from to",
                "A((address)                      | (address",
                "A(address))                      | address)"
            })
    void whatIsNoTypeIsRefusedByName(String signature, String told) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LogQuery.event(signature))
                .withMessageContaining("'" + told + "'")
                .withMessageContaining(signature);
    }
}
