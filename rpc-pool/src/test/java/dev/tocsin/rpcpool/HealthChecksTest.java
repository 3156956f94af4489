package dev.tocsin.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.rpcpool.error.ErrorClassifier;
import dev.tocsin.rpcpool.internal.node.HealthChecks;
import dev.tocsin.rpcpool.internal.node.Listeners;
import dev.tocsin.rpcpool.internal.node.Node;
import dev.tocsin.rpcpool.internal.transport.HttpTransport;
import dev.tocsin.rpcpool.internal.transport.Transport;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HealthChecksTest {

    private final FakeNode fake = FakeNode.start();

    /** One node; from the second round on, whoever asks for the nodes finds that the checks have just been closed. */
    private final class ClosingNodes implements Supplier<List<Node>> {
        private final Node node = new Node(fake.name(), URI.create(fake.url()), Tier.PRIMARY, 1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile @Nullable HealthChecks checks; // set after the first round

        @Override
        public List<Node> get() {
            HealthChecks open = checks;
            if (open != null) {
                open.close();
                closed.countDown();
            }
            return List.of(node);
        }
    }

    @Test
    void aRoundThatBeginsWhileTheChecksCloseEndsQuietly() throws Exception {
        List<Throwable> uncaught = new CopyOnWriteArrayList<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
        ClosingNodes nodes = new ClosingNodes();
        try (fake;
                Transport transport = new HttpTransport(Duration.ofSeconds(2), ErrorClassifier.standard())) {
            HealthChecks checks = new HealthChecks(
                    nodes,
                    transport,
                    OptionalLong.of(1),
                    Duration.ofMillis(20),
                    Duration.ofSeconds(2),
                    InstantSource.system(),
                    System::nanoTime,
                    new Listeners(List.of()));
            checks.open();
            nodes.checks = checks;

            assertThat(nodes.closed.await(10, TimeUnit.SECONDS)).isTrue();
            checks.close(); // waits for the thread of the rounds

            assertThat(uncaught).isEmpty();
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
