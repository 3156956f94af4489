package dev.tocsin.rpcpool.internal.transport;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Collects an answer, up to a size: a node that never ends its answer must not fill the memory. */
public final class LimitedBody implements BodySubscriber<byte[]> {

    private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
    private final long most;
    private long seen; // called by one thread at a time (Reactive Streams rule 1.3)
    private Flow.@Nullable Subscription subscription;

    public LimitedBody(long most) {
        this.most = most;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return bytes.getBody();
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
        subscription = given;
        bytes.onSubscribe(given);
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
        seen += items.stream().mapToLong(ByteBuffer::remaining).sum();
        if (seen > most) {
            if (subscription != null) {
                subscription.cancel();
            }
            bytes.onError(new IOException("the answer is larger than " + most + " bytes"));
            return;
        }
        bytes.onNext(items);
    }

    @Override
    public void onError(Throwable failure) {
        bytes.onError(failure);
    }

    @Override
    public void onComplete() {
        bytes.onComplete();
    }
}
