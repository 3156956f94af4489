package dev.tocsin.runner.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoLedgerTest {

    private static final long CHAIN = DemoChain.CHAIN_ID;
    private static final String USDC = "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48";
    private static final String SOMEBODY = "0x" + "0".repeat(62) + "01";

    private final DemoChain chain = DemoChain.create(CHAIN, InstantSource.fixed(Instant.EPOCH));
    private final DemoLedger all = new DemoLedger(block -> DemoOracle.alerts(CHAIN, block));
    private final DemoLedger critical = new DemoLedger(block -> DemoOracle.criticalAlerts(CHAIN, block));

    DemoLedgerTest() {
        chain.listen(all);
        chain.listen(critical);
    }

    private static Draft transfer(long dollars) {
        Draft.Log log = new Draft.Log(
                USDC, List.of(Order.TRANSFER, SOMEBODY, SOMEBODY), "0x" + String.format("%064x", dollars * 1_000_000));
        String sender = "0x" + "1".repeat(40);
        return new Draft(
                List.of(new Draft.Transaction(Hex.hashOf("t" + dollars), sender, USDC, true, 52_000, List.of(log))),
                "");
    }

    @Test
    void onlyWhatIsCriticalIsExpectedWhereOnlyThatIsRouted() {
        chain.append(transfer(300_000));
        chain.append(transfer(2_000_000));

        assertThat(all.expected()).isEqualTo(3);
        assertThat(critical.expected()).isEqualTo(1);
    }

    @Test
    void anAlertThatDoesNotArriveIsMissingAndOneThatArrivesTwiceIsRepeated() {
        DemoBlock block = chain.append(transfer(2_000_000));
        List<String> alerts = DemoOracle.alerts(CHAIN, block);

        all.onReceived(alerts.subList(0, 1));
        all.onReceived(alerts.subList(0, 1));

        assertThat(all.missing()).isEqualTo(1);
        assertThat(all.repeated()).isEqualTo(1);
        assertThat(critical.missing()).isEqualTo(1);
    }

    @Test
    void whatWasOrphanedNeedNotArriveButItsSuccessorMust() {
        DemoBlock orphan = chain.append(transfer(300_000));
        chain.append(transfer(1));
        chain.reorganise(2, List.of(transfer(300_000), transfer(2)));
        assertThat(all.missing()).isEqualTo(1);

        all.onReceived(DemoOracle.alerts(CHAIN, orphan));

        assertThat(all.expected()).isEqualTo(1);
        assertThat(all.missing()).isEqualTo(1);
        assertThat(all.repeated()).isZero();
    }
}
