package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.OWNER;
import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.tocsin.rpcpool.sender.TransactionOutcome.Dropped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransactionFileTest extends PendingTransactionsContract {
    @TempDir
    private Path folder;

    private final List<PendingTransactions> opened = new ArrayList<>();

    private Path file() {
        return folder.resolve("pending.jsonl");
    }

    @Override
    PendingTransactions store() {
        PendingTransactions store = PendingTransactions.file(file());
        opened.add(store);
        return store;
    }

    @AfterEach
    void close() {
        opened.forEach(PendingTransactions::close);
    }

    @Test
    void allIsThereAfterARestart() {
        PendingTransactions before = store();
        before.save(UNSIGNED.with(FIRST).with(SECOND));
        before.save(PendingTransaction.of(transfer("d", 1), OWNER));
        before.save(PendingTransaction.of(transfer("e", 1), OWNER).with(FIRST).finished(FIRST));
        Dropped dropped = new Dropped(FIRST.hash(), Optional.of(SECOND.hash()), "cancelled");
        before.save(PendingTransaction.of(transfer("f", 1), OWNER).with(FIRST).finished(dropped));
        before.remove("d");
        before.close();

        PendingTransactions after = store();

        assertThat(after.open()).containsExactly(UNSIGNED.with(FIRST).with(SECOND));
        assertThat(after.find("e"))
                .hasValueSatisfying(found -> assertThat(found.isFinished()).isTrue());
        assertThat(after.find("f").orElseThrow().dropped()).contains(dropped);
        assertThat(after.find("d")).isEmpty();
    }

    @Test
    void halfALineAtTheEndIsLeftOutAndWrittenOver() throws IOException {
        PendingTransactions before = store();
        before.save(UNSIGNED);
        before.close();
        Files.writeString(file(), "{\"key\":\"x", StandardOpenOption.APPEND);

        PendingTransactions after = store();
        after.save(UNSIGNED.with(FIRST));
        after.close();

        assertThat(store().open()).containsExactly(UNSIGNED.with(FIRST));
    }

    @Test
    void otherFileIsNotTakenForOurs() throws IOException {
        Files.writeString(file(), "hello\n");

        assertThatIllegalStateException().isThrownBy(this::store).withMessageContaining("line 1");
    }

    @Test
    void storeIsForOneAtATime() {
        PendingTransactions first = store();
        assertThatIllegalStateException().isThrownBy(this::store).withMessageContaining("in use");

        first.close();

        assertThat(store().open()).isEmpty();
    }

    @Test
    void closedStoreTakesNothing() {
        PendingTransactions store = store();
        store.close();

        assertThatIllegalStateException().isThrownBy(() -> store.save(UNSIGNED));
    }

    @Test
    void fileDoesNotGrowWithWhatIsForgotten() throws IOException {
        PendingTransactions store = store();
        for (int i = 0; i < 150; i++) {
            store.save(UNSIGNED);
            store.remove(UNSIGNED.key());
        }

        try (var lines = Files.lines(file())) {
            assertThat(lines.count()).isLessThan(250);
        }
    }
}
