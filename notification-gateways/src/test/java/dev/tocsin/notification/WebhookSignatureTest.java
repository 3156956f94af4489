package dev.tocsin.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tocsin.notification.WebhookSignature.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookSignatureTest {
    private static final SigningKey KEY = SigningKey.of("k1", "0123456789abcdef0123456789abcdef");
    private static final Instant AT = Instant.ofEpochSecond(1767225600);
    private static final byte[] BODY = "{\"key\":\"k-1\",\"text\":\"zażółć\"}".getBytes(UTF_8);
    private static final String PATH = "/hooks/a%20b";

    @Test
    void aVectorComputedElsewhereIsMet() { // Python: hmac.new(secret, b"1767225600.POST./hooks/a%20b." + body, sha256)
        assertThat(WebhookSignature.sign(KEY, "POST", PATH, BODY, AT))
                .isEqualTo("t=1767225600,kid=k1,v1=f64c4417b18ebcf8eba2fcdb9c861ca412092baadc9e1740a7e356a02c02ab23");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void whatWasSignedIsValidAndWhatWasTamperedWithIsNot(long seed) {
        Random random = new Random(seed);
        for (int n = 0; n < 500; n++) {
            byte[] body = new byte[random.nextInt(300)];
            random.nextBytes(body);
            String path = "/" + Long.toString(random.nextLong(), 36);
            String header = WebhookSignature.sign(KEY, "POST", path, body, AT);

            assertThat(verify(header, "POST", path, body, AT)).isEqualTo(Verdict.VALID);
            assertThat(verify(header, "PUT", path, body, AT)).isEqualTo(Verdict.MISMATCH);
            assertThat(verify(header, "POST", path + "x", body, AT)).isEqualTo(Verdict.MISMATCH);
            assertThat(verify(header, "POST", path, flipped(body, random), AT)).isEqualTo(Verdict.MISMATCH);
            assertThat(verify(changed(header, random), "POST", path, body, AT).isValid())
                    .isFalse();
        }
    }

    @Test
    void theTimeIsSignedToo() {
        String later = WebhookSignature.sign(KEY, "POST", PATH, BODY, AT).replace("t=1767225600", "t=1767225601");

        assertThat(verify(later, "POST", PATH, BODY, AT)).isEqualTo(Verdict.MISMATCH);
    }

    @Test
    void theTimeMayDifferByTheToleranceAndNotMore() {
        String header = WebhookSignature.sign(KEY, "POST", PATH, BODY, AT);

        assertThat(verify(header, "POST", PATH, BODY, AT.plusSeconds(300))).isEqualTo(Verdict.VALID);
        assertThat(verify(header, "POST", PATH, BODY, AT.minusSeconds(300))).isEqualTo(Verdict.VALID);
        assertThat(verify(header, "POST", PATH, BODY, AT.plusSeconds(301))).isEqualTo(Verdict.OUT_OF_TOLERANCE);
        assertThat(verify(header, "POST", PATH, BODY, AT.minusSeconds(301))).isEqualTo(Verdict.OUT_OF_TOLERANCE);
        assertThat(WebhookSignature.verify(
                        header, "POST", PATH, BODY, List.of(KEY), AT.plusSeconds(2), Duration.ofSeconds(1)))
                .isEqualTo(Verdict.OUT_OF_TOLERANCE);
    }

    @Test
    void twoKeysAreValidWhileOneIsRotated() {
        SigningKey next = SigningKey.of("k2", "another secret of enough bytes");
        String old = WebhookSignature.sign(KEY, "POST", PATH, BODY, AT);
        String fresh = WebhookSignature.sign(next, "POST", PATH, BODY, AT);

        assertThat(WebhookSignature.verify(old, "POST", PATH, BODY, List.of(KEY, next), AT))
                .isEqualTo(Verdict.VALID);
        assertThat(WebhookSignature.verify(fresh, "POST", PATH, BODY, List.of(KEY, next), AT))
                .isEqualTo(Verdict.VALID);
        assertThat(WebhookSignature.verify(old, "POST", PATH, BODY, List.of(next), AT))
                .isEqualTo(Verdict.UNKNOWN_KEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",",
                "t=1",
                "t=1,kid=k1",
                "t=1,kid=k1,v1=00",
                "t=x,kid=k1,v1=%s",
                "t=1,t=1,kid=k1,v1=%s",
                "t=1,kid=k1,v1=%s,v1=%s",
                "t=-1,kid=k1,v1=%s",
                "t=999999999999,kid=k1,v1=%s",
                "t=1 kid=k1 v1=%s",
                "t=1,kid=,v1=%s",
                "t=1,kid=k1,v1=%s,",
                "t=1;kid=k1;v1=%s"
            })
    void whatIsNoSignatureIsMalformed(String form) {
        String header = form.replace("%s", "0".repeat(64));

        assertThat(verify(header, "POST", PATH, BODY, AT)).isEqualTo(Verdict.MALFORMED);
    }

    @Test
    void fieldsOfALaterVersionAreIgnored() {
        String header = WebhookSignature.sign(KEY, "POST", PATH, BODY, AT) + ",v2=abc";

        assertThat(verify(header, "POST", PATH, BODY, AT)).isEqualTo(Verdict.VALID);
    }

    @Test
    void aKeyShowsItsNameOnly() {
        assertThat(KEY).hasToString("SigningKey[k1]");
        assertThatThrownBy(() -> SigningKey.of("k1", "hunter2"))
                .hasMessageContaining("16 bytes")
                .hasMessageNotContaining("hunter2");
    }

    private static Verdict verify(String header, String method, String path, byte[] body, Instant now) {
        return WebhookSignature.verify(header, method, path, body, List.of(KEY), now);
    }

    private static byte[] flipped(byte[] body, Random random) {
        if (body.length == 0) {
            return new byte[] {1};
        }
        byte[] other = body.clone();
        other[random.nextInt(other.length)] ^= (byte) (1 << random.nextInt(8));
        return other;
    }

    private static String changed(String header, Random random) {
        int i = random.nextInt(header.length());
        char other = header.charAt(i) == 'b' ? 'c' : 'b';
        return header.substring(0, i) + other + header.substring(i + 1);
    }
}
