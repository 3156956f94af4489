package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tocsin.rpcpool.SendOutcome;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two threads with one key: the second comes while the first one's transaction leaves. */
class SameKeyTest {

    private final SenderFixture fixture = new SenderFixture();
    private final CountDownLatch isLeaving = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicBoolean fails = new AtomicBoolean();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final TransactionSender sender = fixture.builder()
            .channel(this::sendWhenTold)
            .time(time -> Thread.yield(), () -> 0L)
            .build();

    @AfterEach
    void close() {
        goOn.countDown();
        threads.close();
    }

    private SendOutcome sendWhenTold(String hex) throws InterruptedException {
        isLeaving.countDown();
        goOn.await();
        if (fails.compareAndSet(true, false)) {
            throw new IllegalStateException("a bug of the channel");
        }
        return fixture.chain.send(hex);
    }

    private Future<TransactionOutcome> first() throws InterruptedException {
        Future<TransactionOutcome> sending = threads.submit(() -> sender.send(transfer("a", 7)));
        isLeaving.await();
        return sending;
    }

    /** Comes back when the thread waits. */
    private Future<TransactionOutcome> second(TransactionRequest request) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        Future<TransactionOutcome> sending = threads.submit(() -> {
            thread.set(Thread.currentThread());
            return sender.send(request);
        });
        await().until(() -> thread.get() != null && thread.get().getState() == Thread.State.WAITING);
        return sending;
    }

    @Test
    void keyOfAnotherRequestThatIsUnderWayIsAnError() throws Exception {
        Future<TransactionOutcome> first = first();
        Future<TransactionOutcome> second = second(transfer("a", 8));
        goOn.countDown();

        assertThat(first.get()).isInstanceOf(Confirmed.class);
        assertThatThrownBy(second::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(IllegalArgumentException.class);
        assertThat(fixture.chain.executed).hasSize(1);
    }

    @Test
    void threadThatWaitsGoesOnWhereTheOtherFailed() throws Exception {
        fails.set(true);
        Future<TransactionOutcome> first = first();
        Future<TransactionOutcome> second = second(transfer("a", 7));
        goOn.countDown();

        assertThatThrownBy(first::get).hasRootCauseMessage("a bug of the channel");
        assertThat(second.get()).isInstanceOf(Confirmed.class);
        assertThat(fixture.chain.executed).hasSize(1);
    }
}
