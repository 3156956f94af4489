package dev.tocsin.rpcpool.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScrubbedTextTest {

    private final Secrets secrets = Secrets.of(URI.create("https://x.example/v1/s3cr3tK3yOfMine"));

    @ParameterizedTest
    @ValueSource(strings = {"s3cr3tK3yOfMine", "S3CR3TK3YOFMINE", "s3cr3tk3yofmine"})
    void keyIsNotRepeatedInWhateverCase(String key) {
        assertThat(secrets.scrub("no project " + key + " here")).isEqualTo("no project *** here");
    }
}
