package dev.tocsin.runner.journal;

import java.util.Map;

/**
 * What stands in the journal.
 *
 * @param alerts alerts ever recorded and not purged
 * @param withdrawn those of them whose block left the chain
 * @param pending deliveries not yet accepted or given up, by gateway
 * @param accepted deliveries accepted, by gateway
 * @param dead deliveries given up, by gateway
 */
public record JournalCounts(
        long alerts, long withdrawn, Map<String, Long> pending, Map<String, Long> accepted, Map<String, Long> dead) {

    /**
     * All deliveries that wait.
     *
     * @return their number over all gateways
     */
    public long allPending() {
        return pending.values().stream().mapToLong(Long::longValue).sum();
    }
}
