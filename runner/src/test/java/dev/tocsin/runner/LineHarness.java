package dev.tocsin.runner;

import dev.tocsin.testsupport.ChildProcess;
import dev.tocsin.testsupport.JavaProcess;
import dev.tocsin.testsupport.ReceivedMail;
import dev.tocsin.testsupport.ReceivedRequest;
import dev.tocsin.testsupport.SmtpInbox;
import dev.tocsin.testsupport.WebhookInbox;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Starts the runner as a process of its own, and reads what its receivers were told. */
final class LineHarness {

    /** The ERC-20 event, as it stands in a watch. */
    static final String TRANSFER = "event Transfer(address indexed from, address indexed to, uint256 value)";

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern STATUS = Pattern.compile("(?m)^status: (\\S+)");
    private static final Pattern ALERTS = Pattern.compile("(?m)^alerts: (.+?)\\s*$");

    private LineHarness() {}

    /** What the configurations of all tests have in common; watches and gateways come below it. */
    static String yaml(URI node, URI webSocket, long from, Path state) {
        return """
                nodes: {chain: 31337, primary: "%s", websocket: "%s", health-check: 200ms, timeout: 2s}
                stream: {from: %d, poll: 50ms}
                tokens:
                  TOKEN: {decimals: 18}
                state: {file: "%s"}
                http: {port: 0}
                """.formatted(node, webSocket, from, state);
    }

    /** The gateways {@code mail} and {@code hook}. */
    static String gateways(SmtpInbox mail, WebhookInbox hook) {
        return gateways(hook)
                + "  mail: {type: smtp, host: 127.0.0.1, port: %d, security: none, from: a@tocsin.test, to: ops@tocsin.test}\n"
                        .formatted(mail.port());
    }

    /** The gateway {@code hook} alone. */
    static String gateways(WebhookInbox hook) {
        return "gateways:\n  hook: {type: webhook, url: \"%s\", secret: a-secret-of-the-test}\n".formatted(hook.uri());
    }

    /** Starts {@code run -c} with this YAML and waits until it watches. */
    static ChildProcess run(Path folder, String yaml) throws IOException, InterruptedException {
        ChildProcess process = start(folder, yaml);
        process.awaitLine("watching", Duration.ofSeconds(30));
        return process;
    }

    /** The same, and does not wait. */
    static ChildProcess start(Path folder, String yaml) throws IOException, InterruptedException {
        Path config = Files.writeString(folder.resolve("tocsin.yml"), yaml);
        return JavaProcess.main(Main.class, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m")
                .args("run", "-c", config.toString())
                .start();
    }

    /** {@code firing KEY} or {@code withdrawn KEY} for each alert, in order; a request that repeats an Idempotency-Key is dropped, as a receiver does. */
    static List<String> told(WebhookInbox hook) {
        List<String> told = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ReceivedRequest request : hook.requests()) {
            if (seen.add(request.header("Idempotency-Key").orElseThrow())) {
                JsonNode facts = JSON.readTree(request.body()).path("facts");
                told.addAll(each(
                        facts.path("status").asString(), facts.path("alerts").asString()));
            }
        }
        return told;
    }

    /** The same by mail; a mail that repeats a Message-ID is dropped. */
    static List<String> told(SmtpInbox mail) {
        List<String> told = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (ReceivedMail letter : mail.mails()) {
            if (seen.add(letter.header("Message-ID").orElseThrow())) {
                String text = letter.text().orElseThrow();
                told.addAll(each(first(STATUS, text), first(ALERTS, text)));
            }
        }
        return told;
    }

    static List<String> firing(Collection<String> keys) {
        return keys.stream().map(key -> "firing " + key).toList();
    }

    private static List<String> each(String status, String keys) {
        return Pattern.compile(" ")
                .splitAsStream(keys)
                .map(key -> status + " " + key)
                .toList();
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new AssertionError("no " + pattern + " in " + text);
        }
        return matcher.group(1);
    }
}
