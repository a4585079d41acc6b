package org.align4j.evaluate;

import java.util.List;
import java.util.Optional;

/// What was measured of one model on one set.
///
/// @param model what tables call it
/// @param items how many items the set has
/// @param answers what the model said, where the set asks questions; else empty
public record SetResult(String model, String set, int items, List<Measurement> measurements, List<Answer> answers) {
    public SetResult {
        measurements = List.copyOf(measurements);
        answers = List.copyOf(answers);
    }

    /// The measurement of that name.
    public Optional<Measurement> measurement(String metric) {
        return measurements.stream()
                .filter(measurement -> measurement.metric().equals(metric))
                .findFirst();
    }
}
