package dev.tocsin.runner;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RunLogTest {

    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.tocsin.runner");
    private final ListAppender<ILoggingEvent> written = new ListAppender<>();
    private final Shutdown shutdown = Shutdown.manual();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        written.start();
        logger.addAppender(written);
    }

    @AfterEach
    void leave() {
        logger.detachAppender(written);
        logger.setLevel(null); // that of its parent
    }

    private void fails(RunLog log, String key) {
        log.onRetry("mail", key, "could not connect", Duration.ofSeconds(1));
    }

    @Test
    void aGatewayThatFailsIsToldOnceAndOnceMoreWhenItDeliversAgain() {
        RunLog log = new RunLog(shutdown, false);

        fails(log, "a");
        fails(log, "a");
        fails(log, "b");
        log.onDelivered("mail", "a", Instant.EPOCH, Instant.EPOCH);
        log.onDelivered("mail", "b", Instant.EPOCH, Instant.EPOCH);

        assertThat(written.list)
                .extracting(ILoggingEvent::toString)
                .containsExactly(
                        "[WARN] gateway does not deliver, will be tried again gateway=mail reason=could not connect",
                        "[INFO] gateway delivers again gateway=mail");
    }

    @Test
    void aWebSocketThatCannotBeConnectedIsToldOnceAndOnceMoreWhenItIsBack() {
        RunLog log = new RunLog(shutdown, false);

        log.onHeads("node:8546", false, "cannot connect");
        log.onHeads("node:8546", false, "cannot connect");
        log.onHeads("other", true, "");
        log.onHeads("node:8546", true, "");

        assertThat(written.list)
                .extracting(ILoggingEvent::toString)
                .containsExactly(
                        "[WARN] websocket cannot be used node=node:8546 cause=cannot connect",
                        "[INFO] websocket is back node=node:8546");
    }

    @Test
    void aWebSocketThatIsLostIsToldOnlyIfItCannotBeConnectedAgain() {
        RunLog log = new RunLog(shutdown, false);

        log.onHeads("node", true, "");
        log.onHeads("node", false, "closed by the node");
        log.onHeads("node", true, "");
        assertThat(written.list).isEmpty();
        log.onHeads("node", false, "closed by the node");
        log.onHeads("node", false, "cannot connect");

        assertThat(written.list)
                .extracting(ILoggingEvent::toString)
                .containsExactly("[WARN] websocket cannot be used node=node cause=cannot connect");
    }

    @Test
    void oneOfSeveralTellsWhenItLeadsAndStandsByButNotWhileItStops() {
        RunLog log = new RunLog(shutdown, true);

        log.onLeading(true);
        log.onLeading(false);
        shutdown.wish();
        log.onLeading(false);

        assertThat(written.list).extracting(ILoggingEvent::getMessage).containsExactly("leading", "standing by");
    }

    @Test
    void oneThatWorksAloneDoesNotSpeakOfLeading() {
        RunLog log = new RunLog(shutdown, false);

        log.onLeading(true);
        log.onLeading(false);

        assertThat(written.list).isEmpty();
    }
}
