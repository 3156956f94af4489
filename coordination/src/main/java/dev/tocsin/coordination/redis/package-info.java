/**
 * Leases and elections kept in Redis. Needs {@code redis.clients:jedis} on the class or module path.
 *
 * <p>Start at {@link dev.tocsin.coordination.redis.RedisCoordination}.
 */
package dev.tocsin.coordination.redis;
