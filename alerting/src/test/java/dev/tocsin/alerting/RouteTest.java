package dev.tocsin.alerting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class RouteTest {

    @Test
    void copiesLeaveTheOriginalAsItWas() {
        Route route = Route.to("a");

        Route changed = route.severity(Severity.WARNING)
                .groupBy("alertname")
                .child(Route.inheriting())
                .continuing();

        assertThat(route.matchers()).isEmpty();
        assertThat(route.groupingLabels()).isEmpty();
        assertThat(route.children()).isEmpty();
        assertThat(route.isContinuing()).isFalse();
        assertThat(changed.matchers()).containsExactly(Matcher.severityAtLeast(Severity.WARNING));
        assertThat(changed.groupingLabels())
                .hasValueSatisfying(labels -> assertThat(labels).containsExactly("alertname"));
        assertThat(changed.children()).hasSize(1);
        assertThat(changed.isContinuing()).isTrue();
        assertThat(changed.receiver()).contains("a");
    }

    @Test
    void matchersOfSeveralCallsAreAllKept() {
        Route route = Route.to("a").when(Matcher.equal("x", "1")).when(Matcher.notEqual("y", "2"));

        assertThat(route.matchers()).containsExactly(Matcher.equal("x", "1"), Matcher.notEqual("y", "2"));
    }

    @Test
    void blankReceiverIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Route.to("")).withMessage("receiver must not be blank");
    }

    @Test
    void groupByRefusesWhatIsNoLabelName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Route.to("a").groupBy("a-b"))
                .withMessage("label name must be letters, digits and _ and not begin with a digit, was \"a-b\"");
    }

    @Test
    void groupByRefusesALabelTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Route.to("a").groupBy("x", "x"))
                .withMessage("groupBy must not have a label twice, was [x, x]");
    }

    @Test
    void allLabelsMustStandAlone() {
        assertThat(Route.to("a").groupBy("...").groupingLabels()).isPresent();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Route.to("a").groupBy("...", "x"))
                .withMessage("groupBy must have ... alone, was [..., x]");
    }

    @Test
    void rootMustNameAReceiver() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlertRouter.of(Route.inheriting()))
                .withMessage("root route must name a receiver");
    }

    @Test
    void rootMustTakeEveryAlert() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlertRouter.of(Route.to("a").severity(Severity.CRITICAL)))
                .withMessage("root route must take every alert, was Route[a when=[severity>=critical] children=0]");
    }

    @Test
    void rootMustNotBeContinuing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AlertRouter.of(Route.to("a").continuing()))
                .withMessage("root route must not be continuing: it has no siblings");
    }
}
