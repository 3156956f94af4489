package dev.tocsin.runner.line;

import static java.util.Objects.requireNonNull;

import dev.tocsin.alerting.Alert;
import dev.tocsin.alerting.AlertRouter;
import dev.tocsin.alerting.Notification;
import dev.tocsin.filters.CooldownStore;
import dev.tocsin.filters.FilterListener;
import dev.tocsin.filters.FilterSet;
import dev.tocsin.filters.Match;
import dev.tocsin.filters.Rejection;
import dev.tocsin.rpcpool.stream.Header;
import dev.tocsin.rpcpool.stream.Log;
import dev.tocsin.rpcpool.stream.LogBatch;
import dev.tocsin.rpcpool.stream.LogStream;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.runner.journal.JournalException;
import dev.tocsin.runner.journal.JournalTransaction;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes batches of the stream: filters the logs; then, in one transaction, asks the cooldowns, and writes alerts, planned
 * deliveries and the checkpoint. Called by one thread at a time, as the stream does.
 */
public final class Intake implements LogStream.Handler {

    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);

    private final Journal journal;
    private final long token;
    private final FilterSet filters;
    private final CooldownAsks asks = new CooldownAsks();
    private final FilterListener meters;
    private final Map<String, TocsinConfig.Watch> watches;
    private final AlertRouter router;
    private final Map<String, List<String>> receivers;
    private final InstantSource clock;
    private final LineListener listener;
    private final Runnable planned;
    private final Runnable fenced;
    private final Tally tally;

    /**
     * Makes the intake of one term of leadership.
     *
     * @param config watches, routes and receivers
     * @param journal where it writes
     * @param token the fencing token of the term
     * @param meters told of every decision of the filters
     * @param clock the wall clock, for when deliveries are due
     * @param listener told what became durable
     * @param planned called after deliveries were planned
     * @param fenced called when a newer leader has written; nothing more may be taken then
     */
    public Intake(
            TocsinConfig config,
            Journal journal,
            long token,
            FilterListener meters,
            InstantSource clock,
            LineListener listener,
            Runnable planned,
            Runnable fenced) {
        this.journal = journal;
        this.token = token;
        this.meters = meters;
        this.tally = new Tally(meters);
        this.filters = FilterSet.builder()
                .rules(config.watches().stream().map(TocsinConfig.Watch::rule).toList())
                .units(config.units())
                .cooldowns(asks)
                .listener(tally)
                .build();
        this.watches = config.watches().stream()
                .collect(Collectors.toMap(watch -> watch.rule().name(), Function.identity()));
        this.router = AlertRouter.of(config.route());
        this.receivers = config.receivers();
        this.clock = clock;
        this.listener = listener;
        this.planned = planned;
        this.fenced = fenced;
    }

    /** What one batch came to. */
    private record Outcome(List<Match> passed, List<Match> quiet, int alerts, int withdrawn, int deliveries) {}

    @Override
    public void on(LogBatch batch) {
        tally.clear();
        asks.clear();
        List<Match> matches = batch.logs().stream()
                .flatMap(log -> filters.match(toFilterLog(log)).stream())
                .toList();
        Outcome outcome;
        try {
            outcome = journal.write(token, transaction -> take(batch, matches, transaction));
        } catch (JournalException.Fenced e) {
            fenced.run();
            throw e;
        }
        tell(batch, outcome);
        if (outcome.deliveries() > 0) {
            planned.run();
        }
    }

    private void tell(LogBatch batch, Outcome outcome) {
        try {
            outcome.passed().forEach(meters::onMatch);
            outcome.quiet().forEach(match -> meters.onRejected(match.rule(), Rejection.COOLDOWN));
            listener.onBatch(batch, tally.decoded(), outcome.passed().size(), outcome.alerts(), outcome.withdrawn());
        } catch (RuntimeException e) { // the batch is durable: it must not be given again
            LOG.warn("listener failed block={}", batch.checkpoint().number(), e);
        }
    }

    private Outcome take(LogBatch batch, List<Match> matches, JournalTransaction transaction) throws SQLException {
        Instant now = clock.instant();
        List<Alert> withdrawn = new ArrayList<>();
        for (Header orphan : batch.retracted()) {
            for (Alert alert : transaction.withdraw(orphan.hash())) {
                withdrawn.add(alert.resolved(batch.seenAt()));
            }
        }
        List<Alert> alerts = new ArrayList<>();
        List<Match> passed = new ArrayList<>();
        List<Match> quiet = new ArrayList<>();
        for (Match match : matches) {
            if (!asks.passes(match, now, transaction)) {
                quiet.add(match);
                continue;
            }
            passed.add(match);
            Alert alert = Alerts.of(match, requireNonNull(watches.get(match.rule()), match.rule()));
            if (transaction.alert(alert, match.event().log().blockHash(), now)) {
                alerts.add(alert);
            }
        }
        int deliveries =
                plan(withdrawn, batch.seenAt(), now, transaction) + plan(alerts, batch.seenAt(), now, transaction);
        transaction.checkpoint(batch.chainId(), batch.checkpoint());
        return new Outcome(passed, quiet, alerts.size(), withdrawn.size(), deliveries);
    }

    private int plan(List<Alert> alerts, Instant seenAt, Instant now, JournalTransaction transaction)
            throws SQLException {
        int deliveries = 0;
        for (Notification notification : router.route(alerts)) {
            for (Notification part : parts(notification)) {
                String occurrence = occurrence(part, transaction);
                for (String gateway : receivers.getOrDefault(part.receiver(), List.of())) {
                    String key = part.key() + occurrence + "-" + gateway;
                    String message = Messages.encode(Messages.of(part).withKey(key));
                    deliveries += transaction.plan(key, gateway, message, seenAt, now) ? 1 : 0;
                }
            }
        }
        return deliveries;
    }

    /** A message that a person can read and a gateway takes: large groups become several. */
    private static List<Notification> parts(Notification whole) {
        List<Notification> parts = new ArrayList<>();
        List<Alert> alerts = whole.alerts();
        for (int from = 0; from < alerts.size(); from += Messages.MOST_ALERTS) {
            List<Alert> some = alerts.subList(from, Math.min(alerts.size(), from + Messages.MOST_ALERTS));
            parts.add(Notification.of(whole.receiver(), whole.groupLabels(), some));
        }
        return parts;
    }

    /** What tells the message of a block that is back on the chain from the one of its first time there. */
    private static String occurrence(Notification notification, JournalTransaction transaction) throws SQLException {
        int most = 0;
        for (Alert alert : notification.alerts()) {
            most = Math.max(most, transaction.occurrence(alert.key()));
        }
        return most > 1 ? "-" + most : "";
    }

    private static dev.tocsin.filters.Log toFilterLog(Log log) {
        return new dev.tocsin.filters.Log(
                log.chainId(),
                log.blockNumber(),
                log.blockHash(),
                log.blockTime(),
                log.transactionHash(),
                log.logIndex(),
                log.address(),
                log.topics(),
                log.data());
    }

    /**
     * What the matches of the batch in hand have to ask the cooldowns. The filters run before the transaction, in which alone
     * a cooldown can be asked; until then they let every match pass. By the stream's thread only.
     */
    private static final class CooldownAsks implements CooldownStore {

        private final Map<String, Ask> asksByMatch = new HashMap<>();

        private record Ask(String key, Instant at, Duration period) {}

        @Override
        public boolean pass(String key, Instant at, Duration period, String matchKey) {
            asksByMatch.put(matchKey, new Ask(key, at, period));
            return true;
        }

        /** Not asked for: the journal withdraws all of a block at once. */
        @Override
        public void withdraw(String matchKey) {
            asksByMatch.remove(matchKey);
        }

        boolean passes(Match match, Instant now, JournalTransaction transaction) throws SQLException {
            Ask ask = asksByMatch.get(match.key());
            return ask == null || transaction.pass(ask.key(), ask.at(), ask.period(), match.key(), now);
        }

        void clear() {
            asksByMatch.clear();
        }
    }

    /**
     * Counts the decoded logs of the batch in hand, so that a batch that is given twice is told once. Keeps matches to itself:
     * whether they pass their cooldown is decided later. By the stream's thread only.
     */
    private static final class Tally implements FilterListener {

        private final FilterListener next;
        private final Map<String, Integer> decoded = new TreeMap<>();

        Tally(FilterListener next) {
            this.next = next;
        }

        @Override
        public void onDecoded(String event) {
            decoded.merge(event, 1, Integer::sum);
            next.onDecoded(event);
        }

        @Override
        public void onNotThisEvent(String event, String why) {
            next.onNotThisEvent(event, why);
        }

        @Override
        public void onRejected(String rule, Rejection reason) {
            next.onRejected(rule, reason);
        }

        void clear() {
            decoded.clear();
        }

        Map<String, Integer> decoded() {
            return Map.copyOf(decoded);
        }
    }
}
