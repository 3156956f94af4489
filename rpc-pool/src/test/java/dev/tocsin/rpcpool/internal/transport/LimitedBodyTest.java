package dev.tocsin.rpcpool.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Flow;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitedBodyTest {

    private static final int MOST = 1_000;

    private static byte[] bytes(int count) {
        return "x".repeat(count).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    private static byte[] deflate(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new DeflaterOutputStream(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    /** What comes out of an answer that came in pieces of 100 bytes. */
    private static byte[] read(String encoding, byte[] sent) {
        BodySubscriber<byte[]> body = LimitedBody.upTo(MOST, Runnable::run).apply(new Head(encoding));
        CompletableFuture<byte[]> read = body.getBody().toCompletableFuture();
        body.onSubscribe(new Flow.Subscription() {
            @Override
            public void request(long count) {}

            @Override
            public void cancel() {}
        });
        for (int i = 0; i < sent.length && !read.isDone(); i += 100) {
            body.onNext(List.of(ByteBuffer.wrap(Arrays.copyOfRange(sent, i, Math.min(sent.length, i + 100)))));
        }
        body.onComplete();
        return read.join();
    }

    private record Head(String encoding) implements ResponseInfo {
        @Override
        public int statusCode() {
            return 200;
        }

        @Override
        public HttpHeaders headers() {
            Map<String, List<String>> headers =
                    encoding.isEmpty() ? Map.of() : Map.of("content-encoding", List.of(encoding));
            return HttpHeaders.of(headers, (name, value) -> true);
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }

    @ParameterizedTest
    @CsvSource({"gzip", "x-gzip", "GZIP"})
    void whatComesGzippedIsInflated(String encoding) throws IOException {
        assertThat(read(encoding, gzip(bytes(MOST)))).isEqualTo(bytes(MOST));
    }

    @Test
    void whatComesDeflatedIsInflated() throws IOException {
        assertThat(read("deflate", deflate(bytes(MOST)))).isEqualTo(bytes(MOST));
    }

    @ParameterizedTest
    @CsvSource({"''", "identity"})
    void whatComesPlainIsTakenAsItIs(String encoding) {
        assertThat(read(encoding, bytes(MOST))).isEqualTo(bytes(MOST));
    }

    @Test
    void anEmptyAnswerIsEmptyWhateverItsEncoding() {
        assertThat(read("gzip", bytes(0))).isEmpty();
    }

    @Test
    void moreThanTheLimitIsRefusedAsItComes() {
        assertThatThrownBy(() -> read("", bytes(MOST + 1)))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(LimitedBody.TooLarge.class)
                .hasRootCauseMessage("the answer is larger than 1000 bytes");
    }

    @Test
    void aFewBytesThatInflateToMoreThanTheLimitAreRefused() throws IOException {
        byte[] bomb = gzip(bytes(100_000));

        assertThat(bomb.length).isLessThan(MOST);
        assertThatThrownBy(() -> read("gzip", bomb)).hasCauseInstanceOf(LimitedBody.TooLarge.class);
        assertThatThrownBy(() -> read("deflate", deflate(bytes(MOST + 1))))
                .hasCauseInstanceOf(LimitedBody.TooLarge.class);
    }

    @Test
    void whatIsNotPackedAsItSaysOrIsCutOffFails() throws IOException {
        byte[] packed = gzip(bytes(MOST));

        assertThatThrownBy(() -> read("gzip", bytes(100))).hasCauseInstanceOf(ZipException.class);
        assertThatThrownBy(() -> read("gzip", Arrays.copyOf(packed, packed.length - 9)))
                .hasCauseInstanceOf(IOException.class);
    }
}
