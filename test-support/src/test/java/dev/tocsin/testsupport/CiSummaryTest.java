package dev.tocsin.testsupport;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The counting of tests in {@code .ci/summary}. */
class CiSummaryTest {
    @TempDir
    private Path folder;

    @Test
    void skippedAndFailedTestsAreNamedAndCounted() throws Exception {
        Path one = Files.writeString(folder.resolve("TEST-one.xml"), """
                <testsuite name="One" tests="3" errors="1" skipped="1" failures="0">
                  <properties><property name="a" value="b"/></properties>
                  <testcase name="passes" classname="x.One" time="0.1"/>
                  <testcase name="isSkipped" classname="x.One" time="0"><skipped message="needs a moon"/></testcase>
                  <testcase name="breaks" classname="x.One" time="0"><error message="boom" type="E">trace</error></testcase>
                </testsuite>
                """);
        Path two = Files.writeString(folder.resolve("TEST-two.xml"), """
                <testsuite name="Two" tests="2" errors="0" skipped="0" failures="1">
                  <testcase name="fails" classname="x.Two" time="0"><failure type="A">trace</failure></testcase>
                  <testcase name="passes" classname="x.Two" time="0"><system-out>an error is printed</system-out></testcase>
                </testsuite>
                """);

        try (ChildProcess summary = ChildProcess.of(
                        Checkout.repository(".ci/summary").toString())
                .args(one.toString(), two.toString())
                .start()) {
            assertThat(summary.awaitExit(Duration.ofSeconds(10))).isZero();
            assertThat(summary.stdout())
                    .containsExactly("SKIPPED x.One isSkipped", "FAILED x.One breaks", "FAILED x.Two fails", "5 2 1");
        }
    }
}
