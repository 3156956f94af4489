package dev.tocsin.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A reader that accepts everything would prove nothing. */
class ExpositionTextTest {

    @Test
    void goodTextIsRead() {
        ExpositionText text = ExpositionText.ofText(
                "# HELP a_total x\\\\y\n# TYPE a_total counter\na_total{b=\"1,\\\"\",a=\"}\"} 1.5E3\n");

        assertThat(text.value("a_total{a=}, b=1,\\\"}")).isEqualTo(1500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# TYPE a gauge\na 1",
                "a 1\n",
                "# TYPE a gauge\na one\n",
                "# TYPE a gauge\na 1\na 1\n",
                "# TYPE a gauge\na{b=\"1\",b=\"2\"} 1\n",
                "# TYPE a gauge\na{b=\"\\t\"} 1\n",
                "# TYPE a gauge\na{b=\"x\"y\"} 1\n",
                "# TYPE a gauge\n# TYPE a gauge\na 1\n",
                "# TYPE a gauge\na 1\n# TYPE b gauge\nb 1\n# HELP a x\n",
                "# TYPE a counter\na 1\n",
                "# TYPE a_total counter\na_total -1\n",
                "# TYPE a.b gauge\na.b 1\n",
                "# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\na_count 1\na_sum 1\n",
                "# TYPE a histogram\na_bucket{le=\"1\"} 1\na_bucket{le=\"+Inf\"} 1\na_count 2\na_sum 1\n",
                "# nonsense\n",
                "\n"
            })
    void badTextIsRefused(String text) {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> ExpositionText.ofText(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "# TYPE a gauge\na 1\n",
                "# TYPE a_total counter\na_total 1\n# EOF\n",
                "# TYPE a gauge\n# UNIT a seconds\na 1\n# EOF\n",
                "# TYPE a gauge\n# EOF\na 1\n"
            })
    void badOpenMetricsIsRefused(String text) {
        assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> ExpositionText.ofOpenMetrics(text));
    }
}
