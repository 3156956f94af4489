package dev.tocsin.coordination.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.coordination.internal.LeaseStore;
import dev.tocsin.coordination.internal.LeaseStoreContract;
import dev.tocsin.testsupport.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.UnifiedJedis;

class RedisLeaseStoreIT extends LeaseStoreContract {
    private static final Duration TTL = Duration.ofSeconds(20);
    private static final String KEY = "{n:lock:x}";

    private static RedisServer redis;
    private static UnifiedJedis jedis;

    @BeforeAll
    static void start() throws InterruptedException {
        redis = RedisServer.start();
        jedis = Clients.patient(redis.port());
    }

    @AfterAll
    static void stop() {
        jedis.close();
        redis.close();
    }

    @Override
    protected LeaseStore store() {
        jedis.flushAll();
        return new RedisLeaseStore(jedis, "n");
    }

    @Test
    void hashOutlivesTheReleaseSoThatTheTokenGoesOn() {
        LeaseStore store = store();
        long token = token(store.acquire("x", "id1", TTL, "a"));

        store.release("x", "id1");

        assertThat(jedis.hgetAll(KEY)).containsEntry("o", "").containsEntry("t", Long.toString(token));
        assertThat(jedis.pttl(KEY)).isGreaterThan(Duration.ofDays(29).toMillis());
    }

    @Test
    void whatTheServerForgotIsGrantedAgainToItsHolderWithTheSameToken() {
        LeaseStore store = store();
        long token = token(store.acquire("x", "id1", TTL, "a"));
        jedis.flushAll();

        assertThat(store.renew("x", "id1", token, TTL, "a")).isTrue();
        assertThat(token(store.acquire("x", "id1", TTL, "a"))).isEqualTo(token);
    }

    @Test
    void whatTheServerForgotAndAnotherTookIsLost() {
        LeaseStore store = store();
        long token = token(store.acquire("x", "id1", TTL, "a"));
        jedis.flushAll();
        long next = token(store.acquire("x", "id2", TTL, "b"));
        store.release("x", "id2");

        assertThat(next).isGreaterThan(token);
        assertThat(store.renew("x", "id1", token, TTL, "a")).isFalse();
    }

    @Test
    void tokensGrowWhenTheServersClockHasGoneBackwards() {
        LeaseStore store = store();
        long token = token(store.acquire("x", "id1", TTL, "a"));
        long future = token + Duration.ofHours(1).toNanos() / 1000;
        jedis.hset(KEY, "t", Long.toString(future));
        jedis.hset(KEY, "c", Long.toString(future));
        store.release("x", "id1");

        assertThat(token(store.acquire("x", "id2", TTL, "b"))).isEqualTo(future + 1);
    }

    @Test
    void scriptsThatTheServerForgotAreSentAgain() {
        LeaseStore store = store();
        long token = token(store.acquire("x", "id1", TTL, "a"));

        jedis.scriptFlush("");

        assertThat(store.renew("x", "id1", token, TTL, "a")).isTrue();
        store.release("x", "id1");
    }
}
