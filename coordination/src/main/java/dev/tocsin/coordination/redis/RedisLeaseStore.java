package dev.tocsin.coordination.redis;

import dev.tocsin.coordination.CoordinationException;
import dev.tocsin.coordination.internal.LeaseStore;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import redis.clients.jedis.UnifiedJedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One hash a lease. Fields: {@code o} the id of the owner, or empty; {@code t} fencing token; {@code x} when it runs out, in
 * microseconds of the server; {@code c} the latest server time seen, so that time never runs backwards; {@code l} the
 * owner's label; {@code r} the id that was released last.
 */
final class RedisLeaseStore implements LeaseStore {
    private static final Script ACQUIRE = Script.read("acquire.lua");
    private static final Script RENEW = Script.read("renew.lua");
    private static final Script RELEASE = Script.read("release.lua");

    private final UnifiedJedis jedis;
    private final String namespace;

    RedisLeaseStore(UnifiedJedis jedis, String namespace) {
        this.jedis = jedis;
        this.namespace = namespace;
    }

    @Override
    public Grant acquire(String name, String id, Duration ttl, String label) {
        List<?> answer = call(ACQUIRE, "acquire", name, id, micros(ttl), label);
        return switch (String.valueOf(answer.get(0))) {
            case "GRANTED" -> new Grant.Granted((Long) answer.get(1));
            case "HELD" ->
                new Grant.Held(Duration.of((Long) answer.get(1), ChronoUnit.MICROS), String.valueOf(answer.get(2)));
            case "SPENT" -> new Grant.Spent();
            default -> throw senseless("acquire", name, answer);
        };
    }

    @Override
    public boolean renew(String name, String id, long token, Duration ttl, String label) {
        List<?> answer = call(RENEW, "renew", name, id, micros(ttl), label, Long.toString(token));
        return switch (String.valueOf(answer.get(0))) {
            case "OK" -> true;
            case "TAKEN" -> false;
            default -> throw senseless("renew", name, answer);
        };
    }

    @Override
    public void release(String name, String id) {
        call(RELEASE, "release", name, id);
    }

    /** No hints yet: waiters poll. */
    @Override
    public Watch watch(String name, Runnable wake) {
        return () -> {};
    }

    private List<?> call(Script script, String what, String name, String... args) {
        Object answer;
        try {
            answer = script.call(jedis, "{" + namespace + ":lock:" + name + "}", args);
        } catch (JedisException e) {
            throw new CoordinationException(
                    "redis gave no answer to " + what + " of lease " + name + "; it may or may not have taken place: "
                            + e.getMessage(),
                    e);
        }
        if (answer instanceof List<?> list && !list.isEmpty()) {
            return list;
        }
        throw senseless(what, name, answer);
    }

    private static CoordinationException senseless(String what, String name, Object answer) {
        return new CoordinationException(
                "redis gave a senseless answer to " + what + " of lease " + name + ": " + answer, null);
    }

    private static String micros(Duration duration) {
        return Long.toString(duration.toNanos() / 1000);
    }
}
