package dev.tocsin.runner;

import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.JavaProcess;
import dev.tocsin.testsupport.ReceivedMail;
import dev.tocsin.testsupport.ReceivedRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Starts the runner as a process of its own, and reads what its receivers got. */
final class LineHarness {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern MAIL_LINE = Pattern.compile("transaction (0x[0-9a-f]{64}) log (\\d+)");

    private LineHarness() {}

    /** Starts {@code run -c} with this YAML and waits until it watches. */
    static ChildProcess run(Path folder, String yaml) throws IOException, InterruptedException {
        ChildProcess process = start(folder, yaml);
        process.awaitLine("watching", Duration.ofSeconds(30));
        return process;
    }

    static ChildProcess start(Path folder, String yaml) throws IOException, InterruptedException {
        Path config = Files.writeString(folder.resolve("tocsin.yml"), yaml);
        return JavaProcess.main(Main.class, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")
                .args("run", "-c", config.toString())
                .start();
    }

    /** How often each firing alert came, by its key; a request that repeats an earlier Idempotency-Key is dropped, as a receiver does. */
    static Map<String, Integer> alertsOf(Collection<ReceivedRequest> requests) {
        Map<String, Integer> times = new TreeMap<>();
        List<String> seen = new ArrayList<>();
        for (ReceivedRequest request : requests) {
            String key = request.header("Idempotency-Key").orElseThrow();
            if (seen.contains(key)) {
                continue;
            }
            seen.add(key);
            JsonNode facts = JSON.readTree(request.body()).path("facts");
            if (facts.path("status").asString("").equals("firing")) {
                for (String alert : facts.path("alerts").asString("").split(" ", -1)) {
                    times.merge(alert, 1, Integer::sum);
                }
            }
        }
        return times;
    }

    /** How often each log came by mail, as {@code transaction:log}; a mail that repeats an earlier Message-ID is dropped. */
    static Map<String, Integer> logsOf(Collection<ReceivedMail> mails) {
        Map<String, Integer> times = new TreeMap<>();
        List<String> seen = new ArrayList<>();
        for (ReceivedMail mail : mails) {
            String id = mail.header("Message-ID").orElseThrow();
            if (seen.contains(id)) {
                continue;
            }
            seen.add(id);
            Matcher matcher = MAIL_LINE.matcher(mail.text().orElse(""));
            while (matcher.find()) {
                times.merge(matcher.group(1) + ":" + matcher.group(2), 1, Integer::sum);
            }
        }
        return times;
    }
}
