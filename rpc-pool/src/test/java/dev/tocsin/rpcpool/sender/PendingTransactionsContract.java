package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.OWNER;
import static dev.tocsin.rpcpool.sender.SenderFixture.gwei;
import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.sender.PendingTransaction.Attempt;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every store of pending transactions must do. */
abstract class PendingTransactionsContract {

    static final Attempt FIRST =
            new Attempt(3, 21_000, new GasPrice.Legacy(gwei(2)), "0x01", Hex.keccak256("0x01"), false);
    static final Attempt SECOND =
            new Attempt(3, 21_000, new GasPrice.Dynamic(gwei(3), gwei(1)), "0x02", Hex.keccak256("0x02"), true);
    static final PendingTransaction UNSIGNED =
            PendingTransaction.of(transfer("a \"b\"\nc", 7).withGas(50_000), OWNER);

    abstract PendingTransactions store();

    @Test
    void whatWasSavedLastIsFound() {
        PendingTransactions store = store();
        store.save(UNSIGNED);
        assertThat(store.find(UNSIGNED.key())).contains(UNSIGNED);

        store.save(UNSIGNED.with(FIRST).with(SECOND));

        assertThat(store.find(UNSIGNED.key())).contains(UNSIGNED.with(FIRST).with(SECOND));
        assertThat(store.open()).containsExactly(UNSIGNED.with(FIRST).with(SECOND));
    }

    @Test
    void finishedIsFoundButNotOpen() {
        PendingTransactions store = store();
        store.save(UNSIGNED.with(FIRST).with(SECOND));

        store.save(UNSIGNED.with(FIRST).finished(FIRST));

        assertThat(store.find(UNSIGNED.key()))
                .hasValueSatisfying(found -> assertThat(found.isFinished()).isTrue());
        assertThat(store.open()).isEmpty();
    }

    @Test
    void droppedIsFoundWithItsOutcomeButNotOpen() {
        PendingTransactions store = store();
        store.save(UNSIGNED.with(FIRST));
        Dropped named = new Dropped(FIRST.hash(), Optional.of(SECOND.hash()), "cancelled");
        Dropped unnamed = new Dropped(FIRST.hash(), Optional.empty(), "a \"reason\"");

        store.save(UNSIGNED.with(FIRST).finished(named));
        store.save(PendingTransaction.of(transfer("d", 1), OWNER).with(FIRST).finished(unnamed));

        assertThat(store.find(UNSIGNED.key()).orElseThrow().dropped()).contains(named);
        assertThat(store.find("d").orElseThrow().dropped()).contains(unnamed);
        assertThat(store.open()).isEmpty();
    }

    @Test
    void removedIsNotFound() {
        PendingTransactions store = store();
        store.save(UNSIGNED);
        store.save(PendingTransaction.of(transfer("d", 1), OWNER));

        store.remove(UNSIGNED.key());
        store.remove("never seen");

        assertThat(store.find(UNSIGNED.key())).isEmpty();
        assertThat(store.open()).containsExactly(PendingTransaction.of(transfer("d", 1), OWNER));
    }
}
