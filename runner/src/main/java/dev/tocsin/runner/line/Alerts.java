package dev.tocsin.runner.line;

import dev.tocsin.alerting.Alert;
import dev.tocsin.filters.Log;
import dev.tocsin.filters.Match;
import dev.tocsin.runner.config.TocsinConfig;
import java.util.Locale;
import java.util.Map;

/** Turns a match of the filters into an alert: the key stays, so that the alert is as unique as the log and the rule. */
final class Alerts {

    private Alerts() {}

    static Alert of(Match match, TocsinConfig.Watch watch) {
        Log log = match.event().log();
        Alert alert = Alert.firing(match.rule())
                .key(match.key())
                .startsAt(log.blockTime())
                .label("severity", watch.severity().name().toLowerCase(Locale.ROOT))
                .label("chain", Long.toString(log.chainId()))
                .label("event", match.event().name())
                .label("contract", log.address())
                .annotation("summary", watch.summary().of(match))
                .annotation("block", Long.toString(log.blockNumber()))
                .annotation("transaction", log.transactionHash())
                .annotation("log", Integer.toString(log.logIndex()));
        for (Map.Entry<String, Object> field : match.event().values().entrySet()) {
            alert = alert.annotation("field_" + field.getKey(), String.valueOf(field.getValue()));
        }
        return alert;
    }
}
