package dev.tocsin.coordination.redis;

import static java.util.Objects.requireNonNull;

import dev.tocsin.coordination.Coordination;
import dev.tocsin.coordination.CoordinationException;
import dev.tocsin.coordination.CoordinationListener;
import dev.tocsin.coordination.internal.Names;
import dev.tocsin.coordination.internal.StoreCoordination;
import dev.tocsin.coordination.internal.Timing;
import dev.tocsin.coordination.internal.VirtualThreadScheduler;
import java.time.Duration;
import java.util.random.RandomGeneratorFactory;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Leases and elections for many processes and machines, kept in Redis (5 or later; effects of scripts must be replicated).
 *
 * <p>One hash a lease, {@code {namespace:lock:name}}. It is not deleted when the lease is released, because the fencing token lives in it;
 * an unused one goes after 30 days. Whether a lease has run out is judged by the server's clock alone. Redis must not evict
 * ({@code maxmemory-policy noeviction}).
 */
public final class RedisCoordination {
    private RedisCoordination() {}

    /**
     * Begins a coordination over a client, which stays the caller's: closing the coordination does not close it. Each
     * command holds one connection of the client's pool while it lasts.
     *
     * @param jedis the client, of a standalone server, Sentinel or Cluster
     * @return a builder, for one thread
     */
    public static Builder over(UnifiedJedis jedis) {
        return new Builder(requireNonNull(jedis, "jedis"));
    }

    /** Settings. Mutable, for one thread. */
    public static final class Builder {
        private final UnifiedJedis jedis;
        private String namespace = "tocsin";
        private String label = "pid-" + ProcessHandle.current().pid();
        private CoordinationListener listener = CoordinationListener.NONE;
        private Duration commandTimeout = Duration.ofSeconds(2);
        private Duration retryDelay = Duration.ofMillis(100);
        private Duration pollEvery = Duration.ofMillis(250);

        private Builder(UnifiedJedis jedis) {
            this.jedis = jedis;
        }

        /**
         * Sets what all keys begin with. Only instances of the same namespace know each other.
         *
         * @param namespace default {@code tocsin}; 1 to 128 characters of {@code a-z 0-9 . - _}
         * @return this builder
         */
        public Builder namespace(String namespace) {
            this.namespace = Names.check("namespace", namespace);
            return this;
        }

        /**
         * Sets this instance's name, for people; stored in Redis and shown to the other instances.
         *
         * @param label default {@code pid-} and the process id; at most 256 characters
         * @return this builder
         */
        public Builder label(String label) {
            if (label.length() > 256) {
                throw new IllegalArgumentException("label must have at most 256 characters, had " + label.length());
            }
            this.label = label;
            return this;
        }

        /**
         * Sets who is told what happens.
         *
         * @param listener default: nobody
         * @return this builder
         */
        public Builder listener(CoordinationListener listener) {
            this.listener = requireNonNull(listener, "listener");
            return this;
        }

        /**
         * Says how long one command may take with the client's timeouts: it enters the timing inequality, so it decides how short a
         * ttl may be. It does not change the client.
         *
         * @param timeout default 2 s, which is Jedis's own; 1 ms to 10 min. If it is less than the client's real timeout, one lost
         *     answer may cost a lease (never its safety).
         * @return this builder
         */
        public Builder commandTimeout(Duration timeout) {
            this.commandTimeout = inRange("commandTimeout", timeout, Duration.ofMillis(1), Duration.ofMinutes(10));
            return this;
        }

        /**
         * Sets the pause before a command that got no answer is tried again; half to all of it, by chance.
         *
         * @param delay default 100 ms; 1 ms to 1 min
         * @return this builder
         */
        public Builder retryDelay(Duration delay) {
            this.retryDelay = inRange("retryDelay", delay, Duration.ofMillis(1), Duration.ofMinutes(1));
            return this;
        }

        /**
         * Sets how often at least a waiter or a standby looks whether the lease was released; it looks anyway when the lease may
         * have run out.
         *
         * @param period default 250 ms; 10 ms to 1 min. Each look is one command; a longer period delays hand-over.
         * @return this builder
         */
        public Builder pollEvery(Duration period) {
            this.pollEvery = inRange("pollEvery", period, Duration.ofMillis(10), Duration.ofMinutes(1));
            return this;
        }

        /**
         * Opens it, after one round trip to see that the server answers.
         *
         * @return the coordination
         * @throws CoordinationException if the server does not answer
         */
        public Coordination open() {
            try {
                jedis.ping();
            } catch (JedisException e) {
                throw new CoordinationException("redis does not answer: " + e.getMessage(), e);
            }
            return StoreCoordination.open(
                    new RedisLeaseStore(jedis, namespace),
                    new VirtualThreadScheduler(System::nanoTime, Long.MAX_VALUE),
                    new Timing(commandTimeout, retryDelay),
                    pollEvery,
                    label,
                    RandomGeneratorFactory.getDefault().create(),
                    listener);
        }

        private static Duration inRange(String what, Duration value, Duration least, Duration most) {
            if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
                throw new IllegalArgumentException(what + " must be from " + least + " to " + most + ", was " + value);
            }
            return value;
        }
    }
}
