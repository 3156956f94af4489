package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.gwei;
import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.internal.hex.Hex;
import dev.tocsin.rpcpool.sender.PendingTransaction.Attempt;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Unknown;
import java.math.BigInteger;
import org.junit.jupiter.api.Test;

/** A nonce that nobody has, with a transaction behind it. */
class GapTest {

    private final SenderFixture fixture = new SenderFixture();
    private final FakeChain chain = fixture.chain;

    private void pendingSinceAnEarlierRun(String key, long nonce) {
        GasPrice price = new GasPrice.Dynamic(gwei(21), gwei(1));
        TransactionRequest request = transfer(key, 7);
        String hex = chain.sign(
                new UnsignedTransaction(1, nonce, 100_000, price, request.to(), request.valueWei(), request.data()));
        fixture.pending.save(PendingTransaction.of(request, SenderFixture.OWNER)
                .with(new Attempt(nonce, 100_000, price, hex, Hex.keccak256(hex), false)));
    }

    @Test
    void gapsLeftByACrashAreClosedByTransactionsThatDoNothing() throws InterruptedException {
        pendingSinceAnEarlierRun("a", 1);
        pendingSinceAnEarlierRun("b", 3);

        assertThat(fixture.sender().recover())
                .hasSize(2)
                .allSatisfy((key, outcome) -> assertThat(outcome).isInstanceOf(Confirmed.class));

        assertThat(chain.executed).extracting(sent -> sent.fields().nonce()).containsExactly(0L, 1L, 2L, 3L);
        assertThat(chain.executedWei()).isEqualTo(BigInteger.valueOf(14));
        assertThat(fixture.pending.open()).isEmpty();
    }

    @Test
    void nextRequestTakesTheGapThatACrashLeft() throws InterruptedException {
        pendingSinceAnEarlierRun("b", 1);

        assertThat(fixture.sender().send(transfer("a", 1))).isInstanceOf(Confirmed.class);

        assertThat(chain.executed.getFirst().fields().nonce()).isZero();
    }

    @Test
    void nonceThatWasGivenBackIsTakenOnceOthersHaveWaitedBehindIt() throws InterruptedException {
        fixture.nonces.reserve("x");
        fixture.afterPauses(5, () -> fixture.nonces.release("x"));

        assertThat(fixture.sender().send(transfer("a", 7))).isInstanceOf(Confirmed.class);

        assertThat(chain.executed).hasSize(2);
        assertThat(chain.executed.getFirst().fields().to()).isEqualTo(FakeChain.ACCOUNT);
    }

    @Test
    void nonceThatSomebodyIsAboutToUseIsLeftAlone() throws InterruptedException {
        fixture.nonces.reserve("x");

        assertThat(fixture.sender().send(transfer("a", 7))).isInstanceOf(Unknown.class);

        assertThat(chain.seen).extracting(sent -> sent.fields().nonce()).containsOnly(1L);
        assertThat(fixture.pending.open()).hasSize(1);
    }
}
