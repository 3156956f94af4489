package dev.tocsin.runner.line;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.filters.FilterListener;
import dev.tocsin.filters.Match;
import dev.tocsin.filters.Rejection;
import dev.tocsin.notification.Message;
import dev.tocsin.rpcpool.stream.Checkpoint;
import dev.tocsin.rpcpool.stream.Header;
import dev.tocsin.rpcpool.stream.Log;
import dev.tocsin.rpcpool.stream.LogBatch;
import dev.tocsin.runner.config.ConfigReader;
import dev.tocsin.runner.config.TocsinConfig;
import dev.tocsin.runner.journal.Delivery;
import dev.tocsin.runner.journal.Journal;
import dev.tocsin.runner.journal.JournalException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntakeTest {

    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final String TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
    private static final String YAML = """
            nodes: {primary: "http://127.0.0.1:1"}
            watches:
              - name: every
                event: event Transfer(address indexed from, address indexed to, uint256 value)
                severity: warning
              - name: rare
                event: event Transfer(address indexed from, address indexed to, uint256 value)
                when: value >= 100
                severity: critical
                cooldown: 1m
            gateways:
              mail: {type: webhook, url: "http://127.0.0.1:1/a"}
              chat: {type: webhook, url: "http://127.0.0.1:1/b"}
            alerting:
              receivers:
                all: {gateways: [chat]}
                oncall: {gateways: [mail, chat]}
              route:
                receiver: all
                group-by: [alertname]
                routes:
                  - {receiver: oncall, severity: critical}
            """;

    @TempDir
    private Path folder;

    private final List<String> told = new ArrayList<>();
    private final List<String> filtered = new ArrayList<>();
    private boolean deaf;
    private final TocsinConfig config = ConfigReader.parse("t.yml", YAML, name -> null);
    private Journal journal;
    private Intake intake;

    @BeforeEach
    void open() {
        journal = Journal.open(folder.resolve("state.db"));
        intake = intake(1);
    }

    @AfterEach
    void close() {
        journal.close();
    }

    private Intake intake(long token) {
        FilterListener hears = new FilterListener() {
            @Override
            public void onMatch(Match match) {
                filtered.add("match " + match.rule());
            }

            @Override
            public void onRejected(String rule, Rejection reason) {
                filtered.add(reason + " " + rule);
            }
        };
        LineListener listener = new LineListener() {
            @Override
            public void onBatch(LogBatch batch, Map<String, Integer> decoded, int matches, int alerts, int withdrawn) {
                if (deaf) {
                    throw new IllegalStateException("deaf");
                }
                told.add(decoded + " " + matches + " " + alerts + " " + withdrawn);
            }
        };
        return new Intake(
                config,
                journal,
                token,
                hears,
                () -> NOW,
                listener,
                () -> told.add("planned"),
                () -> told.add("fenced"));
    }

    private static String hash(String name) {
        return "0x" + name.repeat(64 / name.length());
    }

    private static Header header(long number, String name) {
        return new Header(number, hash(name), hash("00"), NOW.plusSeconds(number));
    }

    private static Log log(Header block, int index, long value) {
        String word = "0x" + "0".repeat(63);
        return new Log(
                1,
                block.number(),
                block.hash(),
                block.timestamp(),
                hash("cc"),
                0,
                index,
                "0x00000000000000000000000000000000000000aa",
                List.of(TRANSFER, word + "1", word + "2"),
                "0x" + String.format("%064x", value));
    }

    private static LogBatch batch(List<Header> retracted, Header block, Log... logs) {
        return new LogBatch(
                1,
                retracted,
                List.of(block),
                List.of(logs),
                new Checkpoint(block.number(), block.hash(), List.of()),
                NOW);
    }

    private List<Message> due(String gateway) {
        return journal.due(gateway, NOW, 100).stream()
                .map(Delivery::message)
                .map(Messages::decode)
                .toList();
    }

    @Test
    void aMatchBecomesAnAlertAndADeliveryForEachGatewayOfItsRoute() {
        Header block = header(1, "a1");

        intake.on(batch(List.of(), block, log(block, 0, 5), log(block, 1, 100)));

        assertThat(due("mail")).extracting(Message::title).containsExactly("[CRITICAL] rare");
        assertThat(due("chat"))
                .extracting(Message::title)
                .containsExactlyInAnyOrder("[WARNING] every (2 alerts)", "[CRITICAL] rare");
        assertThat(journal.checkpoint(1)).map(Checkpoint::number).contains(1L);
        assertThat(told).containsExactly("{Transfer=2} 3 3 0", "planned");
    }

    @Test
    void theSameBatchTwicePlansNothingNew() {
        Header block = header(1, "a1");
        LogBatch batch = batch(List.of(), block, log(block, 0, 100));

        intake.on(batch);
        intake.on(batch);

        assertThat(journal.counts().alerts()).isEqualTo(2);
        assertThat(due("mail")).hasSize(1);
        assertThat(due("chat")).hasSize(2);
    }

    @Test
    void aCooldownKeepsTheSecondMatchQuiet() {
        Header one = header(1, "a1");
        Header two = header(2, "a2");

        intake.on(batch(List.of(), one, log(one, 0, 100)));
        intake.on(batch(List.of(), two, log(two, 0, 100)));

        assertThat(due("mail")).hasSize(1);
        assertThat(filtered).containsExactly("match every", "match rare", "match every", "COOLDOWN rare");
        assertThat(told).contains("{Transfer=1} 1 1 0");
    }

    @Test
    void aListenerThatThrowsDoesNotMakeTheStreamGiveTheBatchAgain() {
        Header block = header(1, "a1");
        deaf = true;

        intake.on(batch(List.of(), block, log(block, 0, 100)));

        assertThat(told).containsExactly("planned");
        assertThat(due("mail")).hasSize(1);
    }

    @Test
    void anOrphanIsWithdrawnAndItsSuccessorIsNotKeptQuietByIt() {
        Header orphan = header(1, "a1");
        Header successor = header(1, "b1");
        intake.on(batch(List.of(), orphan, log(orphan, 0, 100)));

        intake.on(batch(List.of(orphan), successor, log(successor, 3, 100)));

        assertThat(due("mail"))
                .extracting(Message::title)
                .containsExactly("[CRITICAL] rare", "[WITHDRAWN] rare", "[CRITICAL] rare");
        assertThat(due("mail"))
                .extracting(message -> message.facts().get("status"))
                .containsExactly("firing", "withdrawn", "firing");
        assertThat(due("mail")).extracting(Message::key).doesNotHaveDuplicates();
        assertThat(told).last().isEqualTo("planned");
        assertThat(told).contains("{Transfer=1} 2 2 2");
    }

    @Test
    void aBlockThatComesBackFiresAgain() {
        Header first = header(1, "a1");
        Header second = header(1, "b1");
        intake.on(batch(List.of(), first, log(first, 0, 100)));
        intake.on(batch(List.of(first), second));

        intake.on(batch(List.of(second), first, log(first, 0, 100)));
        intake.on(batch(List.of(first), second));

        assertThat(due("mail"))
                .extracting(Message::title)
                .containsExactly("[CRITICAL] rare", "[WITHDRAWN] rare", "[CRITICAL] rare", "[WITHDRAWN] rare");
        assertThat(due("mail")).extracting(Message::key).doesNotHaveDuplicates();
    }

    @Test
    void aLargeGroupBecomesSeveralMessagesThatTellOfEveryAlert() {
        Header block = header(1, "a1");
        Log[] logs = new Log[120];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = log(block, i, 5);
        }

        intake.on(batch(List.of(), block, logs));

        assertThat(due("chat"))
                .extracting(Message::title)
                .containsExactly(
                        "[WARNING] every (50 alerts)", "[WARNING] every (50 alerts)", "[WARNING] every (20 alerts)");
        assertThat(due("chat").stream()
                        .flatMap(
                                message -> List.of(message.facts().get("alerts").split(" ", -1)).stream()))
                .hasSize(120)
                .doesNotHaveDuplicates();
    }

    @Test
    void aFormerLeaderPlansNothing() {
        Header block = header(1, "a1");
        journal.write(7, transaction -> true);

        assertThatThrownBy(() -> intake.on(batch(List.of(), block, log(block, 0, 100))))
                .isInstanceOf(JournalException.Fenced.class);

        assertThat(told).containsExactly("fenced");
        assertThat(due("mail")).isEmpty();
        assertThat(journal.checkpoint(1)).isEmpty();
    }
}
