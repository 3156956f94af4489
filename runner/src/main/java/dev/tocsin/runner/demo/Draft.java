package dev.tocsin.runner.demo;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a block will hold, before it is mined and has a number, a parent and a hash.
 *
 * @param transactions in block order
 * @param extraData text for the header's extra data; at most 32 ASCII characters
 */
public record Draft(List<Transaction> transactions, String extraData) {

    /**
     * Checks and copies.
     *
     * @throws IllegalArgumentException if the extra data is longer than 32 characters
     */
    public Draft {
        transactions = List.copyOf(transactions);
        if (extraData.length() > 32) {
            throw new IllegalArgumentException("extraData must have at most 32 characters, was " + extraData);
        }
    }

    /**
     * A transaction with what it did; the transaction itself is not executed.
     *
     * @param hash its hash, 32 bytes as hex
     * @param from its sender
     * @param to what it called; null if it created a contract
     * @param succeeded false if it was reverted
     * @param gasUsed the gas it took
     * @param logs its logs, in order
     */
    public record Transaction(
            String hash, String from, @Nullable String to, boolean succeeded, long gasUsed, List<Log> logs) {

        /** Checks and copies. */
        public Transaction {
            Objects.requireNonNull(hash, "hash");
            Objects.requireNonNull(from, "from");
            logs = List.copyOf(logs);
        }
    }

    /**
     * A log's own content.
     *
     * @param address the contract, 20 bytes as hex
     * @param topics none to four, 32 bytes as hex each
     * @param data any number of bytes as hex
     */
    public record Log(String address, List<String> topics, String data) {

        /** Checks and copies. */
        public Log {
            Objects.requireNonNull(address, "address");
            topics = List.copyOf(topics);
            Objects.requireNonNull(data, "data");
        }
    }
}
