package dev.tocsin.runner.line;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.filters.FilterSet;
import dev.tocsin.filters.Log;
import dev.tocsin.filters.Match;
import dev.tocsin.runner.config.ConfigReader;
import dev.tocsin.runner.config.TocsinConfig;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AlertsTest {

    private static final String YAML = """
            nodes: {primary: "http://127.0.0.1:1"}
            watches:
              - name: paused
                event: event Paused()
            gateways:
              terminal: {type: terminal}
            alerting:
              receivers:
                all: {gateways: [terminal]}
              route: {receiver: all, group-by: %s}
            """;

    private static TocsinConfig config(String groupBy) {
        return ConfigReader.parse("t.yml", YAML.formatted(groupBy), name -> null);
    }

    @Test
    void theFileMayGroupByEachLabelOfAnAlert() {
        TocsinConfig.Watch watch = config("[...]").watches().getFirst();
        Log log = new Log(
                1,
                7,
                "0x" + "1".repeat(64),
                Instant.EPOCH,
                "0x" + "2".repeat(64),
                3,
                "0x" + "a".repeat(40),
                List.of(watch.rule().decoder().topic0()),
                "0x");
        Match match = FilterSet.of(watch.rule()).match(log).getFirst();

        Set<String> labels = Alerts.of(match, watch).labels().keySet();

        assertThat(config(labels.toString()).route().groupingLabels().orElseThrow())
                .containsExactlyElementsOf(labels);
    }
}
