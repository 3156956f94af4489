package dev.tocsin.rpcpool;

import dev.tocsin.rpcpool.FakeNode.Reply;
import java.util.function.UnaryOperator;

/** A pool that asks the first of two nodes as long as it may; the other says 7 to {@code eth_x}. */
final class TwoNodes implements AutoCloseable {

    final FakeNode first = FakeNode.start();
    final FakeNode other = FakeNode.start().on("eth_x", new Reply.Result("\"0x7\""));
    final RpcPool pool;

    TwoNodes() throws InterruptedException {
        this(settings -> settings);
    }

    TwoNodes(UnaryOperator<RpcPoolBuilder> settings) throws InterruptedException {
        pool = settings.apply(RpcPool.builder()
                        .chain(1)
                        .primary(first.url(), other.url())
                        .selection(SelectionStrategy.priority()))
                .open();
    }

    /** What is known of the first. */
    NodeStatus ofFirst() {
        return pool.status().nodes().getFirst();
    }

    @Override
    public void close() {
        pool.close();
        first.close();
        other.close();
    }
}
