package dev.tocsin.runner;

import dev.tocsin.notification.Message;
import dev.tocsin.runner.console.Screen;
import dev.tocsin.runner.demo.DemoBlock;
import dev.tocsin.runner.demo.DemoChain;
import dev.tocsin.runner.demo.DemoLedger;
import dev.tocsin.runner.demo.DemoMailbox;
import dev.tocsin.runner.demo.DemoOracle;
import dev.tocsin.runner.demo.DemoWebhook;
import dev.tocsin.runner.demo.Received;
import dev.tocsin.runner.journal.JournalCounts;
import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What stands behind the gateways of {@code demo.yml}. Each is held against the second computation of what its routes send
 * there: everything to terminal and webhook, what is critical to the mailbox.
 */
final class DemoReceivers implements DemoChain.Listener, AutoCloseable {

    private static final String TERMINAL = "terminal";
    private static final String EMAIL = "email";
    private static final String WEBHOOK = "webhook";

    private final DemoLedger terminal = new DemoLedger(block -> DemoOracle.alerts(DemoChain.CHAIN_ID, block));
    private final DemoLedger email = new DemoLedger(block -> DemoOracle.criticalAlerts(DemoChain.CHAIN_ID, block));
    private final DemoLedger web = new DemoLedger(block -> DemoOracle.alerts(DemoChain.CHAIN_ID, block));
    private final SortedMap<String, DemoLedger> ledgers =
            new TreeMap<>(Map.of(TERMINAL, terminal, EMAIL, email, WEBHOOK, web));
    private final DemoWebhook webhook;
    private final DemoMailbox mailbox;

    private DemoReceivers(InstantSource clock, Screen screen) throws IOException {
        webhook = DemoWebhook.start(clock, received -> web.onReceived(received.alerts()));
        mailbox = DemoMailbox.start(clock, received -> email.onReceived(received.alerts()));
        screen.onMessage(message -> terminal.onReceived(alerts(message)));
    }

    static DemoReceivers start(InstantSource clock, Screen screen) throws IOException {
        return new DemoReceivers(clock, screen);
    }

    private static List<String> alerts(Message message) {
        return Received.firing(
                message.facts().getOrDefault("status", ""), message.facts().getOrDefault("alerts", ""));
    }

    @Override
    public void onHead(DemoBlock block) {
        ledgers.values().forEach(ledger -> ledger.onHead(block));
    }

    @Override
    public void onRemoved(DemoBlock block) {
        ledgers.values().forEach(ledger -> ledger.onRemoved(block));
    }

    int smtpPort() {
        return mailbox.port();
    }

    URI webhook() {
        return webhook.uri();
    }

    /** Whether every alert that the chain must cause has arrived everywhere. */
    boolean isComplete() {
        return ledgers.values().stream().allMatch(ledger -> ledger.missing() == 0);
    }

    /** What must have arrived, by gateway. */
    SortedMap<String, Summary.Expected> expected() {
        SortedMap<String, Summary.Expected> expected = new TreeMap<>();
        ledgers.forEach(
                (name, ledger) -> expected.put(name, new Summary.Expected(ledger.expected(), ledger.missing())));
        return expected;
    }

    /** What the journal counts as accepted, by gateway, those without any included. */
    SortedMap<String, Long> deliveries(JournalCounts counts) {
        SortedMap<String, Long> deliveries = new TreeMap<>(counts.accepted());
        ledgers.keySet().forEach(name -> deliveries.putIfAbsent(name, 0L));
        return deliveries;
    }

    /**
     * For each gateway the alerts that must be there and are not, or, where that is more (a withdrawal, or no second
     * computation), the messages that wait, were given up, or were accepted and never came.
     */
    long lost(JournalCounts counts) {
        long lost = 0;
        for (Map.Entry<String, DemoLedger> ledger : ledgers.entrySet()) {
            String name = ledger.getKey();
            long vanished = switch (name) {
                case EMAIL ->
                    counts.accepted().getOrDefault(name, 0L) - mailbox.keys().size();
                case WEBHOOK ->
                    counts.accepted().getOrDefault(name, 0L) - webhook.keys().size();
                default -> 0;
            };
            long undelivered = counts.pending().getOrDefault(name, 0L)
                    + counts.dead().getOrDefault(name, 0L)
                    + Math.max(0, vanished);
            lost += Math.max(ledger.getValue().missing(), undelivered);
        }
        return lost;
    }

    /** For each gateway the alerts that came again, or, where that is more, the messages whose key came again. */
    long duplicated() {
        return Math.max(web.repeated(), webhook.repeats())
                + Math.max(email.repeated(), mailbox.repeats())
                + terminal.repeated();
    }

    @Override
    public void close() {
        mailbox.close();
        webhook.close();
    }
}
