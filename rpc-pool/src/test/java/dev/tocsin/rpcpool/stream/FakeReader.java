package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.stream.FakeChain.FakeBlock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Several nodes with their own branches, and what nodes do wrong. Faults come from a script, then from a source of chance.
 * A node does not say twice in a row that a block is empty when it is not: against that only all-log queries are safe.
 */
final class FakeReader implements ChainReader {
    /** What a node does wrong when asked for blocks. */
    enum ViewFault {
        NONE,
        ERROR,
        LAG,
        HOLE,
        MIXED,
        HEAD_BEFORE_BLOCKS
    }

    /** What a node does wrong when asked for the logs of one block. */
    enum LogFault {
        NONE,
        ERROR,
        BATCH_ERROR,
        EMPTY,
        PARTIAL,
        WRONG_HASH,
        REMOVED,
        SHIFTED,
        FOREIGN
    }

    /** The branch of each node; the first is the true one. */
    final List<List<FakeBlock>> nodes = new ArrayList<>();

    final Deque<ViewFault> viewFaults = new ArrayDeque<>();
    final Deque<LogFault> logFaults = new ArrayDeque<>();
    Supplier<ViewFault> viewChance = () -> ViewFault.NONE;
    Supplier<LogFault> logChance = () -> LogFault.NONE;
    Supplier<Integer> choice = () -> 0;
    int views;
    int logCalls;
    int logsAsked;
    int largestBatch;
    final AtomicInteger subscriptions = new AtomicInteger();
    volatile Optional<Runnable> heads = Optional.empty();
    volatile boolean closed;

    private final Set<String> saidEmpty = new HashSet<>();

    FakeReader(List<FakeBlock> truth) {
        nodes.add(truth);
    }

    @Override
    public long chainId() {
        return FakeChain.ID;
    }

    @Override
    public View view(long from, long to) throws ChainReadException {
        views++;
        ViewFault fault = viewFaults.isEmpty() ? viewChance.get() : viewFaults.poll();
        if (fault == ViewFault.ERROR) {
            throw new ChainReadException("fault: no node answers");
        }
        List<FakeBlock> line = nodes.get(choice.get());
        int size = fault == ViewFault.LAG ? Math.max(1, line.size() - 2) : line.size();
        List<@Nullable Block> blocks = new ArrayList<>();
        for (long number = from; number <= to; number++) {
            boolean hole = fault == ViewFault.HOLE && number == (from + to) / 2;
            List<FakeBlock> source = fault == ViewFault.MIXED && (number & 1) == 0 ? nodes.getLast() : line;
            blocks.add(
                    number < Math.min(size, source.size()) && !hole
                            ? source.get((int) number).block()
                            : null);
        }
        return new View(fault == ViewFault.HEAD_BEFORE_BLOCKS ? size : size - 1, blocks);
    }

    @Override
    public List<LogsAnswer> logs(List<Block> blocks, LogQuery query) throws ChainReadException {
        logCalls++;
        logsAsked += blocks.size();
        largestBatch = Math.max(largestBatch, blocks.size());
        List<FakeBlock> line = nodes.get(choice.get());
        List<LogsAnswer> answers = new ArrayList<>();
        for (Block block : blocks) {
            LogFault fault = logFaults.isEmpty() ? logChance.get() : logFaults.poll();
            if (fault == LogFault.BATCH_ERROR) {
                throw new ChainReadException("fault: the batch has no answer");
            }
            answers.add(answer(block, line, fault, query));
        }
        return answers;
    }

    @Override
    public AutoCloseable onHead(Runnable listener) {
        subscriptions.incrementAndGet();
        heads = Optional.of(listener);
        return subscriptions::decrementAndGet;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    private LogsAnswer answer(Block block, List<FakeBlock> line, LogFault fault, LogQuery query) {
        boolean known = block.number() < line.size()
                && line.get((int) block.number()).hash().equals(block.hash());
        if (!known || fault == LogFault.ERROR) {
            return new LogsAnswer.Failed("unknown block");
        }
        List<ToldLog> truth = line.get((int) block.number()).logs().stream()
                .filter(query::asksFor)
                .map(log -> new ToldLog(log, false))
                .toList();
        List<ToldLog> told = truth.isEmpty() ? truth : distorted(truth, block, fault, query);
        if (told.isEmpty() && !truth.isEmpty()) {
            if (!saidEmpty.add(block.hash())) {
                saidEmpty.remove(block.hash());
                return new LogsAnswer.Told(truth);
            }
        } else {
            saidEmpty.remove(block.hash());
        }
        return new LogsAnswer.Told(told);
    }

    private static List<ToldLog> distorted(List<ToldLog> truth, Block block, LogFault fault, LogQuery query) {
        boolean provable = !block.bloom().isZero();
        ToldLog first = truth.getFirst();
        return switch (fault) {
            case EMPTY -> provable ? List.of() : truth;
            case PARTIAL -> partial(truth, block, query);
            case WRONG_HASH -> replaced(truth, new ToldLog(with(first.log(), FakeChain.hash("other"), 0), false));
            case REMOVED -> replaced(truth, new ToldLog(first.log(), true));
            case SHIFTED ->
                truth.size() > 1 ? replaced(truth, new ToldLog(with(first.log(), block.hash(), 50), false)) : truth;
            case FOREIGN -> provable ? foreign(truth, first.log()) : truth;
            default -> truth;
        };
    }

    /** Leaves one out, if that can be proved. */
    private static List<ToldLog> partial(List<ToldLog> truth, Block block, LogQuery query) {
        List<ToldLog> rest = truth.subList(0, truth.size() - 1);
        boolean provable = query.isAll()
                && !rest.isEmpty()
                && !block.bloom().isZero()
                && !FakeChain.bloom(rest.stream().map(ToldLog::log).toList()).sameAs(block.bloom());
        return provable ? rest : truth;
    }

    private static List<ToldLog> foreign(List<ToldLog> truth, Log like) {
        String address = like.address();
        List<String> topics = new ArrayList<>(like.topics());
        topics.add(FakeChain.hash("foreign " + like.transactionHash()));
        Log log = new Log(
                like.chainId(),
                like.blockNumber(),
                like.blockHash(),
                like.blockTime(),
                like.transactionHash(),
                9,
                900,
                address,
                topics,
                "0x");
        List<ToldLog> told = new ArrayList<>(truth);
        told.add(new ToldLog(log, false));
        return told;
    }

    private static List<ToldLog> replaced(List<ToldLog> truth, ToldLog first) {
        List<ToldLog> told = new ArrayList<>(truth);
        told.set(0, first);
        return told;
    }

    private static Log with(Log log, String blockHash, int shift) {
        return new Log(
                log.chainId(),
                log.blockNumber(),
                blockHash,
                log.blockTime(),
                log.transactionHash(),
                log.transactionIndex(),
                log.logIndex() + shift,
                log.address(),
                log.topics(),
                log.data());
    }
}
