package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.error.ErrorClass;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TransactionSenderMetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final SenderFixture fixture = new SenderFixture();
    private final FakeChain chain = fixture.chain;

    private TransactionSenderBuilder builder() {
        return fixture.builder().listener(TransactionSenderMeters.on(registry, "mine"));
    }

    private long count(String meter, String... tags) {
        return registry.get("tocsin.rpcpool.sender." + meter)
                .tags("sender", "mine")
                .tags(tags)
                .timer()
                .count();
    }

    @Test
    void simulationsAttemptsAndOutcomesAreCounted() throws InterruptedException {
        chain.minesAtOnce = false;
        fixture.afterPauses(9, chain::mine);

        builder().simulateFirst().build().send(transfer("a", 7));

        assertThat(count("simulated", "outcome", "passed")).isEqualTo(1);
        assertThat(count("sent", "purpose", "first", "outcome", "accepted", "class", "none"))
                .isEqualTo(1);
        assertThat(count("sent", "purpose", "replacement", "outcome", "accepted", "class", "none"))
                .isEqualTo(1);
        assertThat(count("outcome", "outcome", "confirmed", "limit", "none")).isEqualTo(1);
        assertThat(registry.get("tocsin.rpcpool.sender.outcome").timer().totalTime(TimeUnit.SECONDS))
                .isEqualTo(50);
    }

    @Test
    void refusalsAreCountedByTheirLimit() throws InterruptedException {
        builder().maxValue(BigInteger.ONE).build().send(transfer("a", 2));

        assertThat(count("outcome", "outcome", "refused", "limit", "value")).isEqualTo(1);
    }

    @Test
    void revertsInASimulationAreNotThoseInABlock() throws InterruptedException {
        chain.trial = new Chain.Trial.Reverts("paused");
        builder().simulateFirst().build().send(transfer("a", 7));
        chain.executionReverts = true;
        builder().build().send(transfer("b", 7).withGas(50_000));

        assertThat(count("simulated", "outcome", "would_revert")).isEqualTo(1);
        assertThat(count("outcome", "outcome", "would_revert", "limit", "none")).isEqualTo(1);
        assertThat(count("outcome", "outcome", "reverted", "limit", "none")).isEqualTo(1);
    }

    @Test
    void rejectionsDropsAndUnknownsAreCounted() throws InterruptedException {
        chain.answer = hash -> Optional.of(new SendOutcome.Rejected(hash, ErrorClass.TX_INVALID, "no", "fake"));
        builder().build().send(transfer("a", 7));
        chain.answer = hash -> Optional.empty();
        chain.minesAtOnce = false;
        builder().giveUpAfter(Duration.ofSeconds(1)).build().send(transfer("b", 7));

        assertThat(count("sent", "purpose", "first", "outcome", "rejected", "class", "tx_invalid"))
                .isEqualTo(1);
        assertThat(count("outcome", "outcome", "dropped", "limit", "none")).isEqualTo(1);
        assertThat(count("outcome", "outcome", "unknown", "limit", "none")).isEqualTo(1);
    }

    @Test
    void noTagHoldsAKeyAHashOrAnAddress() throws InterruptedException {
        builder().simulateFirst().build().send(transfer("invoice-2041", 7));

        assertThat(registry.getMeters())
                .flatExtracting((Meter meter) -> meter.getId().getTags())
                .extracting(Tag::getValue)
                .isNotEmpty()
                .noneMatch(value -> value.contains("invoice") || value.contains("0x"));
    }
}
