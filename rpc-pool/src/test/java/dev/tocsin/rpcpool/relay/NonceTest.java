package dev.tocsin.rpcpool.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.RpcException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The next nonce, when some of those before it are private. */
class NonceTest extends OverRelay {

    private static final String OWNER = SignedBy.OWNER.getAddress();

    @Test
    void privateTransactionsAreCountedThatNoPublicNodeKnows() throws InterruptedException {
        world.chain.mine(SignedBy.owner(0));
        relay.send(SignedBy.owner(1));
        relay.send(SignedBy.owner(2));

        assertThat(world.pool.call("eth_getTransactionCount", OWNER, "pending").asLong())
                .isEqualTo(1);
        assertThat(relay.nextNonce(OWNER)).isEqualTo(3);
        assertThat(relay.nextNonce(OWNER.toUpperCase().replace("0X", "0x"))).isEqualTo(3);
        assertThat(relay.nextNonce(SignedBy.OTHER.getAddress())).isZero();
    }

    @Test
    void publicPendingOnesAreCountedToo() throws InterruptedException {
        world.pool.send(SignedBy.owner(0));
        relay.send(SignedBy.owner(1));

        assertThat(relay.nextNonce(OWNER)).isEqualTo(2);
    }

    @Test
    void gapIsFilledFirst() throws InterruptedException {
        relay.send(SignedBy.owner(1));

        assertThat(relay.nextNonce(OWNER)).isZero();
        relay.send(SignedBy.owner(0));
        assertThat(relay.nextNonce(OWNER)).isEqualTo(2);
    }

    @Test
    void includedFailedAndExpiredOnesAreNotCounted() throws InterruptedException {
        relay.send(SignedBy.owner(0));
        PrivateTransaction second = relay.send(SignedBy.owner(1));
        relay.send(SignedBy.owner(2));

        world.chain.mine(SignedBy.owner(0));
        assertThat(relay.nextNonce(OWNER))
                .as("included, though nobody polled it")
                .isEqualTo(3);
        world.relay.held(SignedBy.owner(1)).status = "FAILED";
        second.poll();
        assertThat(relay.nextNonce(OWNER)).as("failed").isEqualTo(1);
        world.chain.mineEmpty(25);
        assertThat(relay.nextNonce(OWNER)).as("its last block is over").isEqualTo(1);
        relay.send(SignedBy.owner(1, 7));
        assertThat(relay.nextNonce(OWNER)).isEqualTo(2);
    }

    @Test
    void publishedOneIsCountedUntilThePublicNodesHaveIt() throws InterruptedException {
        PrivateRelay open = world.open(Fallback.AFTER_EXPIRY);
        PrivateTransaction transaction = open.send(SignedBy.owner(0));
        world.relay.held(SignedBy.owner(0)).status = "FAILED";
        world.chain.mineEmpty(26);
        assertThat(open.nextNonce(OWNER)).as("to be published at the next look").isEqualTo(1);

        transaction.poll();

        assertThat(open.nextNonce(OWNER)).isEqualTo(1);
        world.chain.mine(SignedBy.owner(0));
        assertThat(open.nextNonce(OWNER)).isEqualTo(1);
    }

    @Test
    void transactionsOfABundleAreCountedUntilItsBlockIsOver() throws InterruptedException {
        relay.send(Bundle.forBlock(102, SignedBy.owner(0), SignedBy.owner(1)));

        assertThat(relay.nextNonce(OWNER)).isEqualTo(2);
        world.chain.mineEmpty(3);
        assertThat(relay.nextNonce(OWNER)).isZero();
    }

    @Test
    void moreThanMayBePendingAreNotSent() throws InterruptedException {
        PrivateRelay small = world.open(builder -> builder.maxPending(2));
        small.send(SignedBy.owner(0));
        small.send(SignedBy.owner(1));

        assertThatThrownBy(() -> small.send(SignedBy.owner(2)))
                .isInstanceOf(RpcException.class)
                .hasMessage("2 private transactions are pending, as many as may be; nothing was sent");
        assertThatThrownBy(() -> small.send(Bundle.forBlock(102, SignedBy.owner(2))))
                .isInstanceOf(RpcException.class);
        assertThat(world.relay.has(SignedBy.owner(2))).isFalse();

        world.chain.mine(SignedBy.owner(0), SignedBy.owner(1));
        assertThat(small.send(SignedBy.owner(2)).outcome())
                .as("there is room for what nobody polled")
                .isInstanceOf(PrivateOutcome.Pending.class);
    }

    @Test
    void claimsWhoseLastBlockIsOverMakeRoomForABundle() throws InterruptedException {
        PrivateRelay small = world.open(builder -> builder.maxPending(1));
        small.send(SignedBy.owner(0));
        world.chain.mineEmpty(26);

        assertThat(small.send(Bundle.forBlock(world.chain.head() + 1, SignedBy.owner(0, 2))))
                .isInstanceOf(BundleOutcome.Accepted.class);
    }

    @Test
    void addressThatIsNoneIsTheCallersMistake() {
        assertThatThrownBy(() -> relay.nextNonce("0x12")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyThreadsThatSendTheSameSendItOnce() throws InterruptedException {
        Set<PrivateTransaction> got = ConcurrentHashMap.newKeySet();
        Thread[] threads = new Thread[16];
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofVirtual().start(() -> {
                try {
                    got.add(relay.send(SignedBy.owner(0)));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(got).hasSize(1);
        assertThat(world.relay.calls("eth_sendPrivateTransaction")).hasSize(1);
    }
}
