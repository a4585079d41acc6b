package org.align4j.pipeline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.align4j.evaluate.EvaluationListener;
import org.align4j.run.Interruption;
import org.align4j.run.RunListener;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.Instructions.Split;
import org.align4j.world.task.WorldJudge;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InstructionTuningTest {
    private static final Judge JUDGE = WorldJudge.create();
    private static final Sizes SIZES = new Sizes(92, 460, 20, 1, 1, 1, 1, 1, 1, 1, 1);

    @TempDir
    private Path folder;

    private List<JsonNode> rows(String name, long seed) throws IOException {
        Course course = new Course(
                new Settings(folder.resolve(name), seed, SIZES),
                folder,
                new Instructions(seed),
                JUDGE,
                RunListener.silent(),
                EvaluationListener.NONE,
                Interruption.manual());
        return Files.readAllLines(InstructionTuning.data(course)).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    @Test
    void learnsFromInstructionsThatStandAloneAMixtureAndTheCorpus() throws IOException {
        List<JsonNode> rows = rows("a", 3);
        List<JsonNode> mixed =
                rows.stream().filter(row -> row.has("prompt_type")).toList();
        assertThat(rows.stream().filter(row -> row.has("gold_rewards"))).hasSize(SIZES.instructions());
        assertThat(mixed).hasSize(SIZES.mixture());
        assertThat(rows.stream().filter(row -> row.get("prompt").asString().isEmpty()))
                .hasSize(SIZES.documents());
        Map<String, Long> types = mixed.stream()
                .collect(Collectors.groupingBy(row -> row.get("prompt_type").asString(), Collectors.counting()));
        assertThat(types).containsKeys("zero_shot", "few_shot", "cot_zero_shot");
        assertThat(mixed).anyMatch(row -> row.get("method").asString().equals("inverted"));
        Set<String> families = mixed.stream()
                .map(row -> row.get("task").asString().replaceFirst(".*/", ""))
                .collect(Collectors.toSet());
        assertThat(families).isEqualTo(new HashSet<>(new Instructions(3).families(Split.TRAIN)));
    }

    @Test
    void theSameSeedGivesTheSameRows() throws IOException {
        List<JsonNode> rows = rows("a", 3);
        assertThat(rows("b", 3)).isEqualTo(rows);
        assertThat(rows("c", 4)).isNotEqualTo(rows);
    }
}
