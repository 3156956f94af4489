package dev.tocsin.runner.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Recorded real blocks, played as if mined now: every whole block ({@code *.json.gz}) and every group of logs of one chain
 * and block number ({@code *.jsonl.gz}, all files together) below a directory becomes one block, whole blocks first, each
 * kind by chain id and number.
 *
 * <p>Addresses, topics, data and transaction hashes are kept to the letter (as lower-case hex), logs in the recorded order,
 * odd ones included. Number, parent, hash, timestamp and the indexes are those of the demo chain; the extra data says
 * {@code chainId-number} of the recording. A transaction whose hash was not recorded gets one derived from its place.
 *
 * <p>Everything is read and checked at the start; the logs of the log files, at most {@value #MAX_LOGS}, stay in memory, a
 * whole block is read again when its turn comes. Not thread-safe; the miner is its one user.
 */
public final class RecordedBlocks implements BlockSource {

    private static final int MAX_LOGS = 1_000_000;
    private static final String WHOLE_BLOCK = ".json.gz";
    private static final String LOG_LINES = ".jsonl.gz";

    private final Path directory;
    private final List<WholeBlock> wholeBlocks = new ArrayList<>();
    private final SequencedMap<Place, List<RecordedLog>> groups = new TreeMap<>();
    private final Iterator<WholeBlock> nextWhole;
    private final int blocks;
    private int logs;

    private RecordedBlocks(Path directory) {
        this.directory = directory;
        for (Path file : recordings(directory)) {
            if (file.toString().endsWith(WHOLE_BLOCK)) {
                RecordingReader.Block block = RecordingReader.readBlock(file);
                wholeBlocks.add(new WholeBlock(block.place(), file));
                logs += block.logCount();
            } else {
                RecordingReader.readLogs(file, this::add);
            }
        }
        groups.values().forEach(group -> group.sort(Comparator.comparingLong(RecordedLog::logIndex)));
        wholeBlocks.sort(Comparator.comparing(WholeBlock::place));
        nextWhole = wholeBlocks.iterator();
        blocks = wholeBlocks.size() + groups.size();
    }

    /**
     * Reads and checks every recording below a directory.
     *
     * @param directory where {@code *.json.gz} (whole blocks) and {@code *.jsonl.gz} (logs) lie, at any depth
     * @return the recorded blocks
     * @throws RecordingException if it is missing, holds no recording, or a file is not in the format; the message names
     *     the file and what was expected
     */
    public static RecordedBlocks read(Path directory) {
        return new RecordedBlocks(Objects.requireNonNull(directory, "directory"));
    }

    /**
     * How many blocks there are in all, played or not.
     *
     * @return at least 1
     */
    public int blocks() {
        return blocks;
    }

    /**
     * How many logs there are in all, played or not.
     *
     * @return from 0
     */
    public int logs() {
        return logs;
    }

    @Override
    public String describe() {
        return "recorded real blocks of " + directory + ", " + blocks + (blocks == 1 ? " block" : " blocks") + " with "
                + logs + (logs == 1 ? " log" : " logs");
    }

    @Override
    public Optional<Step> next() {
        if (nextWhole.hasNext()) {
            return Optional.of(new Step.Append(
                    RecordingReader.readBlock(nextWhole.next().file()).draft()));
        }
        var group = groups.pollFirstEntry();
        return group == null ? Optional.empty() : Optional.of(new Step.Append(draft(group.getKey(), group.getValue())));
    }

    private void add(Place place, RecordedLog log) {
        if (++logs > MAX_LOGS) {
            throw new RecordingException(
                    directory + " holds more than " + MAX_LOGS + " logs; expected at most so many, play a part of it",
                    null);
        }
        groups.computeIfAbsent(place, any -> new ArrayList<>()).add(log);
    }

    /** Neighbouring logs of one transaction are one transaction again; its sender and gas were not recorded. */
    private static Draft draft(Place place, List<RecordedLog> recorded) {
        List<Draft.Transaction> transactions = new ArrayList<>();
        for (int from = 0; from < recorded.size(); ) {
            String hash = recorded.get(from).transactionHash();
            List<Draft.Log> logs = new ArrayList<>();
            int to = from;
            while (to < recorded.size() && recorded.get(to).transactionHash().equals(hash)) {
                logs.add(recorded.get(to++).log());
            }
            String sender = "0x" + Hex.hashOf("sender of " + hash).substring(26);
            transactions.add(new Draft.Transaction(
                    hash, sender, logs.getFirst().address(), true, 21_000 + 30_000L * logs.size(), logs));
            from = to;
        }
        return new Draft(transactions, place.text());
    }

    private static List<Path> recordings(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new RecordingException(
                    directory + (Files.exists(directory) ? " is not a folder" : " does not exist")
                            + "; expected a folder with recorded blocks, *" + WHOLE_BLOCK + " or *" + LOG_LINES
                            + " at any depth",
                    null);
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(file -> file.toString().endsWith(WHOLE_BLOCK)
                            || file.toString().endsWith(LOG_LINES))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new RecordingException(directory + " cannot be listed: " + RecordingReader.reason(e), e);
        } catch (UncheckedIOException e) {
            throw new RecordingException(directory + " cannot be listed: " + RecordingReader.reason(e.getCause()), e);
        }
        if (files.isEmpty()) {
            throw new RecordingException(
                    directory + " holds no recorded blocks; expected *" + WHOLE_BLOCK + " or *" + LOG_LINES
                            + " files at any depth",
                    null);
        }
        return files;
    }

    /** Where a block or log was recorded. */
    record Place(long chainId, long number) implements Comparable<Place> {

        private static final Comparator<Place> ORDER =
                Comparator.comparingLong(Place::chainId).thenComparingLong(Place::number);

        String text() {
            return chainId + "-" + number;
        }

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /** A line of a log file. */
    record RecordedLog(long logIndex, String transactionHash, Draft.Log log) {}

    private record WholeBlock(Place place, Path file) {}
}
