package dev.tocsin.coordination.internal;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tocsin.coordination.internal.LeaseStore.Grant;
import dev.tocsin.coordination.internal.LeaseStore.Grant.Granted;
import dev.tocsin.coordination.internal.LeaseStore.Grant.Held;
import dev.tocsin.coordination.internal.LeaseStore.Grant.Spent;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What every store must do, also with requests that are repeated or come late. */
public abstract class LeaseStoreContract {
    private static final Duration LONG = ofSeconds(20);
    private static final Duration SHORT = ofMillis(100);

    /** A store without leases. */
    protected abstract LeaseStore store();

    @Test
    void acquiringAgainWithTheSameIdGivesTheSameToken() {
        LeaseStore store = store();

        Grant first = store.acquire("x", "id1", LONG, "a");
        Grant again = store.acquire("x", "id1", LONG, "a");

        assertThat(first).isInstanceOf(Granted.class);
        assertThat(again).isEqualTo(first);
    }

    @Test
    void anotherIdIsToldWhoHoldsItAndForHowLong() {
        LeaseStore store = store();
        store.acquire("x", "id1", LONG, "a");

        Grant second = store.acquire("x", "id2", LONG, "b");

        assertThat(second).isInstanceOfSatisfying(Held.class, held -> {
            assertThat(held.holder()).isEqualTo("a");
            assertThat(held.remaining()).isBetween(LONG.minusSeconds(5), LONG);
        });
    }

    @Test
    void leaseThatRanOutIsGrantedToAnotherWithAGreaterToken() {
        LeaseStore store = store();
        long first = token(store.acquire("x", "id1", SHORT, "a"));

        await().until(() -> store.acquire("x", "id2", LONG, "b") instanceof Granted);

        assertThat(token(store.acquire("x", "id2", LONG, "b"))).isGreaterThan(first);
        assertThat(store.renew("x", "id1", first, LONG, "a")).isFalse();
    }

    @Test
    void leaseThatRanOutAndThatNobodyTookMayBeRenewed() {
        LeaseStore store = store();
        long token = token(store.acquire("x", "id1", SHORT, "a"));
        await().pollDelay(SHORT.multipliedBy(2)).until(() -> true);

        assertThat(store.renew("x", "id1", token, LONG, "a")).isTrue();
        assertThat(store.acquire("x", "id2", LONG, "b")).isInstanceOf(Held.class);
    }

    @Test
    void releasedIdIsNeverGrantedOrRenewedAgain() {
        LeaseStore store = store();
        long token = token(store.acquire("x", "id1", LONG, "a"));

        store.release("x", "id1");

        assertThat(store.acquire("x", "id1", LONG, "a")).isInstanceOf(Spent.class);
        assertThat(store.renew("x", "id1", token, LONG, "a")).isFalse();
        assertThat(store.acquire("x", "id2", LONG, "b")).isInstanceOf(Granted.class);
    }

    @Test
    void releaseThatOvertakesItsAcquireRefusesIt() {
        LeaseStore store = store();

        store.release("x", "id1");

        assertThat(store.acquire("x", "id1", LONG, "a")).isInstanceOf(Spent.class);
    }

    @Test
    void releaseByAnotherIdLeavesTheOwnerAlone() {
        LeaseStore store = store();
        long token = token(store.acquire("x", "id1", LONG, "a"));

        store.release("x", "id2");

        assertThat(store.renew("x", "id1", token, LONG, "a")).isTrue();
        assertThat(store.acquire("x", "id3", LONG, "c")).isInstanceOf(Held.class);
    }

    protected static long token(Grant grant) {
        return ((Granted) grant).token();
    }
}
