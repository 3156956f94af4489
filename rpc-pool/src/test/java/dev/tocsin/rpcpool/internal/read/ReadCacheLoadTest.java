package dev.tocsin.rpcpool.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.node.Head;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ReadCacheLoadTest {

    private static final CallContext ANY = new CallContext(Long.MAX_VALUE, -1);
    private static final int LENGTH = 300;

    private volatile ChainModel chain = ChainModel.start(LENGTH);
    private final ReadCache cache = new ReadCache(
            (call, context) -> chain.answer(call),
            () -> chain.finalized(),
            (node, time) -> chain.head().told(),
            100_000_000,
            Duration.ofHours(1)::toNanos,
            System::nanoTime);

    @BeforeEach
    void tellAllHeads() {
        tell(0);
    }

    @Test
    void anIndexerThatReadsAgainIsAnsweredFromMemory() throws Exception {
        index();
        ReadCache.Stats first = cache.stats();

        index();

        ReadCache.Stats second = cache.stats();
        double hits = second.hits() - first.hits();
        assertThat(hits / (hits + second.misses() - first.misses())).isGreaterThanOrEqualTo(0.9);
    }

    /** Every block with its logs, receipts and a balance; the chain grows meanwhile. */
    private void index() throws InterruptedException {
        for (long number = 0; number < LENGTH; number++) {
            String quantity = ChainModel.quantity(number);
            cache.call(block(number), ANY);
            cache.call(RpcCall.of("eth_getLogs", Map.of("fromBlock", quantity, "toBlock", quantity)), ANY);
            cache.call(RpcCall.of("eth_getBlockReceipts", chain.at(number).hash()), ANY);
            cache.call(RpcCall.of("eth_getBalance", "0x1", quantity), ANY);
            if (number % 50 == 0) {
                chain = chain.grown(1, 0);
                tell(chain.head().number());
            }
        }
    }

    @Test
    void noCallerSeesABlockThatWasGoneBeforeItAsked() throws Exception {
        List<ChainModel> history = new CopyOnWriteArrayList<>(List.of(chain));
        AtomicInteger told = new AtomicInteger();
        AtomicBoolean isOver = new AtomicBoolean();
        Callable<Integer> read = () -> {
            int wrong = 0;
            for (int i = 0; !isOver.get(); i++) {
                RpcCall call = block(chain.head().number() - i % 12);
                int from = told.get();
                JsonNode answer =
                        ((CallOutcome.Answered) cache.call(call, ANY)).result().tree();
                boolean wasSo = history.stream()
                        .skip(from)
                        .anyMatch(one -> one.result(call).equals(answer));
                wrong += wasSo ? 0 : 1;
                Thread.yield();
            }
            return wrong;
        };
        List<FutureTask<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            readers.add(new FutureTask<>(read));
            Thread.ofVirtual().start(readers.getLast());
        }

        for (int branch = 1; branch <= 300; branch++) {
            int depth = branch % 3 == 0 ? branch % 7 : 0;
            ChainModel next = chain.without(depth).grown(depth + 1, branch);
            history.add(next);
            chain = next;
            tell(chain.head().number() - depth);
            told.set(branch);
            for (long hits = cache.stats().hits(); // the readers keep pace, however busy the machine is
                    cache.stats().hits() == hits && readers.stream().noneMatch(FutureTask::isDone); ) {
                Thread.yield();
            }
        }
        isOver.set(true);

        for (FutureTask<Integer> reader : readers) {
            assertThat(reader.get()).isZero();
        }
        assertThat(cache.stats().hits()).isPositive();
    }

    private void tell(long from) {
        for (long number = from; number <= chain.head().number(); number++) {
            cache.head(
                    new Head(number, chain.at(number).hash(), chain.at(number).parent()));
        }
    }

    private static RpcCall block(long number) {
        return RpcCall.of("eth_getBlockByNumber", ChainModel.quantity(number), false);
    }
}
