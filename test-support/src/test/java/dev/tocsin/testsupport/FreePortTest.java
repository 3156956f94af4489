package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FreePortTest {
    @Test
    void noPortIsGivenTwice() {
        assertThat(IntStream.range(0, 200).mapToObj(i -> FreePort.next()).toList())
                .doesNotHaveDuplicates();
    }
}
