package dev.tocsin.filters;

import static java.util.Objects.requireNonNull;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Cooldowns in this process, lost with it. Bounded: when there are more keys than it may remember, those used least are forgotten,
 * and a forgotten key matches early; it never holds back what it should let through. Of one key it remembers the last 16 passes,
 * enough to withdraw those of a reorganisation. Safe for use by many threads, does not block.
 */
public final class InMemoryCooldowns implements CooldownStore {
    private static final int DEFAULT_MAX_KEYS = 100_000;
    private static final int MAX_PASSES = 16;

    private final ConcurrentMap<String, List<Pass>> passesByKey;
    private final ConcurrentMap<String, String> keyByMatch;
    private final Cache<String, List<Pass>> cache;

    private InMemoryCooldowns(int maxKeys) {
        this.cache = bounded(maxKeys);
        this.passesByKey = cache.asMap();
        Cache<String, String> matches = bounded(4L * maxKeys);
        this.keyByMatch = matches.asMap();
    }

    private static <V> Cache<String, V> bounded(long size) {
        // the caller's thread tidies up: nothing of ours runs on the common pool
        return Caffeine.newBuilder().maximumSize(size).executor(Runnable::run).build();
    }

    /**
     * Remembers up to 100 000 keys.
     *
     * @return an empty memory
     */
    public static InMemoryCooldowns create() {
        return new InMemoryCooldowns(DEFAULT_MAX_KEYS);
    }

    /**
     * Remembers up to so many keys, at roughly 1 kB for each pass of a key (at most 16) that is remembered.
     *
     * @param maxKeys how many, 1 to 10 000 000; with too few, matches come earlier than their cooldown
     * @return an empty memory
     * @throws IllegalArgumentException if {@code maxKeys} is out of range
     */
    public static InMemoryCooldowns ofKeys(int maxKeys) {
        if (maxKeys < 1 || maxKeys > 10_000_000) {
            throw new IllegalArgumentException("maxKeys must be 1 to 10000000, was " + maxKeys);
        }
        return new InMemoryCooldowns(maxKeys);
    }

    @Override
    public boolean pass(String key, Instant at, Duration period, String matchKey) {
        requireNonNull(at, "at");
        requireNonNull(period, "period");
        requireNonNull(matchKey, "matchKey");
        Pass asking = new Pass(at, matchKey);
        List<Pass> after = passesByKey.compute(
                requireNonNull(key, "key"),
                (k, passes) -> isFree(passes, asking, period) ? with(passes, asking) : passes);
        boolean passed = after != null && after.contains(asking);
        if (passed) {
            keyByMatch.put(matchKey, key);
        }
        return passed;
    }

    @Override
    public void withdraw(String matchKey) {
        String key = keyByMatch.remove(requireNonNull(matchKey, "matchKey"));
        if (key != null) {
            passesByKey.computeIfPresent(key, (k, passes) -> without(passes, matchKey));
        }
    }

    /** How many keys are remembered now. */
    long size() {
        cache.cleanUp();
        return cache.estimatedSize();
    }

    private static boolean isFree(@Nullable List<Pass> passes, Pass asking, Duration period) {
        if (passes == null) {
            return true;
        }
        for (Pass pass : passes) {
            if (Duration.between(pass.at(), asking.at()).abs().compareTo(period) < 0) {
                return false;
            }
        }
        return true;
    }

    private static List<Pass> with(@Nullable List<Pass> passes, Pass pass) {
        List<Pass> after = new ArrayList<>(MAX_PASSES);
        if (passes != null) {
            after.addAll(passes.subList(Math.max(0, passes.size() - MAX_PASSES + 1), passes.size()));
        }
        after.add(pass);
        return List.copyOf(after);
    }

    private static @Nullable List<Pass> without(List<Pass> passes, String matchKey) {
        List<Pass> after = passes.stream()
                .filter(pass -> !pass.matchKey().equals(matchKey))
                .toList();
        return after.isEmpty() ? null : after;
    }

    private record Pass(Instant at, String matchKey) {}
}
