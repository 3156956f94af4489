package dev.tocsin.coordination.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.coordination.Coordination;
import dev.tocsin.coordination.CoordinationException;
import dev.tocsin.coordination.CoordinationListener;
import dev.tocsin.coordination.internal.CoordinationContract;
import dev.tocsin.testsupport.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

class RedisCoordinationIT extends CoordinationContract {
    private static final List<UnifiedJedis> CLIENTS = new ArrayList<>();
    private static RedisServer redis;
    private static int tests;

    @BeforeAll
    static void start() throws InterruptedException {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        CLIENTS.forEach(UnifiedJedis::close);
        redis.close();
    }

    @BeforeEach
    void nextNamespace() {
        tests++;
    }

    @Override
    protected Coordination openInstance(String label, CoordinationListener listener) {
        UnifiedJedis jedis = Clients.patient(redis.port());
        CLIENTS.add(jedis);
        return RedisCoordination.over(jedis)
                .namespace("test-" + tests)
                .label(label)
                .listener(listener)
                .commandTimeout(Clients.TIMEOUT)
                .retryDelay(Duration.ofMillis(20))
                .open();
    }

    @Test
    void serverThatDoesNotAnswerIsToldWhenOpening() {
        try (UnifiedJedis nowhere = Clients.impatient(1)) {
            var builder = RedisCoordination.over(nowhere);

            assertThatThrownBy(builder::open)
                    .isInstanceOf(CoordinationException.class)
                    .hasMessageStartingWith("redis does not answer: ");
        }
    }

    @Test
    void ttlTooShortForTheTimeoutsIsRefusedWithTheArithmetic() {
        Coordination coordination = open("a");

        assertThatThrownBy(() -> coordination.election("e").ttl(Duration.ofMillis(500)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("with these timeouts it must be longer than PT0.747S");
    }
}
