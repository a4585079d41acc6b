package org.align4j.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every schedule of `schedules.json`, step by step.
class SchedulesGoldenTest {
    private static final JsonMapper JSON = JsonMapper.shared();

    @TestFactory
    List<DynamicTest> schedulesGiveTransformersRates() {
        Path file = Shared.golden("schedules.json");
        if (!Files.exists(file)) {
            return List.of();
        }
        List<DynamicTest> tests = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode entry : JSON.readTree(file.toFile()).get("schedules")) {
            String name = "%s lr=%s warmup=%s steps=%s %s"
                    .formatted(
                            entry.get("name").stringValue(),
                            entry.get("lr"),
                            entry.get("num_warmup_steps"),
                            entry.get("num_training_steps"),
                            entry.get("kwargs"));
            String unique = name;
            for (int copy = 2; !names.add(unique); copy++) {
                unique = name + " #" + copy;
            }
            tests.add(Shared.goldenCase("schedules", unique, () -> compare(entry)));
        }
        return tests;
    }

    private static void compare(JsonNode entry) {
        Map<String, Object> options = JSON.convertValue(entry.get("kwargs"), new TypeReference<>() {});
        double learningRate = entry.get("lr").doubleValue();
        LrSchedule schedule = LrSchedule.named(
                entry.get("name").stringValue(),
                learningRate,
                entry.get("num_warmup_steps").longValue(),
                entry.get("num_training_steps").longValue(),
                options);
        JsonNode values = entry.get("values");
        assertThat(values.size()).isPositive();
        for (int step = 0; step < values.size(); step++) {
            double expected = values.get(step).doubleValue();
            // Near the end a cosine is a difference of ones: only rounding is left of it.
            assertThat(schedule.at(step))
                    .as("step %d", step)
                    .isCloseTo(expected, within(1e-9 * expected + 1e-16 * learningRate));
        }
    }
}
