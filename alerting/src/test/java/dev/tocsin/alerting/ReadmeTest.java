package dev.tocsin.alerting;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    @Test
    void codeOfTheReadmeRuns() throws InterruptedException {
        List<String> calls = new ArrayList<>();
        List<String> mails = new ArrayList<>();

        // @start region="readme"
        Route routes = Route.to("mail")
                .groupBy("alertname")
                .child(Route.to("phone").severity(Severity.CRITICAL).continuing())
                .child(Route.inheriting());
        AlertRouter router = AlertRouter.builder(routes)
                .receiver("phone", notification -> calls.add("call about " + notification.groupLabels()))
                .receiver("mail", notification -> mails.add("mail about " + notification.alerts()))
                .build();
        Alert alert = Alert.firing("NodeDown").label("severity", "critical").label("node", "a");
        PostReport report = router.post(alert);
        // @end

        assertThat(report.failed()).isEmpty();
        assertThat(calls).containsExactly("call about {alertname=NodeDown}");
        assertThat(mails).hasSize(1);
    }

    @Test
    void readmeShowsThatCode() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/tocsin/alerting/ReadmeTest.java"));
        int start = source.indexOf('\n', source.indexOf("@start region=\"readme\"")) + 1;
        String code = source.substring(start, source.lastIndexOf('\n', source.indexOf("@end")))
                .stripIndent()
                .strip();

        assertThat(Files.readString(Path.of("README.md"))).contains(code);
    }
}
