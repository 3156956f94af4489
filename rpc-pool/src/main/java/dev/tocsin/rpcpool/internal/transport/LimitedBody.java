package dev.tocsin.rpcpool.internal.transport;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Collects an answer, up to a size: a node that never ends its answer must not fill the memory. What comes compressed, asked for or not, is
 * inflated, up to the same size; the JDK's client does not do that.
 */
public final class LimitedBody implements BodySubscriber<byte[]> {

    private final BodySubscriber<byte[]> bytes = BodySubscribers.ofByteArray();
    private final String encoding;
    private final long most;
    private final Executor threads;
    private long seen; // called by one thread at a time (Reactive Streams rule 1.3)
    private Flow.@Nullable Subscription subscription;

    private LimitedBody(String encoding, long most, Executor threads) {
        this.encoding = encoding.strip().toLowerCase(Locale.ROOT);
        this.most = most;
        this.threads = threads;
    }

    /**
     * For answers of at most so many bytes, also when inflated.
     *
     * @param threads that inflate: the one that reads the sockets has other things to do
     */
    public static BodyHandler<byte[]> upTo(long most, Executor threads) {
        return info ->
                new LimitedBody(info.headers().firstValue("Content-Encoding").orElse(""), most, threads);
    }

    /** The answer has more bytes than we take. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1;

        TooLarge(long most) {
            super("the answer is larger than " + most + " bytes");
        }
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return switch (encoding) {
            case "gzip", "x-gzip" -> inflated(GZIPInputStream::new);
            case "deflate" -> inflated(InflaterInputStream::new);
            default -> bytes.getBody();
        };
    }

    /** What reads a kind of packed bytes. */
    @FunctionalInterface
    private interface Inflater {
        InputStream of(InputStream packed) throws IOException;
    }

    private CompletionStage<byte[]> inflated(Inflater inflater) {
        return bytes.getBody().thenComposeAsync(body -> plain(body, inflater), threads);
    }

    private CompletionStage<byte[]> plain(byte[] body, Inflater inflater) {
        if (body.length == 0) {
            return CompletableFuture.completedFuture(body);
        }
        try (InputStream plain = inflater.of(new ByteArrayInputStream(body))) {
            byte[] all = plain.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE));
            return all.length > most
                    ? CompletableFuture.failedFuture(new TooLarge(most))
                    : CompletableFuture.completedFuture(all);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
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
            bytes.onError(new TooLarge(most));
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
