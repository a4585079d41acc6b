package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.LongStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.evaluate.EvaluationSet;
import org.align4j.evaluate.EvaluationSettings;
import org.align4j.evaluate.EvaluationTable;
import org.align4j.evaluate.Evaluator;
import org.align4j.evaluate.SetResult;
import org.align4j.evaluate.WorldSets;
import org.align4j.peft.ModelLoading;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions.Split;

/// Questions that no stage learns from. Models are asked them before and after a stage, and
/// answer greedily.
///
/// @param asked the instructions of each set
record Exam(Course course, List<EvaluationSet.Questions> sets, List<List<Instruction>> asked) {
    private static final int ANSWER_TOKENS = 160;
    private static final int SAMPLES_OF_EACH = 4;

    /// Questions of taught families with other words, and of the two kinds of families that were
    /// never taught.
    static Exam ofAllFamilies(Course course) {
        return new Exam(course, List.of(), List.of())
                .with(Split.HELD_OUT_FAMILIES)
                .with(Split.HELD_OUT_WORDS)
                .with(Split.HELD_OUT_SKILLS);
    }

    /// The open stories, and what else was taught: it should not be forgotten over them.
    static Exam ofStories(Course course) {
        return new Exam(course, List.of(), List.of())
                .with(
                        "world_open_stories",
                        OpenStories.of(
                                course.instructions(),
                                Split.HELD_OUT_WORDS,
                                0,
                                course.sizes().questions()))
                .with(Split.HELD_OUT_WORDS);
    }

    private Exam with(Split split) {
        return with(
                "world_" + split.name().toLowerCase(Locale.ROOT),
                LongStream.range(0, course.sizes().questions())
                        .mapToObj(number -> course.instructions().instruction(split, number))
                        .toList());
    }

    /// The exam with one more set.
    Exam with(String name, List<Instruction> instructions) {
        List<EvaluationSet.Questions> moreSets = new ArrayList<>(sets);
        moreSets.add(WorldSets.of(name, instructions, course.judge()));
        List<List<Instruction>> moreAsked = new ArrayList<>(asked);
        moreAsked.add(instructions);
        return new Exam(course, List.copyOf(moreSets), List.copyOf(moreAsked));
    }

    /// What a model answers. Answers are kept, so that the same model is asked once.
    ///
    /// @param name what tables call the model
    /// @param plain whether it is asked in plain text, not in its chat template
    List<SetResult> ask(String name, Path model, boolean plain) {
        EvaluationSettings how =
                EvaluationSettings.defaults().withMaxNewTokens(ANSWER_TOKENS).withPlain(plain);
        Path kept = course.settings().output().resolve("evaluation").resolve(name);
        try (Scope scope = Scope.open();
                LoadedModel loaded = ModelLoading.load(model, DType.BFLOAT16, Device.CPU)) {
            Evaluator evaluator = new Evaluator(
                    loaded, name, how, Optional.of(kept), course.evaluation(), course.interruption()::requested);
            return sets.stream().map(evaluator::run).toList();
        }
    }

    /// The figures of models, by set.
    ///
    /// @param answered what each model answered
    EvaluationTable table(List<List<SetResult>> answered) {
        return new EvaluationTable(
                answered.stream().flatMap(List::stream).toList(),
                course.settings().seed());
    }

    /// The first questions of each set, and what the models said.
    ///
    /// @param answered what each model answered
    List<StageResult.Sample> samples(List<List<SetResult>> answered) {
        List<StageResult.Sample> samples = new ArrayList<>();
        for (int set = 0; set < sets.size(); set++) {
            for (int i = 0; i < Math.min(SAMPLES_OF_EACH, asked.get(set).size()); i++) {
                Instruction instruction = asked.get(set).get(i);
                int at = set;
                int question = i;
                samples.add(new StageResult.Sample(
                        instruction.family(),
                        instruction.prompt(),
                        answered.stream()
                                .map(model -> said(model.get(at), question))
                                .toList()));
            }
        }
        return samples;
    }

    private static StageResult.Said said(SetResult result, int question) {
        return new StageResult.Said(
                result.model(), result.answers().get(question).text());
    }
}
