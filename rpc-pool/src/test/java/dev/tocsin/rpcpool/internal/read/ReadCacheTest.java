package dev.tocsin.rpcpool.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.CallOutcome;
import dev.tocsin.rpcpool.RpcCall;
import dev.tocsin.rpcpool.RpcResult;
import dev.tocsin.rpcpool.error.ErrorClass;
import dev.tocsin.rpcpool.internal.call.CallContext;
import dev.tocsin.rpcpool.internal.call.Layer;
import dev.tocsin.rpcpool.internal.read.ChainModel.Block;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class ReadCacheTest {

    private static final CallContext ANY = new CallContext(Long.MAX_VALUE, -1);
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final long LARGE = 10_000_000;

    private final AtomicLong clock = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile ChainModel chain = ChainModel.start(60); // final: 39
    private volatile Block newest = chain.head(); // of the node, as told
    private final ReadCache cache = cache(LARGE);

    @BeforeEach
    void tellAllHeads() {
        for (long number = 0; number <= chain.head().number(); number++) {
            tell(chain.at(number));
        }
    }

    @Test
    void theChainIdIsAskedOnce() throws Exception {
        assertThat(isKept(RpcCall.of("eth_chainId"))).isTrue();
    }

    @Test
    void aBlockByItsHashIsKeptForEver() throws Exception {
        RpcCall call = RpcCall.of("eth_getBlockByHash", chain.at(55).hash(), false);

        assertThat(isKept(call)).isTrue();
        cache.givenUp(-1);
        clock.addAndGet(SILENCE.toNanos() * 2);
        assertThat(isAsked(call)).isFalse();
    }

    @Test
    void whatIsOfAFinalizedBlockIsKeptThroughHeadsAndSilence() throws Exception {
        RpcCall balance = RpcCall.of("eth_getBalance", "0x1", ChainModel.quantity(39));

        assertThat(isKept(balance)).isTrue();
        grow(5);
        clock.addAndGet(SILENCE.toNanos() * 2);
        assertThat(isAsked(balance)).isFalse();
    }

    @Test
    void aChangeBelowTheFinalizedBlockIsStillHeeded() throws Exception {
        RpcCall balance = RpcCall.of("eth_getBalance", "0x1", ChainModel.quantity(39));
        isKept(balance);

        cache.givenUp(38);

        assertThat(isAsked(balance)).isTrue();
    }

    @Test
    void aBlockByNumberIsKeptThroughLinkedHeads() throws Exception {
        RpcCall call = block(55);

        assertThat(isKept(call)).isTrue();
        grow(3);
        assertThat(isAsked(call)).isFalse();
    }

    @Test
    void aBlockByNumberIsGivenUpWhenItsBranchIs() throws Exception {
        isKept(block(52));
        isKept(block(55));

        chain = chain.without(6).grown(6, 1); // from 54
        tell(chain.at(54));

        assertThat(isAsked(block(52))).isFalse();
        assertThat(isAsked(block(55))).isTrue();
    }

    @Test
    void aBlockByNumberIsGivenUpWhenAHeadIsNotLinked() throws Exception {
        isKept(block(55));

        chain = chain.grown(2, 0);
        tell(chain.head());

        assertThat(isAsked(block(55))).isTrue();
        assertThat(isAsked(block(39))).isTrue();
        assertThat(isAsked(block(39))).isFalse();
    }

    @Test
    void aReceiptIsGivenUpWhenItsBlockIs() throws Exception {
        RpcCall call = RpcCall.of("eth_getTransactionReceipt", ChainModel.transaction(55));
        assertThat(isKept(call)).isTrue();

        cache.givenUp(54);

        assertThat(isAsked(call)).isTrue();
    }

    @Test
    void aBalanceOfAnUnfinalizedBlockIsKeptUntilTheHeadMoves() throws Exception {
        RpcCall balance = RpcCall.of("eth_getBalance", "0x1", ChainModel.quantity(55));
        assertThat(isKept(balance)).isTrue();

        grow(1);

        assertThat(isAsked(balance)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "safe", "finalized"})
    void whatIsOfATagIsKeptUntilTheHeadMoves(String tag) throws Exception {
        RpcCall balance = RpcCall.of("eth_getBalance", "0x1", tag);
        assertThat(isKept(balance)).isTrue();

        tell(chain.head());
        assertThat(isAsked(balance)).isFalse();
        grow(1);
        assertThat(isAsked(balance)).isTrue();
    }

    @Test
    void whoNeedsANewerBlockIsNotAnsweredByWhatAnotherDidNotNeed() throws Exception {
        RpcCall balance = RpcCall.of("eth_getBalance", "0x1", "latest");
        isKept(balance);

        assertThat(isAsked(balance, ANY.withMinHead(60))).isTrue();
        assertThat(isAsked(balance, ANY.withMinHead(60))).isFalse();
        assertThat(isAsked(balance)).isFalse();
    }

    @Test
    void nothingUnfinalizedIsAnsweredAfterSilence() throws Exception {
        isKept(block(55));
        isKept(RpcCall.of("eth_gasPrice"));

        clock.addAndGet(SILENCE.toNanos());

        assertThat(isAsked(block(55))).isTrue();
        assertThat(isAsked(RpcCall.of("eth_gasPrice"))).isTrue();
    }

    @Test
    void aBlockIsKeptThroughHeadsThatWereToldWithoutAChangeThoughNobodyAsked() throws Exception {
        isKept(block(55));
        clock.addAndGet(SILENCE.toNanos());
        grow(1);

        assertThat(isAsked(block(55))).isFalse();
    }

    @Test
    void aBlockOfAnotherBranchThanTheHeadsIsNotKept() throws Exception {
        chain = chain.without(10).grown(10, 1);

        assertThat(isKept(block(55))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(longs = {52, 55})
    void anAnswerOfANodeThatWasNotKnownToHaveTheBlockIsNotKept(long number) throws Exception {
        newest = chain.at(51); // though it may have more since, perhaps of another branch

        assertThat(isKept(RpcCall.of("eth_getBalance", "0x1", ChainModel.quantity(number))))
                .isFalse();
        assertThat(isKept(RpcCall.of("eth_gasPrice"))).isFalse();
    }

    @Test
    void anAnswerOfANodeOnAnotherBranchIsNotKept() throws Exception {
        newest = chain.without(10).grown(10, 1).head();

        assertThat(isKept(RpcCall.of("eth_getBalance", "0x1", ChainModel.quantity(55))))
                .isFalse();
        assertThat(isKept(RpcCall.of("eth_getBalance", "0x1", "latest"))).isFalse();
        assertThat(isKept(block(55))).as("which names its hash").isTrue();
    }

    @Test
    void anAnswerOfANodeThatIsABlockAheadIsKeptIfItIsOfABlockByItsNumber() throws Exception {
        newest = chain.grown(1, 0).head();

        assertThat(isKept(RpcCall.of("eth_getBalance", "0x1", ChainModel.quantity(59))))
                .isTrue();
        assertThat(isKept(RpcCall.of("eth_getBalance", "0x1", "latest"))).isFalse();
    }

    @Test
    void aBlockWhoseHashIsNotKnownYetIsNotKept() throws Exception {
        ReadCache fresh = cache(LARGE);
        fresh.head(chain.head().told());
        newest = chain.head();
        for (int i = 0; i < 2; i++) {
            fresh.call(RpcCall.of("eth_getBlockReceipts", ChainModel.quantity(50)), ANY);
            fresh.call(RpcCall.of("eth_getBalance", "0x1", ChainModel.quantity(50)), ANY);
        }

        assertThat(asked).hasValue(3);
    }

    @Test
    void aHashThatMustBeOfTheChainIsKeptUntilTheHeadMoves() throws Exception {
        RpcCall balance = RpcCall.of(
                "eth_getBalance", "0x1", Map.of("blockHash", chain.at(55).hash(), "requireCanonical", true));
        assertThat(isKept(balance)).isTrue();

        grow(1);

        assertThat(isAsked(balance)).isTrue();
    }

    @Test
    void whatIsNotThereYetIsNotKept() throws Exception {
        assertThat(isKept(block(61))).isFalse();
        assertThat(isKept(RpcCall.of("eth_getTransactionReceipt", ChainModel.transaction(99))))
                .isFalse();
    }

    @Test
    void whatIsPendingIsNotKept() throws Exception {
        assertThat(isKept(RpcCall.of("eth_getBlockByNumber", "pending", false))).isFalse();
        assertThat(isKept(RpcCall.of("eth_getTransactionByHash", "0x1"), "{'blockHash':null,'blockNumber':null}"))
                .isFalse();
        assertThat(isKept(RpcCall.of("eth_estimateGas", Map.of()), "'0x5208'")).isFalse();
    }

    @Test
    void aBlockOfZkSyncIsNotKeptBeforeItHasABatch() throws Exception {
        RpcCall call = RpcCall.of("eth_getBlockByHash", chain.at(55).hash(), false);

        assertThat(isKept(call, "{'hash':'0x1','number':'0x1','l1BatchNumber':null}"))
                .isFalse();
    }

    @Test
    void noLogsOfABlockThatTheNodeMayNotHaveAreNotKept() throws Exception {
        RpcCall logs = RpcCall.of("eth_getLogs", Map.of("fromBlock", "0x33", "toBlock", "0x33")); // 51: none

        assertThat(isKept(logs)).isFalse();
        assertThat(isAsked(logs, ANY.withMinHead(51))).isTrue();
        assertThat(isAsked(logs, ANY.withMinHead(51))).isFalse();
        assertThat(isKept(RpcCall.of("eth_getLogs", Map.of("fromBlock", "0x1e", "toBlock", "0x1e"))))
                .isTrue();
    }

    @Test
    void logsUpToATagAreKeptUntilTheHeadMoves() throws Exception {
        RpcCall logs = RpcCall.of("eth_getLogs", Map.of("fromBlock", "latest", "toBlock", "0x5"));
        assertThat(isKept(logs, "[{}]")).isTrue();

        grow(1);

        assertThat(isAsked(logs)).isTrue();
    }

    @Test
    void refusalsAreNotKept() throws Exception {
        AtomicInteger refused = new AtomicInteger();
        ReadCache refusing = new ReadCache(
                (call, context) -> {
                    refused.incrementAndGet();
                    return new CallOutcome.Rejected(3, "reverted", null, "a", ErrorClass.EXECUTION_REVERTED);
                },
                () -> 100,
                (node, time) -> null,
                LARGE,
                SILENCE::toNanos,
                clock::get);

        refusing.call(block(5), ANY);
        refusing.call(block(5), ANY);

        assertThat(refused).hasValue(2);
    }

    @Test
    void beforeAHeadIsToldOnlyWhatIsFinalIsKept() throws Exception {
        ReadCache fresh = cache(LARGE);
        for (int i = 0; i < 2; i++) {
            fresh.call(block(55), ANY);
            fresh.call(block(39), ANY);
            fresh.call(RpcCall.of("eth_blockNumber"), ANY);
        }

        assertThat(asked).hasValue(5);
    }

    @Test
    void aCacheOfNoSizeKeepsNothing() throws Exception {
        ReadCache off = cache(0);
        off.call(RpcCall.of("eth_chainId"), ANY);
        off.call(RpcCall.of("eth_chainId"), ANY);

        assertThat(asked).hasValue(2);
        assertThat(off.stats()).isEqualTo(new ReadCache.Stats(0, 0, 0, 0));
    }

    @Test
    void memoryIsBounded() throws Exception {
        ReadCache small = cache(20_000);
        for (int i = 0; i < 500; i++) {
            small.call(RpcCall.of("eth_getBalance", "0x" + Integer.toHexString(i), "0x1"), ANY);
            assertThat(small.stats().bytes()).isLessThanOrEqualTo(20_000);
        }

        assertThat(small.stats().evictions()).isBetween(400L, 500L);
    }

    @Test
    void answerAskedForBeforeTheHeadMovedIsNotKeptForWhoeverAwaitsItAfter() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicInteger requests = new AtomicInteger();
        ReadCache slow = cache(LARGE, (call, context) -> {
            requests.incrementAndGet();
            CallOutcome answer = chain.answer(call);
            goOn.await();
            return answer;
        });
        slow.head(newest.told());
        RpcCall balance = RpcCall.of("eth_getBalance", "0x1", "latest");
        Thread first = waiting(slow, balance);
        grow(1);
        slow.head(newest.told());
        Thread second = waiting(slow, balance);
        goOn.countDown();
        first.join();
        second.join();
        assertThat(requests).hasValue(1);

        assertThat(((CallOutcome.Answered) slow.call(balance, ANY)).result().tree())
                .isEqualTo(chain.result(balance));
    }

    private static Thread waiting(ReadCache cache, RpcCall call) {
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                cache.call(call, ANY);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        await().until(() ->
                thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING);
        return thread;
    }

    private ReadCache cache(long bytes) {
        return cache(bytes, (call, context) -> {
            asked.incrementAndGet();
            return chain.answer(call);
        });
    }

    private ReadCache cache(long bytes, Layer below) {
        return new ReadCache(
                below, () -> chain.finalized(), (node, time) -> newest.told(), bytes, SILENCE::toNanos, clock::get);
    }

    private void grow(int count) {
        for (int i = 0; i < count; i++) {
            chain = chain.grown(1, 0);
            tell(chain.head());
        }
    }

    private void tell(Block head) {
        newest = head;
        cache.head(head.told());
    }

    private static RpcCall block(long number) {
        return RpcCall.of("eth_getBlockByNumber", ChainModel.quantity(number), false);
    }

    /** Whether a call that is made twice is asked once. */
    private boolean isKept(RpcCall call) throws InterruptedException {
        cache.call(call, ANY);
        return !isAsked(call);
    }

    private boolean isKept(RpcCall call, String answer) throws InterruptedException {
        AtomicInteger count = new AtomicInteger();
        RpcResult result = RpcResult.of(new JsonMapper().readTree(answer.replace('\'', '"')), "a", Duration.ZERO);
        ReadCache other = new ReadCache(
                (one, context) -> {
                    count.incrementAndGet();
                    return new CallOutcome.Answered(result);
                },
                () -> 39,
                (node, time) -> chain.at(59).told(),
                LARGE,
                SILENCE::toNanos,
                clock::get);
        other.head(chain.at(59).told());
        other.call(call, ANY);
        other.call(call, ANY);
        return count.get() == 1;
    }

    private boolean isAsked(RpcCall call) throws InterruptedException {
        return isAsked(call, ANY);
    }

    private boolean isAsked(RpcCall call, CallContext context) throws InterruptedException {
        int before = asked.get();
        cache.call(call, context);
        return asked.get() > before;
    }
}
