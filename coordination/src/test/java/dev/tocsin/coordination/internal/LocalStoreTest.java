package dev.tocsin.coordination.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class LocalStoreTest extends LeaseStoreContract {
    @Override
    protected LeaseStore store() {
        return new LocalStore(System::nanoTime, InstantSource.system());
    }

    @Test
    void tokensGrowEvenWhenTheirNamesHaveBeenDropped() {
        LeaseStore store = new LocalStore(() -> 0, () -> Instant.EPOCH);
        long before = 0;
        for (int i = 0; i < 3; i++) {
            before = token(store.acquire("x", "id" + i, Duration.ofSeconds(1), "a"));
            store.release("x", "id" + i);
        }

        for (int i = 0; i < 30_000; i++) {
            store.acquire("name" + i, "id" + i, Duration.ofSeconds(1), "a");
            store.release("name" + i, "id" + i);
        }

        assertThat(token(store.acquire("x", "new", Duration.ofSeconds(1), "a"))).isGreaterThan(before);
    }
}
