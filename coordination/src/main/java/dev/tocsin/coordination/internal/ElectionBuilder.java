package dev.tocsin.coordination.internal;

import static java.util.Objects.requireNonNull;

import dev.tocsin.coordination.LeaderElection;
import java.time.Duration;
import java.util.function.Function;

/** Collects a candidate's settings. */
final class ElectionBuilder implements LeaderElection.Builder {
    private static final Duration LONGEST_DRAIN = Duration.ofHours(1);

    private final String name;
    private final Timing timing;
    private final Function<Candidate.Settings, Candidate> open;
    private LeaderElection.Elected elected = term -> {};
    private LeaderElection.Revoked revoked = (term, reason) -> {};
    private Duration ttl = Duration.ofSeconds(10);
    private Duration drainWithin = Duration.ofSeconds(10);
    private boolean joined;

    ElectionBuilder(String name, Timing timing, Function<Candidate.Settings, Candidate> open) {
        this.name = name;
        this.timing = timing;
        this.open = open;
    }

    @Override
    public LeaderElection.Builder onElected(LeaderElection.Elected callback) {
        elected = requireNonNull(callback, "callback");
        return this;
    }

    @Override
    public LeaderElection.Builder onRevoked(LeaderElection.Revoked callback) {
        revoked = requireNonNull(callback, "callback");
        return this;
    }

    @Override
    public LeaderElection.Builder ttl(Duration ttl) {
        this.ttl = timing.check(requireNonNull(ttl, "ttl"));
        return this;
    }

    @Override
    public LeaderElection.Builder drainWithin(Duration atMost) {
        if (atMost.isNegative() || atMost.compareTo(LONGEST_DRAIN) > 0) {
            throw new IllegalArgumentException("drainWithin must be from PT0S to " + LONGEST_DRAIN + ", was " + atMost);
        }
        drainWithin = atMost;
        return this;
    }

    @Override
    public LeaderElection join() {
        if (joined) {
            throw new IllegalStateException("this builder was joined already");
        }
        timing.check(ttl);
        joined = true;
        return open.apply(new Candidate.Settings(name, ttl, drainWithin, elected, revoked));
    }
}
