package dev.tocsin.filters;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FilterMetersTest {
    @Test
    void whatASetDoesIsCounted() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        FilterSet filters = FilterSet.builder()
                .rule(Rule.named("calm").on(Events.TRANSFER).when("value >= 5").cooldown(Duration.ofMinutes(3)))
                .listener(FilterMeters.on(registry))
                .build();
        EventDecoder decoder = EventDecoder.of(Events.TRANSFER);

        filters.match(Events.transfer(5, Events.NOON, 1));
        filters.match(Events.transfer(5, Events.NOON, 2));
        filters.match(Events.transfer(1, Events.NOON, 3));
        filters.match(Events.log(decoder, List.of()));

        assertThat(registry.get("tocsin.filters.decoded")
                        .tag("event", "Transfer")
                        .counter()
                        .count())
                .isEqualTo(3);
        assertThat(registry.get("tocsin.filters.undecoded")
                        .tag("event", "Transfer")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(registry.get("tocsin.filters.passed")
                        .tag("rule", "calm")
                        .counter()
                        .count())
                .isEqualTo(1);
        assertThat(rejected(registry, "condition")).isEqualTo(1);
        assertThat(rejected(registry, "cooldown")).isEqualTo(1);
    }

    private static double rejected(SimpleMeterRegistry registry, String reason) {
        return registry.get("tocsin.filters.rejected")
                .tags("rule", "calm", "reason", reason)
                .counter()
                .count();
    }
}
