package dev.tocsin.filters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class InMemoryCooldownsTest extends CooldownStoreContract {
    @Override
    CooldownStore create() {
        return InMemoryCooldowns.create();
    }

    @Test
    void neverRemembersMoreKeysThanItMay() {
        InMemoryCooldowns small = InMemoryCooldowns.ofKeys(100);

        for (int i = 0; i < 10_000; i++) {
            assertThat(small.pass("key" + i, Events.NOON, Duration.ofMinutes(3), "match" + i))
                    .isTrue();
        }

        assertThat(small.size()).isLessThanOrEqualTo(100);
    }

    @Test
    void theNumberOfKeysHasARange() {
        assertThatThrownBy(() -> InMemoryCooldowns.ofKeys(0)).hasMessage("maxKeys must be 1 to 10000000, was 0");
        assertThatThrownBy(() -> InMemoryCooldowns.ofKeys(10_000_001)).isInstanceOf(IllegalArgumentException.class);
    }
}
