package dev.tocsin.coordination.redis;

import java.time.Duration;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.UnifiedJedis;

/** Jedis clients for the tests. */
final class Clients {
    /** The timeout of impatient clients. */
    static final Duration TIMEOUT = Duration.ofMillis(200);

    private Clients() {}

    static UnifiedJedis impatient(int port) {
        return client(port, TIMEOUT);
    }

    /** Bears a slow machine. */
    static UnifiedJedis patient(int port) {
        return client(port, Duration.ofSeconds(5));
    }

    private static UnifiedJedis client(int port, Duration timeout) {
        int millis = Math.toIntExact(timeout.toMillis());
        return RedisClient.builder()
                .hostAndPort(new HostAndPort("127.0.0.1", port))
                .clientConfig(DefaultJedisClientConfig.builder()
                        .connectionTimeoutMillis(millis)
                        .socketTimeoutMillis(millis)
                        .build())
                .build();
    }
}
