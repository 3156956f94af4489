package dev.tocsin.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AlertRouterTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private static Alert alert(String name, String severity) {
        return Alert.firing(name).label("severity", severity);
    }

    private static List<String> receivers(Route root, Alert... alerts) {
        return AlertRouter.of(root).route(List.of(alerts)).stream()
                .map(Notification::receiver)
                .toList();
    }

    @Test
    void treeReadsLikeTheSentenceItStandsFor() {
        // @start region="route"
        Route root = Route.to("chat")
                .groupBy("alertname")
                .child(Route.to("phone").severity(Severity.CRITICAL).continuing())
                .child(Route.to("email").severity(Severity.WARNING));
        AlertRouter router = AlertRouter.of(root);

        List<Notification> notifications =
                router.route(List.of(Alert.firing("NodeDown").label("severity", "critical")));
        // @end

        assertThat(notifications).extracting(Notification::receiver).containsExactly("phone", "email");
        assertThat(router.receivers()).containsExactly("chat", "phone", "email");
    }

    @Test
    void alertThatNoChildTakesBelongsToTheNodeItself() {
        Route root = Route.to("root").child(Route.to("child").severity(Severity.CRITICAL));

        assertThat(receivers(root, alert("A", "info"))).containsExactly("root");
    }

    @Test
    void firstChildThatTakesItKeepsItFromTheOthers() {
        Route root = Route.to("root").child(Route.to("first")).child(Route.to("second"));

        assertThat(receivers(root, alert("A", "info"))).containsExactly("first");
    }

    @Test
    void continuingChildLeavesItToTheOthersButNotToTheParent() {
        Route root = Route.to("root")
                .child(Route.to("first").continuing())
                .child(Route.to("second").severity(Severity.CRITICAL));

        assertThat(receivers(root, alert("A", "critical"))).containsExactly("first", "second");
        assertThat(receivers(root, alert("A", "info"))).containsExactly("first");
    }

    @Test
    void childWhoseOwnChildrenDoNotTakeItStillKeepsIt() {
        Route root = Route.to("root")
                .child(Route.to("first").child(Route.to("inner").severity(Severity.CRITICAL)))
                .child(Route.to("second"));

        assertThat(receivers(root, alert("A", "info"))).containsExactly("first");
    }

    @Test
    void childrenInheritReceiverAndGrouping() {
        Route root = Route.to("root")
                .groupBy("alertname")
                .child(Route.inheriting()
                        .severity(Severity.WARNING)
                        .child(Route.to("deep").severity(Severity.CRITICAL)));

        List<Notification> notifications = AlertRouter.of(root)
                .route(List.of(alert("A", "warning"), alert("B", "warning"), alert("A", "critical")));

        assertThat(notifications)
                .extracting(
                        Notification::receiver,
                        notification -> notification.groupLabels().toString())
                .containsExactly(
                        tuple("root", "{alertname=A}"), tuple("root", "{alertname=B}"), tuple("deep", "{alertname=A}"));
    }

    @Test
    void withoutGroupingAllAlertsOfARouteShareANotification() {
        List<Notification> notifications =
                AlertRouter.of(Route.to("root")).route(List.of(alert("A", "info"), alert("B", "critical")));

        assertThat(notifications).hasSize(1);
        assertThat(notifications.getFirst().groupLabels()).isEmpty();
        assertThat(notifications.getFirst().alerts()).extracting(Alert::name).containsExactly("A", "B");
    }

    @Test
    void groupingByNothingUndoesTheParents() {
        Route root =
                Route.to("root").groupBy("alertname").child(Route.inheriting().groupBy());

        List<Notification> notifications = AlertRouter.of(root).route(List.of(alert("A", "info"), alert("B", "info")));

        assertThat(notifications).hasSize(1);
    }

    @Test
    void groupingByAllLabelsTellsEachLabelSetApart() {
        Route root = Route.to("root").groupBy(Route.ALL_LABELS);

        List<Notification> notifications =
                AlertRouter.of(root).route(List.of(alert("A", "info"), alert("A", "warning")));

        assertThat(notifications)
                .extracting(Notification::groupLabels)
                .containsExactly(
                        alert("A", "info").labels(), alert("A", "warning").labels());
    }

    @Test
    void labelThatAnAlertLacksIsNotAmongItsGroupLabels() {
        Route root = Route.to("root").groupBy("alertname", "chain");

        List<Notification> notifications = AlertRouter.of(root)
                .route(List.of(alert("A", "info"), alert("A", "info").label("chain", "1")));

        assertThat(notifications)
                .extracting(notification -> notification.groupLabels().toString())
                .containsExactly("{alertname=A}", "{alertname=A, chain=1}");
    }

    @Test
    void firingAndResolvedAlertsOfAGroupAreToldApart() {
        Alert firing = alert("A", "info").key("1");
        Alert resolved = alert("A", "info").key("2").resolved(NOON);

        List<Notification> notifications = AlertRouter.of(Route.to("root")).route(List.of(resolved, firing));

        assertThat(notifications)
                .extracting(Notification::status, Notification::alerts)
                .containsExactly(
                        tuple(Alert.Status.RESOLVED, List.of(resolved)), tuple(Alert.Status.FIRING, List.of(firing)));
    }

    @Test
    void withdrawalGoesWhereTheAlertWentUnderAnotherKey() {
        Route root = Route.to("chat").child(Route.to("phone").severity(Severity.CRITICAL));
        Alert event = alert("Whale", "critical").key("1:0xb:0xt:0:whale").startsAt(NOON);

        Notification told = AlertRouter.of(root).route(List.of(event)).getFirst();
        Notification withdrawn =
                AlertRouter.of(root).route(List.of(event.resolved(NOON))).getFirst();

        assertThat(withdrawn.receiver()).isEqualTo(told.receiver()).isEqualTo("phone");
        assertThat(withdrawn.groupLabels()).isEqualTo(told.groupLabels());
        assertThat(withdrawn.key()).isNotEqualTo(told.key());
    }

    @Test
    void alertsOfTheSameKeyAreFoldedInTheFirstPlaceWithTheLastContent() {
        Alert first = alert("A", "info").key("1").annotation("summary", "old");
        Alert other = alert("A", "info").key("2");
        Alert last = alert("A", "info").key("1").annotation("summary", "new");

        List<Notification> notifications = AlertRouter.of(Route.to("root")).route(List.of(first, other, last));

        assertThat(notifications).hasSize(1);
        assertThat(notifications.getFirst().alerts()).containsExactly(last, other);
    }

    @Test
    void firingAndItsEndInOneCallAreBothTold() {
        Alert firing = alert("A", "info").key("1");

        List<Notification> notifications =
                AlertRouter.of(Route.to("root")).route(List.of(firing, firing.resolved(NOON)));

        assertThat(notifications)
                .extracting(Notification::status)
                .containsExactly(Alert.Status.FIRING, Alert.Status.RESOLVED);
    }

    @Test
    void twoRoutesWithTheSameContentForTheSameReceiverMakeOneNotification() {
        Route root = Route.to("root").child(Route.to("w2").continuing()).child(Route.to("w2"));

        assertThat(receivers(root, alert("A", "info"))).containsExactly("w2");
    }

    @Test
    void twoRoutesWithDifferentContentForTheSameReceiverMakeTwo() {
        Route root = Route.to("root")
                .child(Route.to("w2").severity(Severity.CRITICAL).continuing())
                .child(Route.to("w2"));

        assertThat(receivers(root, alert("A", "critical"), alert("B", "info"))).containsExactly("w2", "w2");
    }

    @Test
    void nothingToRouteMakesNothing() {
        assertThat(AlertRouter.of(Route.to("root")).route(List.of())).isEmpty();
    }

    @Test
    void groupLabelsOfANotificationAreACopy() {
        TreeMap<String, String> labels = new TreeMap<>();
        Notification notification = Notification.of("r", labels, List.of(alert("A", "info")));

        labels.put("a", "1");

        assertThat(notification.groupLabels()).isEmpty();
        assertThat(notification.groupLabels()).isUnmodifiable();
    }
}
