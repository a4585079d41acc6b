package org.align4j.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;

class OrderedTasksTest {
    @Test
    void resultsComeInTheOrderOfTheTasks() {
        List<Integer> results = new ArrayList<>();
        try (OrderedTasks<Integer> tasks = new OrderedTasks<>(4, results::add)) {
            for (int i = 0; i < 40; i++) {
                int number = i;
                tasks.submit(() -> {
                    LockSupport.parkNanos((40 - number) * 100_000L);
                    return number;
                });
            }
            tasks.finish();
        }
        assertThat(results).isEqualTo(IntStream.range(0, 40).boxed().toList());
    }

    @Test
    void whatATaskThrowsReachesTheCaller() {
        try (OrderedTasks<Integer> tasks = new OrderedTasks<>(2, result -> {})) {
            tasks.submit(() -> {
                throw new AlignException.Data("row 7 is broken");
            });
            assertThatThrownBy(tasks::finish)
                    .isInstanceOf(AlignException.Data.class)
                    .hasMessage("row 7 is broken");
        }
    }
}
