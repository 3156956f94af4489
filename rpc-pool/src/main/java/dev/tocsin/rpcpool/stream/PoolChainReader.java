package dev.tocsin.rpcpool.stream;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.internal.hex.Hex;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Reads a chain through a pool, in JSON-RPC batches, each of which one node answers. */
final class PoolChainReader implements ChainReader {
    /** The head, the tip, and what comes after it. */
    private static final int MOST_CALLS = Follower.MOST_BLOCKS + 2;

    private static final RpcCall HEAD = RpcCall.of("eth_blockNumber");

    private final RpcPool pool;

    PoolChainReader(RpcPool pool) {
        this.pool = pool;
    }

    @Override
    public long chainId() {
        return pool.chainId();
    }

    @Override
    public View view(long from, long to) throws ChainReadException, InterruptedException {
        long head = -1;
        List<@Nullable Block> blocks = new ArrayList<>();
        long next = from;
        do {
            List<RpcCall> calls = new ArrayList<>();
            calls.add(HEAD);
            for (; next <= to && calls.size() < MOST_CALLS; next++) {
                calls.add(RpcCall.of("eth_getBlockByNumber", quantity(next), false));
            }
            List<CallOutcome> outcomes = ask(calls);
            head = Math.max(head, read("head", () -> BlockJson.quantity(answer(outcomes.getFirst()))));
            for (CallOutcome outcome : outcomes.subList(1, outcomes.size())) {
                blocks.add(block(outcome));
            }
        } while (next <= to);
        return new View(head, blocks);
    }

    @Override
    public List<LogsAnswer> logs(List<Block> blocks, LogQuery query) throws ChainReadException, InterruptedException {
        List<RpcCall> calls = blocks.stream()
                .map(block -> RpcCall.of("eth_getLogs", query.request(block.hash())))
                .toList();
        List<CallOutcome> outcomes = ask(calls);
        List<LogsAnswer> answers = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i++) {
            answers.add(logs(blocks.get(i), outcomes.get(i)));
        }
        return answers;
    }

    @Override
    public AutoCloseable onHead(Runnable listener) {
        return pool.onHead(listener);
    }

    @Override
    public boolean isClosed() {
        return pool.isClosed();
    }

    private List<CallOutcome> ask(List<RpcCall> calls) throws ChainReadException, InterruptedException {
        List<CallOutcome> outcomes;
        try {
            outcomes = pool.batch(calls);
        } catch (RpcException e) {
            throw new ChainReadException(String.valueOf(e.getMessage()), e);
        }
        if (outcomes.size() != calls.size()) {
            throw new ChainReadException(outcomes.size() + " answers to " + calls.size() + " calls");
        }
        return outcomes;
    }

    private static @Nullable Block block(CallOutcome outcome) throws ChainReadException {
        JsonNode tree = answer(outcome);
        return tree.isNull() ? null : read("block", () -> BlockJson.block(tree));
    }

    private LogsAnswer logs(Block block, CallOutcome outcome) {
        return switch (outcome) {
            case CallOutcome.Rejected rejected -> new LogsAnswer.Failed(refusal(rejected));
            case CallOutcome.Answered answered -> {
                try {
                    JsonNode tree = answered.result().tree();
                    yield new LogsAnswer.Told(
                            BlockJson.logs(tree, chainId(), block.header().timestamp()));
                } catch (IllegalArgumentException e) {
                    yield new LogsAnswer.Failed(answered.result().node() + " answered with no logs: " + e.getMessage());
                }
            }
        };
    }

    private static JsonNode answer(CallOutcome outcome) throws ChainReadException {
        return switch (outcome) {
            case CallOutcome.Answered answered -> answered.result().tree();
            case CallOutcome.Rejected rejected -> throw new ChainReadException(refusal(rejected));
        };
    }

    private static String refusal(CallOutcome.Rejected rejected) {
        return rejected.node() + " refused: " + rejected.message() + " (" + rejected.code() + ")";
    }

    /** Reads an answer, and says what it was about when it is none. */
    private static <T> T read(String what, Reading<T> reading) throws ChainReadException {
        try {
            return reading.read();
        } catch (IllegalArgumentException e) {
            throw new ChainReadException("the answer is no " + what + ": " + e.getMessage(), e);
        }
    }

    private static String quantity(long number) {
        return Hex.quantity(number);
    }

    /** A reading of an answer. */
    @FunctionalInterface
    private interface Reading<T> {
        T read() throws ChainReadException;
    }
}
