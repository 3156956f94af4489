package dev.tocsin.rpcpool.sender;

import static dev.tocsin.rpcpool.sender.SenderFixture.transfer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.rpcpool.sender.TransactionOutcome.Confirmed;
import dev.tocsin.rpcpool.sender.TransactionOutcome.Refused;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Limits that cannot be reached for a while, or take their time. */
class FailingLimitsTest {

    /** What happens before a key is reserved. */
    @FunctionalInterface
    private interface Before {
        void reserve(String key) throws InterruptedException;
    }

    private final SenderFixture fixture = new SenderFixture();
    private boolean isDown;
    private Before before = key -> {};

    private final SpendingLimits limits = new SpendingLimits() {
        @Override
        public boolean reserve(String key, String owner, BigInteger wei) throws InterruptedException {
            reach();
            before.reserve(key);
            return fixture.limits.reserve(key, owner, wei);
        }

        @Override
        public void settle(String key, String owner) {
            reach();
            fixture.limits.settle(key, owner);
        }

        @Override
        public void release(String key, String owner) {
            reach();
            fixture.limits.release(key, owner);
        }
    };

    private final TransactionSender sender =
            fixture.builder().limits(limits).maxPending(1).build();

    private void reach() {
        if (isDown) {
            throw new IllegalStateException("the limits cannot be reached");
        }
    }

    private void failSending(String key) {
        assertThatThrownBy(() -> sender.send(transfer(key, 1))).hasMessage("the limits cannot be reached");
    }

    @Test
    void whatTheyHaveLeftTakesNoPlaceOnceTheyAreBack() throws InterruptedException {
        isDown = true;
        failSending("a");
        failSending("b");
        isDown = false;

        assertThat(sender.send(transfer("c", 1))).isInstanceOf(Confirmed.class);
        assertThat(fixture.pending.find("a")).isEmpty();
        assertThat(fixture.chain.executed).hasSize(1);
    }

    @Test
    void keyThatIsBeingReservedKeepsItsPlace() throws InterruptedException {
        fixture.limits = SpendingLimits.daily(BigInteger.TEN, fixture.clock);
        List<TransactionOutcome> others = new ArrayList<>();
        before = key -> others.add(sender.send(transfer("of another thread", 1)));

        assertThat(sender.send(transfer("a", 1))).isInstanceOf(Confirmed.class);
        assertThat(others)
                .singleElement()
                .isInstanceOfSatisfying(
                        Refused.class, refused -> assertThat(refused.limit()).isEqualTo(Limit.PENDING));
    }
}
