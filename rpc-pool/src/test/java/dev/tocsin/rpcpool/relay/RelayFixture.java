package dev.tocsin.rpcpool.relay;

import dev.tocsin.rpcpool.RpcPool;
import dev.tocsin.rpcpool.web3j.Web3jRelaySigner;
import dev.tocsin.testsupport.MutableClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** A relay, a public node, a chain of which both know, and time that passes when somebody waits. */
final class RelayFixture implements AutoCloseable {

    static final long HEAD = 100;

    final TestChain chain = new TestChain().mineEmpty((int) HEAD);
    final PublicNode node = new PublicNode(chain);
    final FakeRelay relay = new FakeRelay(chain);
    final MutableClock clock = MutableClock.at("2026-11-21T00:00:00Z");
    final RpcPool pool;
    private final ReentrantLock building = new ReentrantLock();
    private final List<PrivateRelay> opened = new ArrayList<>();
    private volatile Runnable whileWaiting = () -> {};

    RelayFixture() throws InterruptedException {
        pool = RpcPool.builder()
                .chain(SignedBy.CHAIN)
                .primary(node.url())
                .healthCheckEvery(Duration.ofHours(1))
                .hedges(0)
                .open();
    }

    /** What happens during each pause. */
    void whileWaiting(Runnable action) {
        whileWaiting = action;
    }

    /** If the relay has the next transaction of an account: a block with the one that pays most. One at a time builds. */
    void build() {
        building.lock();
        try {
            relay.waiting().stream()
                    .filter(held -> held.nonce == chain.confirmed(held.sender))
                    .max(Comparator.comparing(held -> TestChain.fee(held.signed)))
                    .ifPresent(held -> {
                        held.status = "INCLUDED";
                        chain.mine(held.signed);
                    });
        } finally {
            building.unlock();
        }
    }

    PrivateRelay open(Fallback fallback) {
        return open(builder -> builder.status(relay.statusUrl()).fallback(fallback));
    }

    PrivateRelay open(Consumer<PrivateRelayBuilder> settings) {
        return open(relay.url(), settings);
    }

    PrivateRelay open(String url, Consumer<PrivateRelayBuilder> settings) {
        PrivateRelayBuilder builder = PrivateRelay.builder(url, Web3jRelaySigner.of(SignedBy.RELAY_KEY), pool);
        builder.nanoTicker = clock.nanoTicker();
        builder.pause = time -> {
            clock.advance(time);
            whileWaiting.run();
        };
        settings.accept(builder);
        PrivateRelay made = builder.build();
        opened.add(made);
        return made;
    }

    @Override
    public void close() {
        opened.forEach(PrivateRelay::close);
        pool.close();
        node.close();
        relay.close();
    }
}
