package dev.tocsin.coordination.internal;

import dev.tocsin.coordination.Leadership;
import java.time.Duration;

/** A candidate's term, as its lease has it. */
record Term(HeldLease lease) implements Leadership {
    @Override
    public boolean isValid() {
        return lease.isValid();
    }

    @Override
    public long token() {
        return lease.token();
    }

    @Override
    public Duration remaining() {
        return lease.remaining();
    }

    @Override
    public void ensure(Duration atLeast) {
        lease.ensure(atLeast);
    }
}
