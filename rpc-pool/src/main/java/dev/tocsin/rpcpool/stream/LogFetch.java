package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.stream.ChainReader.LogsAnswer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gets the logs of a row of blocks. Asks only about those whose bloom may contain what is wanted, asks a second time where the
 * bloom says yes and the answer is empty, and never takes a failed or wrong answer for "no logs".
 */
final class LogFetch {
    private final ChainReader reader;
    private final LogQuery query;
    private final LogCheck check;

    LogFetch(ChainReader reader, LogQuery query, LogCheck check) {
        this.reader = reader;
        this.query = query;
        this.check = check;
    }

    /**
     * What came of it.
     *
     * @param logs the wanted logs of the first blocks, as many as were answered without a gap
     * @param doubtful those of these blocks that should have logs by their bloom, and had none twice
     * @param failure why the next block has none, or null if all were answered
     */
    record Fetched(
            List<List<Log>> logs,
            List<Header> doubtful,
            @Nullable String failure) {}

    Fetched fetch(List<Block> blocks) throws ChainReadException, InterruptedException {
        @Nullable Outcome[] outcomes = new @Nullable Outcome[blocks.size()];
        List<Integer> asked = new ArrayList<>();
        for (int i = 0; i < outcomes.length; i++) {
            if (check.mayHaveLogs(blocks.get(i))) {
                asked.add(i);
            } else {
                outcomes[i] = new Outcome(List.of(), false, null);
            }
        }
        List<Integer> again = ask(blocks, asked, outcomes);
        ask(blocks, again, outcomes);
        return collect(blocks, outcomes);
    }

    /** Asks about these blocks; returns those whose answer is empty against their bloom. */
    private List<Integer> ask(List<Block> blocks, List<Integer> asked, @Nullable Outcome[] outcomes)
            throws ChainReadException, InterruptedException {
        if (asked.isEmpty()) {
            return List.of();
        }
        List<Block> subject = asked.stream().map(blocks::get).toList();
        List<LogsAnswer> answers = reader.logs(subject, query);
        if (answers.size() != subject.size()) {
            throw new ChainReadException(answers.size() + " answers about the logs of " + subject.size() + " blocks");
        }
        List<Integer> empty = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            Outcome outcome = judge(subject.get(i), answers.get(i));
            outcomes[asked.get(i)] = outcome;
            if (outcome.doubtful()) {
                empty.add(asked.get(i));
            }
        }
        return empty;
    }

    private Outcome judge(Block block, LogsAnswer answer) {
        return switch (answer) {
            case LogsAnswer.Failed failed -> new Outcome(List.of(), false, failed.why());
            case LogsAnswer.Told told -> {
                String wrong = check.whatIsWrong(block, told.logs());
                List<Log> wanted = told.logs().stream()
                        .map(ChainReader.ToldLog::log)
                        .filter(query::wants)
                        .toList();
                yield new Outcome(wanted, told.logs().isEmpty() && check.promisesLogs(block), wrong);
            }
        };
    }

    private static Fetched collect(List<Block> blocks, @Nullable Outcome[] outcomes) {
        List<List<Log>> logs = new ArrayList<>();
        List<Header> doubtful = new ArrayList<>();
        for (int i = 0; i < outcomes.length; i++) {
            Outcome outcome = outcomes[i];
            if (outcome == null || outcome.wrong() != null) {
                String why = outcome == null ? "no answer" : outcome.wrong();
                return new Fetched(
                        logs, doubtful, "logs of block " + blocks.get(i).number() + ": " + why);
            }
            logs.add(outcome.logs());
            if (outcome.doubtful()) {
                doubtful.add(blocks.get(i).header());
            }
        }
        return new Fetched(logs, doubtful, null);
    }

    private record Outcome(
            List<Log> logs, boolean doubtful, @Nullable String wrong) {}
}
