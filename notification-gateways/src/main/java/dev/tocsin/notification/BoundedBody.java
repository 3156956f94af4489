package dev.tocsin.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Keeps the first bytes of a body and stops reading when there are more, so that no receiver can fill our memory. */
final class BoundedBody implements BodySubscriber<String> {
    private final int limit;
    private final CompletableFuture<String> done = new CompletableFuture<>();
    private final ReentrantLock lock =
            new ReentrantLock(); // guards what has come so far, which the sender reads at its deadline
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream(); // guarded by lock
    private boolean whole; // guarded by lock
    private Flow.@Nullable Subscription subscription; // used by the delivering thread only

    BoundedBody(int limit) {
        this.limit = limit;
    }

    @Override
    public CompletionStage<String> getBody() {
        return done;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        this.subscription = subscription;
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
        if (done.isDone()) {
            return;
        }
        boolean full = false;
        lock.lock();
        try {
            for (ByteBuffer buffer : buffers) {
                byte[] bytes = new byte[Math.min(buffer.remaining(), limit - kept.size())];
                full |= bytes.length < buffer.remaining();
                buffer.get(bytes);
                kept.write(bytes, 0, bytes.length);
            }
        } finally {
            lock.unlock();
        }
        if (full && subscription != null) {
            subscription.cancel();
            done.complete(soFar());
        }
    }

    @Override
    public void onError(Throwable failure) {
        done.complete(soFar()); // the status is known; that the rest of the body is lost shows in isWhole()
    }

    @Override
    public void onComplete() {
        lock.lock();
        try {
            whole = true;
        } finally {
            lock.unlock();
        }
        done.complete(soFar());
    }

    String soFar() {
        lock.lock();
        try {
            return kept.toString(UTF_8);
        } finally {
            lock.unlock();
        }
    }

    boolean isWhole() {
        lock.lock();
        try {
            return whole;
        } finally {
            lock.unlock();
        }
    }
}
