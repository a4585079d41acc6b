package org.align4j.pipeline.quickstart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// `summary.json`: the settings, and for each stage its `name`, `run`, `seconds` and `figures`, in
/// the form of [org.align4j.evaluate.EvaluationTable#json].
final class Summary {
    private Summary() {}

    static String json(Settings settings, List<StageResult> stages, StageTimes times) {
        Map<String, Object> whole = new LinkedHashMap<>(settings(settings));
        whole.put(
                "stages",
                stages.stream()
                        .map(result -> {
                            Map<String, Object> fields = new LinkedHashMap<>();
                            fields.put("name", result.stage().folder());
                            fields.put(
                                    "run",
                                    settings.output().relativize(result.run()).toString());
                            fields.put("seconds", Math.round(times.seconds(result.stage()) * 10) / 10.0);
                            fields.put(
                                    "figures",
                                    JsonMapper.shared().readTree(result.table().json()));
                            return fields;
                        })
                        .toList());
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(whole) + "\n";
    }

    /// What decides the results.
    static Map<String, Object> settings(Settings settings) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("seed", settings.seed());
        fields.put("sizes", settings.sizes());
        return fields;
    }
}
