package dev.tocsin.rpcpool.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.stream.FakeReader.ViewFault;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a stream ends: it is closed, from within too, or its pool is. */
@Timeout(60)
final class LogStreamEndTest extends RunningStream {

    @Test
    void closingEndsTheThreadAndTheSubscriptionAndMayBeRepeated() throws Exception {
        LogStream stream = open(builder().fromBlock(0), batches::add);
        awaitIdle();

        stream.close();
        stream.close();
        stream.awaitClose();

        assertThat(reader.subscriptions).hasValue(0);
    }

    @Test
    void closingLetsAHandlerAtWorkFinishItsBatch() throws Exception {
        InMemoryCheckpoints store = new InMemoryCheckpoints();
        CountDownLatch inHandler = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        LogStream stream = open(builder().from(store).fromBlock(29), batch -> {
            inHandler.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
        });
        inHandler.await();
        Thread closing = Thread.ofVirtual().start(stream::close);
        await().until(() -> closing.getState() == Thread.State.TIMED_WAITING);
        goOn.countDown();
        closing.join();

        assertThat(interrupted).isFalse();
        assertThat(store.load(FakeChain.ID)).isPresent();
    }

    @Test
    void closingFromWithinTheHandlerReturnsAndEndsTheStream() throws Exception {
        InMemoryCheckpoints store = new InMemoryCheckpoints();
        CountDownLatch ready = new CountDownLatch(1);
        LogStream stream = open(builder().from(store).fromBlock(20), batch -> {
            ready.await();
            batches.add(batch);
            opened.orElseThrow().close();
        });
        ready.countDown();
        stream.awaitClose();

        assertThat(batches).hasSize(1);
        assertThat(store.load(FakeChain.ID).orElseThrow().number()).isEqualTo(19);
    }

    @Test
    void closingWhileTheHandlerFailsEndsTheStreamWithoutSaving() throws Exception {
        InMemoryCheckpoints store = new InMemoryCheckpoints();
        LogStream stream = LogStream.over(reader).from(store).fromBlock(20).open(batch -> {
            batches.add(batch);
            throw new IllegalStateException("always");
        });
        await().until(() -> !batches.isEmpty());
        await().until(() -> stream.status().lastError().isPresent());
        assertThat(stream.status().lastError().orElseThrow()).contains("always");

        stream.close();
        stream.awaitClose();

        assertThat(store.load(FakeChain.ID)).isEmpty();
    }

    @Test
    void aPoolThatIsClosedBeneathTheStreamEndsIt() throws Exception {
        LogStream stream = open(builder().fromBlock(0), batches::add);
        awaitIdle();

        reader.closed = true;
        reader.viewFaults.add(ViewFault.ERROR);
        pacer.turns.release();
        stream.awaitClose();

        assertThat(stream.status().lastError()).contains("the pool is closed");
        assertThat(stream.status().processed()).isEqualTo(29);
        assertThat(pacer.pauses).isEmpty();
    }

    @Test
    void aHandlerThatFailsWithItsPoolClosedIsNotCalledForEver() throws Exception {
        LogStream stream = open(builder().fromBlock(0), batch -> {
            batches.add(batch);
            reader.closed = true;
            throw new IllegalStateException("the pool is closed");
        });
        stream.awaitClose();

        assertThat(batches).hasSize(1);
        assertThat(stream.status().lastError()).contains("the pool is closed");
    }
}
