package dev.tocsin.runner.demo;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A block of the demo chain; immutable. */
public final class DemoBlock {

    private static final BigInteger BASE_FEE_WEI = BigInteger.valueOf(7_000_000_000L);
    private static final String PROPOSER = "0x388c818ca8b9251b393131c08a736a67ccb19297";

    private final DemoHeader header;
    private final String hash;
    private final List<Draft.Transaction> transactions;
    private final List<DemoLog> logs;
    private final long minedAtMillis;

    private DemoBlock(DemoHeader header, List<Draft.Transaction> transactions, List<DemoLog> logs, long minedAtMillis) {
        this.header = header;
        this.hash = header.hash();
        this.transactions = transactions;
        this.logs = logs;
        this.minedAtMillis = minedAtMillis;
    }

    /** Mines the draft on a parent. The sequence makes two blocks of the same content different, as the beacon's randomness does. */
    static DemoBlock mine(
            String parentHash, long number, long timestampSeconds, Draft draft, long sequence, long minedAtMillis) {
        List<DemoLog> logs = numbered(draft.transactions());
        long gasUsed = draft.transactions().stream()
                .mapToLong(Draft.Transaction::gasUsed)
                .sum();
        // The roots are hashes over what they stand for, not roots of Merkle tries: nothing in the demo asks for a
        // proof.
        DemoHeader header = new DemoHeader(
                parentHash,
                DemoHeader.NO_UNCLES,
                PROPOSER,
                Hex.hashOf("state " + parentHash + sequence),
                draft.transactions().isEmpty() ? DemoHeader.EMPTY_ROOT : transactionsRoot(draft.transactions()),
                draft.transactions().isEmpty() ? DemoHeader.EMPTY_ROOT : receiptsRoot(logs),
                LogsBloom.of(logs).hex(),
                BigInteger.ZERO,
                number,
                Math.max(30_000_000L, gasUsed),
                gasUsed,
                timestampSeconds,
                Hex.data(draft.extraData().getBytes(StandardCharsets.US_ASCII)),
                Hex.hashOf("randomness " + sequence),
                "0x0000000000000000",
                BASE_FEE_WEI,
                DemoHeader.EMPTY_ROOT,
                BigInteger.ZERO,
                BigInteger.ZERO,
                Hex.hashOf("beacon " + parentHash),
                null);
        return new DemoBlock(header, draft.transactions(), logs, minedAtMillis);
    }

    /**
     * The block's number.
     *
     * @return from 0
     */
    public long number() {
        return header.number();
    }

    /**
     * The block's hash: keccak256 of the encoded header.
     *
     * @return 32 bytes as hex
     */
    public String hash() {
        return hash;
    }

    /**
     * The hash of the block before it.
     *
     * @return 32 bytes as hex
     */
    public String parentHash() {
        return header.parentHash();
    }

    /**
     * The header's timestamp.
     *
     * @return seconds since 1970
     */
    public long timestampSeconds() {
        return header.timestamp();
    }

    /**
     * When it was mined, finer than the header says; for the measurement of latency.
     *
     * @return milliseconds since 1970
     */
    public long minedAtMillis() {
        return minedAtMillis;
    }

    /**
     * How many logs it has.
     *
     * @return from 0
     */
    public int logCount() {
        return logs.size();
    }

    /**
     * The text in the header's extra data: for a recorded block {@code chainId-number} of the recording.
     *
     * @return at most 32 characters
     */
    public String extraData() {
        return new String(Hex.bytes(header.extraData()), StandardCharsets.US_ASCII);
    }

    DemoHeader header() {
        return header;
    }

    List<Draft.Transaction> transactions() {
        return transactions;
    }

    List<DemoLog> logs() {
        return logs;
    }

    @Override
    public String toString() {
        return "block " + number() + " " + hash + " with " + logCount() + " logs";
    }

    private static List<DemoLog> numbered(List<Draft.Transaction> transactions) {
        List<DemoLog> logs = new ArrayList<>();
        for (int index = 0; index < transactions.size(); index++) {
            Draft.Transaction transaction = transactions.get(index);
            for (Draft.Log log : transaction.logs()) {
                logs.add(new DemoLog(log.address(), log.topics(), log.data(), transaction.hash(), index, logs.size()));
            }
        }
        return List.copyOf(logs);
    }

    private static String transactionsRoot(List<Draft.Transaction> transactions) {
        StringBuilder all = new StringBuilder("transactions");
        transactions.forEach(transaction -> all.append(transaction.hash()));
        return Hex.hashOf(all.toString());
    }

    private static String receiptsRoot(List<DemoLog> logs) {
        StringBuilder all = new StringBuilder("receipts");
        logs.forEach(log -> all.append(log));
        return Hex.hashOf(all.toString());
    }
}
