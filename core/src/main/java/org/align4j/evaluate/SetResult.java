package org.align4j.evaluate;

import java.util.List;
import java.util.Optional;

/// What was measured of one model on one set.
///
/// @param model what tables call it
/// @param items how many items the set has
public record SetResult(String model, String set, int items, List<Measurement> measurements) {
    public SetResult {
        measurements = List.copyOf(measurements);
    }

    /// The measurement of that name.
    public Optional<Measurement> measurement(String metric) {
        return measurements.stream()
                .filter(measurement -> measurement.metric().equals(metric))
                .findFirst();
    }
}
