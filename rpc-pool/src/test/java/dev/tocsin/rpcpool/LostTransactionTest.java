package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.RpcPoolBuilder.Pinning;
import dev.tocsin.rpcpool.error.ErrorClass;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a session says is the next nonce, once what it has sent is lost; in virtual time. */
class LostTransactionTest {

    private final LaggingNodes chain = new LaggingNodes(5)
            .late("a", Duration.ofMillis(50))
            .late("b", Duration.ofMillis(100))
            .late("c", Duration.ofMillis(100));
    private RpcPool pool;
    private RpcSession session;

    @BeforeEach
    void open() throws InterruptedException {
        pool = chain.open(Pinning.WHEN_NODES_DIFFER);
        session = pool.session();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private long next() throws InterruptedException {
        return session.call("eth_getTransactionCount", SessionFlowsTest.OWNER.getAddress(), "pending")
                .asLong();
    }

    private void send(long... nonces) throws InterruptedException {
        for (long nonce : nonces) {
            assertThat(session.send(SessionFlowsTest.signed(nonce)).isTaken()).isTrue();
        }
    }

    /** What comes next, asked again and again for a time. */
    private long nextAfter(Duration time) throws InterruptedException {
        long next = next();
        for (long end = chain.now() + time.toNanos(); chain.now() < end; ) {
            chain.pass(Duration.ofSeconds(1));
            next = next();
        }
        return next;
    }

    @Test
    void nonceOfALostTransactionIsTheNextOneAfterAMinute() throws InterruptedException {
        send(0);
        chain.evict(0);

        assertThat(nextAfter(Duration.ofSeconds(58))).isEqualTo(1);
        assertThat(nextAfter(Duration.ofSeconds(4))).isZero();
        send(0);
        assertThat(next()).isEqualTo(1);
        chain.pass(LaggingNodes.BLOCK.multipliedBy(2));
        assertThat(next()).isEqualTo(1);
    }

    @Test
    void gapComesNextAndThenWhatIsBehindTheOthers() throws InterruptedException {
        send(0, 1, 2);
        chain.evict(0);

        assertThat(nextAfter(Duration.ofSeconds(62))).isZero();
        send(0);
        assertThat(next()).isEqualTo(3);
    }

    @Test
    void allThatIsLostIsFoundOutAtOnce() throws InterruptedException {
        send(0, 1, 2);
        chain.evict(0);
        chain.evict(1);
        chain.evict(2);

        assertThat(nextAfter(Duration.ofSeconds(62))).isZero();
        send(0);
        assertThat(next()).isEqualTo(1);
    }

    @Test
    void nonceOfATransactionThatANodeStillHasIsNotGivenAway() throws InterruptedException {
        send(0);
        chain.stick(0);

        assertThat(nextAfter(Duration.ofMinutes(5))).isEqualTo(1);
    }

    @Test
    void nonceOfATransactionThatIsRefusedLaterIsFreeAtOnce() throws InterruptedException {
        send(0);
        chain.evict(0);
        chain.refusal = Optional.of(ErrorClass.TX_INVALID);
        assertThat(session.send(SessionFlowsTest.signed(0))).isInstanceOf(SendOutcome.Rejected.class);

        assertThat(next()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"POOL_FULL", "RATE_LIMITED", "UNDERPRICED", "TX_POLICY_REJECTED", "INSUFFICIENT_FUNDS"})
    void nonceOfATakenTransactionIsNotGivenAwayForARefusalThatSaysNothingOfIt(ErrorClass refusal)
            throws InterruptedException {
        send(0);
        chain.evict(0); // the node that has it is away
        chain.refusal = Optional.of(refusal);
        assertThat(session.send(SessionFlowsTest.signed(0))).isInstanceOf(SendOutcome.Rejected.class);

        assertThat(next()).isEqualTo(1);
    }
}
