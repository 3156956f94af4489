package dev.tocsin.coordination.internal;

import dev.tocsin.coordination.CoordinationException;
import java.time.Duration;
import java.util.Random;
import java.util.function.Supplier;

/** One instance's way to a shared store: it may be slow, lose a request, or an answer, or be cut. */
final class FlakyStore implements LeaseStore {
    private final LeaseStore store;
    private final Random random;
    private final Runnable travel;
    private boolean cut;
    private double loss;

    FlakyStore(LeaseStore store, Random random, Runnable travel) {
        this.store = store;
        this.random = random;
        this.travel = travel;
    }

    void cut(boolean cut) {
        this.cut = cut;
    }

    void loss(double probability) {
        this.loss = probability;
    }

    @Override
    public Grant acquire(String name, String id, Duration ttl, String label) {
        return pass(() -> store.acquire(name, id, ttl, label));
    }

    @Override
    public boolean renew(String name, String id, long token, Duration ttl, String label) {
        return pass(() -> store.renew(name, id, token, ttl, label));
    }

    @Override
    public void release(String name, String id) {
        pass(() -> {
            store.release(name, id);
            return true;
        });
    }

    @Override
    public Watch watch(String name, Runnable wake) {
        return store.watch(name, () -> {
            if (!cut) {
                wake.run();
            }
        });
    }

    private <T> T pass(Supplier<T> operation) {
        if (cut || random.nextDouble() < loss) {
            throw new CoordinationException("request lost", null);
        }
        travel.run();
        T answer = operation.get();
        travel.run();
        if (random.nextDouble() < loss) {
            throw new CoordinationException("answer lost", null);
        }
        return answer;
    }
}
