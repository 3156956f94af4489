package dev.tocsin.rpcpool.web3j;

import dev.tocsin.rpcpool.RpcCaller;
import dev.tocsin.rpcpool.RpcException;
import dev.tocsin.rpcpool.RpcPool;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The notifications of one subscription, found by asking. For one thread; the pool's wake-ups come from another. */
final class FeedPoll implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PooledWeb3jService.class);

    private final ChainFeed feed;
    private final Duration every;
    private final Semaphore wakes = new Semaphore(0);
    private final RpcPool.Subscription subscription;
    private final Deque<JsonNode> found = new ArrayDeque<>(); // what one poll found

    FeedPoll(
            RpcCaller caller,
            Function<Runnable, RpcPool.Subscription> onHead,
            ChainFeed.Selection selection,
            Duration every) {
        this.feed = new ChainFeed(caller, selection);
        this.every = every;
        this.subscription = onHead.apply(wakes::release);
    }

    /** Waits for the next; a notification as JSON. */
    String next() throws InterruptedException {
        while (found.isEmpty()) {
            if (feed.isStarted() && wakes.tryAcquire(every.toNanos(), TimeUnit.NANOSECONDS)) {
                wakes.drainPermits();
            }
            try {
                look();
            } catch (RpcException | JacksonException e) {
                LOG.debug("a subscription could not ask; it asks again", e);
                TimeUnit.NANOSECONDS.sleep(every.toNanos());
            }
        }
        return "{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{\"subscription\":\"0x0\",\"result\":"
                + found.removeFirst() + "}}";
    }

    private void look() throws InterruptedException {
        if (feed.isStarted()) {
            found.addAll(feed.poll());
        } else {
            feed.start();
        }
    }

    @Override
    public void close() {
        subscription.close();
    }
}
