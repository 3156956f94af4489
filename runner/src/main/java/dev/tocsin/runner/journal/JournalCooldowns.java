package dev.tocsin.runner.journal;

import dev.tocsin.filters.CooldownStore;
import java.time.Duration;
import java.time.Instant;

/** Cooldowns as rows: one per match that passed, so that a withdrawn match gives its place back to the one before it. */
final class JournalCooldowns implements CooldownStore {

    private final Transactions transactions;

    JournalCooldowns(Transactions transactions) {
        this.transactions = transactions;
    }

    /** {@link Journal#transact}. */
    @FunctionalInterface
    interface Transactions {
        <T> T run(Journal.Work<T> work);
    }

    @Override
    public boolean pass(String key, Instant at, Duration period, String matchKey) {
        return transactions.run(transaction -> transaction.pass(key, at, period, matchKey));
    }

    @Override
    public void withdraw(String matchKey) {
        transactions.<Boolean>run(transaction -> transaction.withdrawPass(matchKey));
    }
}
