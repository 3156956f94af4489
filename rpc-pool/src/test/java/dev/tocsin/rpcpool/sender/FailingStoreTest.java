package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.OTHER;
import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A store that cannot write for a while. */
class FailingStoreTest {

    private final SenderFixture fixture = new SenderFixture();
    private boolean isFull;

    private final PendingTransactions store = new PendingTransactions() {
        @Override
        public Optional<PendingTransaction> find(String key) {
            return fixture.pending.find(key);
        }

        @Override
        public void save(PendingTransaction transaction) {
            write();
            fixture.pending.save(transaction);
        }

        @Override
        public void remove(String key) {
            write();
            fixture.pending.remove(key);
        }

        @Override
        public List<PendingTransaction> open() {
            return fixture.pending.open();
        }
    };

    private void write() {
        if (isFull) {
            throw new UncheckedIOException(new IOException("no space left"));
        }
    }

    @Test
    void whatAnotherInstanceHasReservedUnderTheKeyStaysReserved() throws InterruptedException {
        fixture.limits = SpendingLimits.daily(BigInteger.TEN, fixture.clock);
        fixture.limits.reserve("a", OTHER, BigInteger.TEN);
        TransactionSender sender = fixture.builder().pending(store).build();
        isFull = true;

        assertThatThrownBy(() -> sender.send(transfer("a", 10))).isInstanceOf(UncheckedIOException.class);

        assertThat(fixture.limits.reserve("b", OTHER, BigInteger.ONE)).isFalse();
    }

    @Test
    void whatCouldNotBeWrittenTakesNoPlaceOfWhatCanBe() throws InterruptedException {
        TransactionSender sender =
                fixture.builder().pending(store).maxPending(1).build();
        isFull = true;
        assertThatThrownBy(() -> sender.send(transfer("a", 1))).isInstanceOf(UncheckedIOException.class);
        isFull = false;

        assertThat(sender.send(transfer("b", 1))).isInstanceOf(Confirmed.class);
    }
}
