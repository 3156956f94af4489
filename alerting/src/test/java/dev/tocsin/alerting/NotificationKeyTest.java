package dev.tocsin.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NotificationKeyTest {
    private static final Alert A = Alert.firing("A").key("1:0xb:0xt:0:whale");
    private static final Alert B = Alert.firing("A").key("1:0xb:0xt:1:whale");

    static LongStream seeds() {
        return LongStream.range(0, 50);
    }

    private static Notification notification(String receiver, Map<String, String> group, Alert... alerts) {
        return Notification.of(receiver, new TreeMap<>(group), List.of(alerts));
    }

    /**
     * If this test fails, the keys of stored deliveries change with the release, and everything that is pending is delivered twice. The value was
     * computed apart from this code: SHA-256 over (length, bytes) of each text and the counts, as big-endian 32-bit numbers.
     */
    @Test
    void keyStaysTheSameFromReleaseToRelease() {
        assertThat(notification("phone", Map.of("alertname", "A", "chain", "1"), B, A)
                        .key())
                .isEqualTo("b072b16cab5d37ab91ceabf4d215efe1cbcc7a9f2968a70b0199641732333039");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void orderOfTheAlertsDoesNotChangeTheKey(long seed) {
        Random random = new Random(seed);
        List<Alert> alerts = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(20); i++) {
            alerts.add(Alert.firing("A" + random.nextInt(3)).key("k" + i));
        }
        AlertRouter router = AlertRouter.of(Route.to("r").groupBy("alertname"));
        Set<String> keys = keys(router.route(alerts));

        Collections.shuffle(alerts, random);

        assertThat(keys(router.route(alerts))).isEqualTo(keys);
    }

    @Test
    void annotationsAndTimesDoNotChangeTheKey() {
        Alert later = A.annotation("summary", "s").startsAt(Instant.parse("2026-11-21T12:00:00Z"));

        assertThat(notification("r", Map.of(), later).key())
                .isEqualTo(notification("r", Map.of(), A).key());
    }

    @Test
    void everyPartOfTheContentChangesTheKey() {
        Alert resolved = A.resolved(Instant.EPOCH);

        List<Notification> different = List.of(
                notification("r", Map.of(), A),
                notification("r", Map.of(), B),
                notification("r", Map.of(), A, B),
                notification("r", Map.of(), resolved),
                notification("s", Map.of(), A),
                notification("r", Map.of("a", "1"), A),
                notification("r", Map.of("a", "2"), A),
                notification("r", Map.of("b", "1"), A),
                notification("r", Map.of("a", "1", "b", "1"), A));

        assertThat(keys(different)).hasSize(different.size());
    }

    @Test
    void textsThatJoinToTheSameDoNotCollide() {
        List<Notification> different = List.of(
                notification("ra", Map.of("b", "1"), A.key("x")),
                notification("r", Map.of("ab", "1"), A.key("x")),
                notification("r", Map.of("a", "b1"), A.key("x")),
                notification("r", Map.of("a", "b"), A.key("1x")),
                notification("r", Map.of(), A.key("ab1x")),
                notification("r", Map.of(), A.key("ab"), A.key("1x")),
                notification("r", Map.of(), A.key("ab1"), A.key("x")));

        assertThat(keys(different)).hasSize(different.size());
    }

    @Test
    void notificationIsOfOneStatusAndNotEmpty() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> notification("r", Map.of(), A, B.resolved(Instant.EPOCH)))
                .withMessage("alerts must be all firing or all resolved");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> notification("r", Map.of()))
                .withMessage("alerts must not be empty");
    }

    @Test
    void textCountsTheAlerts() {
        Notification notification = new Notification("r", new TreeMap<>(Map.of("a", "1")), List.of(A, B), "k");

        assertThat(notification).hasToString("Notification[r FIRING {a=1} alerts=2 key=k]");
    }

    private static Set<String> keys(List<Notification> notifications) {
        Set<String> keys = new HashSet<>();
        notifications.forEach(notification -> keys.add(notification.key()));
        return keys;
    }
}
