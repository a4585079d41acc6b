package org.align4j.pipeline.quickstart;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.data.preference.Comparison;
import org.align4j.error.AlignException;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;
import org.align4j.peft.ModelLoading;
import org.align4j.random.CounterRandom;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.world.labeler.Labeler;
import org.align4j.world.task.Instruction;
import org.align4j.world.task.Instructions.Split;
import tools.jackson.databind.json.JsonMapper;

/// Answers that the instruction-tuned model drew, ranked with ties by simulated labelers. Files of
/// them are rankings as `align4j reward` reads them, with one more column: what the answers are
/// worth.
final class RankedAnswers {
    private static final int EACH = 4;
    private static final int ANSWER_TOKENS = 160;
    /// Prompts whose answers are drawn before progress is shown.
    private static final int PIECE = 64;

    private RankedAnswers() {}

    /// A line of the file.
    ///
    /// @param outputs by id
    /// @param ranking such as `D > C > A = B`
    /// @param tags the instruction's family
    /// @param gold what each output is worth
    record Row(
            String prompt,
            SequencedMap<String, String> outputs,
            String ranking,
            String labeler,
            List<String> tags,
            SequencedMap<String, Double> gold) {}

    /// Rankings to learn from.
    static Path toLearnFrom(Course course) {
        int first = OpenStories.afterFineTuning(course);
        return course.data(
                "rankings.jsonl",
                () -> lines(
                        course, "rankings", Split.TRAIN, first, course.sizes().rankings()));
    }

    /// Rankings to test on: of requests with names, places and combinations never seen.
    static Path toTestOn(Course course) {
        return course.data(
                "held-out-rankings.jsonl",
                () -> lines(
                        course,
                        "held-out rankings",
                        Split.HELD_OUT_WORDS,
                        course.sizes().questions(),
                        course.sizes().heldOutRankings()));
    }

    /// Reads a file of them.
    static List<Row> read(Path file) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.map(line -> JsonMapper.shared().readValue(line, Row.class))
                    .toList();
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static Stream<String> lines(Course course, String what, Split split, int first, int count) {
        List<Instruction> asked = OpenStories.of(course.instructions(), split, first, count);
        List<List<String>> answers = draw(course, what, asked);
        List<Labeler> labelers = Labeler.panel();
        CounterRandom random = CounterRandom.of(course.settings().seed(), what);
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // with fewer than two there is nothing to rank
            if (answers.get(i).size() > 1) {
                Labeler labeler = labelers.get(i % labelers.size());
                Comparison comparison =
                        labeler.compare(asked.get(i), answers.get(i), course.judge(), random, first + i);
                lines.add(JsonMapper.shared().writeValueAsString(row(course, asked.get(i), comparison)));
            }
        }
        return lines.stream();
    }

    private static Row row(Course course, Instruction instruction, Comparison comparison) {
        SequencedMap<String, String> outputs = new LinkedHashMap<>();
        SequencedMap<String, Double> gold = new LinkedHashMap<>();
        comparison.outputs().forEach((id, completion) -> {
            String text = completion.messages().getFirst().content();
            outputs.put(id, text);
            gold.put(id, course.judge().judge(instruction.golds(), text).total());
        });
        return new Row(
                instruction.prompt(),
                outputs,
                comparison.judgement().toString(),
                comparison.annotation().labeler().orElseThrow(),
                comparison.annotation().tags(),
                gold);
    }

    /// The different answers to each instruction that say something.
    private static List<List<String>> draw(Course course, String what, List<Instruction> asked) {
        List<List<String>> answers = new ArrayList<>();
        Sampling sampling = Sampling.defaults()
                .with(changed -> changed.seed =
                        CounterRandom.of(course.settings().seed(), what).bits());
        course.evaluation().started(what + ": answers", asked.size(), 0);
        try (Scope scope = Scope.open();
                LoadedModel model = ModelLoading.load(course.run(Stage.SFT), DType.BFLOAT16, Device.CPU)) {
            Generator generator = new Generator(model.model(), Optional.of(model.tokenizer()), model.eosIds());
            ChatRenderer renderer = ChatRenderer.of(model.template().orElseThrow(), ChatTemplate.Options.prompt());
            for (int from = 0; from < asked.size(); from += PIECE) {
                List<Instruction> piece = asked.subList(from, Math.min(from + PIECE, asked.size()));
                List<GenerationRequest> requests = new ArrayList<>();
                for (int i = 0; i < piece.size(); i++) {
                    String text = renderer.render(piece.get(i).toPrompt().conversation(), true)
                            .text();
                    int[] prompt = model.tokenizer().encodePrompt(text);
                    for (int sample = 0; sample < EACH; sample++) {
                        requests.add(new GenerationRequest(prompt, new DrawKey(0, (long) from + i, sample)));
                    }
                }
                List<Generation> drawn;
                try (Scope answering = Scope.open()) {
                    drawn = generator.generate(
                            requests,
                            GenerationOptions.of(sampling, ANSWER_TOKENS),
                            GenerationListener.NONE,
                            course.interruption()::requested);
                }
                course.stopIfInterrupted();
                for (int i = 0; i < piece.size(); i++) {
                    answers.add(drawn.subList(i * EACH, (i + 1) * EACH).stream()
                            .map(generation -> generation.text().strip())
                            .filter(text -> !text.isEmpty())
                            .distinct()
                            .toList());
                }
                course.evaluation().done(piece.size());
            }
        }
        return answers;
    }
}
