package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.OWNER;
import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KnownTransactionsTest extends PendingTransactionsContract {
    @Override
    PendingTransactions store() {
        return PendingTransactions.inMemory();
    }

    @Test
    void oldestOfTooManyFinishedIsForgotten() {
        KnownTransactions store = new KnownTransactions();
        for (int i = 0; i <= KnownTransactions.MOST_FINISHED; i++) {
            store.save(PendingTransaction.of(transfer("key-" + i, 1), OWNER)
                    .with(FIRST)
                    .finished(FIRST));
        }

        assertThat(store.size()).isEqualTo(KnownTransactions.MOST_FINISHED);
        assertThat(store.find("key-0")).isEmpty();
        assertThat(store.find("key-1")).isPresent();
    }
}
