package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

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
                .isThrownBy(() -> LogQuery.event("Transfer(address, address)"))
                .withMessageContaining("Transfer(address,address,uint256)");
    }
}
