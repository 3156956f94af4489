package dev.tocsin.benchmarks.rpcpool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tocsin.benchmarks.rpcpool.Load.Sample;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadTest {

    private static Load of(Sample... samples) {
        return new Load(List.of(samples), Map.of());
    }

    @Test
    void percentileIsTheTimeThatSoManyOfAHundredTookAtMost() {
        Load load = of(
                IntStream.rangeClosed(1, 200).mapToObj(i -> new Sample(0, i, 0)).toArray(Sample[]::new));

        assertThat(load.percentile(50)).isEqualTo(100);
        assertThat(load.percentile(99)).isEqualTo(198);
    }

    @Test
    void answerIsBackwardOnlyIfAHigherOneWasThereWhenItsCallBegan() {
        Sample high = new Sample(0, 5, 10);
        Sample lowerMeanwhile = new Sample(3, 5, 9);
        Sample lowerAfterwards = new Sample(6, 5, 9);
        Sample failed = new Sample(20, 5, -1);

        assertThat(of(high, lowerMeanwhile).backward()).isZero();
        assertThat(of(high, lowerMeanwhile, lowerAfterwards, failed).backward()).isEqualTo(1);
        assertThat(of(high, failed).errors()).isEqualTo(1);
    }
}
