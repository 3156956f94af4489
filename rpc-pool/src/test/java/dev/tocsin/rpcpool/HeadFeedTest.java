package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeadFeedTest {

    private static final Duration LONG =
            Duration.ofSeconds(30); // for a busy machine, and ends that are found by pings alone

    private final FakeNode node = FakeNode.start();
    private final FakeHeads first = FakeHeads.start();
    private final FakeHeads second = FakeHeads.start();
    private final RecordingListener listener = new RecordingListener();
    private final AtomicInteger wakes = new AtomicInteger();

    @AfterEach
    void close() {
        node.close();
        first.close();
        second.close();
    }

    private RpcPool open(String... urls) throws InterruptedException {
        return RpcPool.builder()
                .primary(node.url())
                .webSocket(urls)
                .listener(listener)
                .open();
    }

    private static void awaitSubscriber(FakeHeads heads) {
        await().atMost(LONG).until(() -> heads.subscribers() == 1);
    }

    /** Tells of a head, until it has woken somebody. */
    private static void wake(FakeHeads heads, AtomicInteger wakes) {
        int before = wakes.get();
        heads.tell(1);
        await().atMost(LONG).until(() -> wakes.get() > before);
    }

    @Test
    void headWakesWhoeverWaitsUntilTheSubscriptionIsClosed() throws InterruptedException {
        AtomicInteger others = new AtomicInteger();
        try (RpcPool pool = open(first.url());
                RpcPool.Subscription other = pool.onHead(others::incrementAndGet)) {
            assertThat(other).isNotNull();
            awaitSubscriber(first);
            try (RpcPool.Subscription subscription = pool.onHead(wakes::incrementAndGet)) {
                assertThat(subscription).isNotNull();
                wake(first, wakes);
            }
            assertThat(listener.of("heads")).contains("heads " + first.name() + " true ");
            wake(first, others);
            wake(first, others); // now no waking is under way that began before the close
            int after = wakes.get();

            wake(first, others);

            assertThat(wakes).hasValue(after);
        }
    }

    @Test
    void headInManyFramesWakesAsWell() throws InterruptedException {
        try (RpcPool pool = open(first.url());
                RpcPool.Subscription subscription = pool.onHead(wakes::incrementAndGet)) {
            assertThat(subscription).isNotNull();
            awaitSubscriber(first);
            await().until(() -> !listener.of("heads").isEmpty());
            int before = wakes.get();

            first.tell(5);

            await().until(() -> wakes.get() > before);
        }
    }

    @Test
    void brokenConnectionIsMadeAgain() throws InterruptedException {
        try (RpcPool pool = open(first.url());
                RpcPool.Subscription subscription = pool.onHead(wakes::incrementAndGet)) {
            assertThat(subscription).isNotNull();
            awaitSubscriber(first);
            first.drop();

            awaitSubscriber(first);
            wake(first, wakes);
            assertThat(listener.of("heads")).anyMatch(event -> event.startsWith("heads " + first.name() + " false"));
        }
    }

    @Test
    void anotherNodeTellsOfHeadsWhenOneIsLost() throws InterruptedException {
        try (RpcPool pool = open(first.url(), second.url());
                RpcPool.Subscription subscription = pool.onHead(wakes::incrementAndGet)) {
            assertThat(subscription).isNotNull();
            await().atMost(LONG).until(() -> first.subscribers() + second.subscribers() == 1);
            boolean isFirst = first.subscribers() == 1; // unless it took too long to connect
            (isFirst ? first : second).close();

            FakeHeads other = isFirst ? second : first;
            awaitSubscriber(other);
            wake(other, wakes);
        }
    }

    /** A node that was stopped, a connection cut without a word, or one whose end the client was not told of. */
    @Test
    void nodeThatAnswersNoPingIsLeft() throws InterruptedException {
        try (RpcPool pool = open(first.url(), second.url())) {
            assertThat(pool.chainId()).isEqualTo(1);
            awaitSubscriber(first);

            first.mute();

            awaitSubscriber(second);
            assertThat(listener.of("heads")).contains("heads " + first.name() + " false does not answer a ping");
        }
    }

    @Test
    void nodeThatAnswersPingsIsKept() throws InterruptedException {
        try (RpcPool pool = open(first.url(), second.url())) {
            assertThat(pool.chainId()).isEqualTo(1);
            awaitSubscriber(first);

            await().atMost(LONG).until(() -> first.pings() >= 2);

            assertThat(first.connections()).isEqualTo(1);
        }
    }

    @Test
    void nodeThatRefusesTheSubscriptionIsLeft() throws InterruptedException {
        first.refusing();
        try (RpcPool pool = open(first.url(), second.url())) {
            assertThat(pool.chainId()).isEqualTo(1);
            awaitSubscriber(second);
            assertThat(listener.of("heads")).contains("heads " + first.name() + " false refused the subscription");
        }
    }

    @Test
    void nodeThatClosesAtOnceIsNotAskedInATightLoop() throws InterruptedException {
        first.closingAtOnce();
        try (RpcPool pool = open(first.url())) {
            assertThat(pool.chainId()).isEqualTo(1);
            await().until(() -> first.connections() >= 2);
            await().pollDelay(Duration.ofMillis(800)).until(() -> true);
            assertThat(first.connections()).isLessThan(12);
        }
    }

    @Test
    void callbackThatThrowsDoesNotEndTheFeed() throws InterruptedException {
        try (RpcPool pool = open(first.url());
                RpcPool.Subscription broken = pool.onHead(() -> {
                    throw new IllegalStateException("broken");
                });
                RpcPool.Subscription subscription = pool.onHead(wakes::incrementAndGet)) {
            assertThat(broken).isNotSameAs(subscription);
            awaitSubscriber(first);
            await().until(() -> !listener.of("heads").isEmpty());

            wake(first, wakes);
        }
    }

    @Test
    void closeEndsTheSubscription() throws InterruptedException {
        RpcPool pool = open(first.url());
        awaitSubscriber(first);

        pool.close();

        await().until(() -> first.subscribers() == 0);
        int connections = first.connections();
        await().during(Duration.ofMillis(400)).until(() -> first.connections() == connections);
    }
}
