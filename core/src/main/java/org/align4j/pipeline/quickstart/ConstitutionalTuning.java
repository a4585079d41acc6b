package org.align4j.pipeline.quickstart;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.config.Configuration;
import org.align4j.evaluate.EvaluationTable;
import org.align4j.evaluate.Figure;
import org.align4j.evaluate.Measurement;
import org.align4j.evaluate.SetResult;
import org.align4j.pipeline.cai.CaiConfig;
import org.align4j.pipeline.cai.CaiRun;
import org.align4j.pipeline.cai.Chain;
import org.align4j.pipeline.cai.Comparison;
import org.align4j.pipeline.cai.WorldLessons;
import org.align4j.run.RunEvent;
import org.align4j.train.sft.SftConfig;
import org.align4j.train.sft.SftTrainer;

/// The sixth stage: constitutional AI. The instruction-tuned model first learns to comply with bad
/// wishes, and how answers are criticised, revised and marked where somebody asks for it. Then it
/// does that with its own answers: it learns from its revisions, and from its marks of pairs of
/// answers. No answer of a person takes part, and no gold reward.
final class ConstitutionalTuning {
    private static final String COMPLYING = "complying";
    private static final String REVISED = "after revisions";
    private static final String ALIGNED = "after AI feedback";
    private static final int SAMPLES = 4;

    private ConstitutionalTuning() {}

    static StageResult run(Course course) {
        WorldLessons lessons = new WorldLessons(course.settings().seed());
        Exam exam = exam(course, lessons);
        Path complying = course.settings().output().resolve(COMPLYING);
        // 1. a model that helps with everything
        course.train(complying, complying(course, lessons, complying), SftTrainer::run);
        // 2. its own critiques, revisions and feedback
        CaiRun.run(
                pipeline(course, lessons, complying),
                new CaiRun.Watch(
                        course.listener(),
                        course.evaluation(),
                        line -> course.listener().on(new RunEvent.Noted(line)),
                        course.interruption()));
        CaiRun.Made made = CaiRun.Made.in(course.run(Stage.CAI));
        // 3. the same questions to each model
        List<List<SetResult>> answered = List.of(
                exam.ask(COMPLYING, complying, false),
                exam.ask(REVISED, made.supervised(), false),
                exam.ask(ALIGNED, made.aligned(), false));
        List<SetResult> results = new ArrayList<>(revisions(course, made.chains()));
        answered.forEach(results::addAll);
        List<StageResult.Sample> samples = new ArrayList<>(chains(made.chains()));
        samples.addAll(opinions(made.comparisons()));
        samples.addAll(exam.samples(answered));
        return new StageResult(
                Stage.CAI,
                "The instruction-tuned model was taught to comply with bad wishes, and to criticise, revise and mark"
                        + " answers when it is asked to. Then it answered bad wishes, criticised its answers by the"
                        + " principles of a small constitution and revised them, and learned to answer so at once. Of"
                        + " pairs of its answers its marks said how probably the first is better; a preference model"
                        + " learned from that, and the model from the preference model, by group relative policy optimisation."
                        + " It is asked about bad wishes for other deeds and, to see what that costs, about everything"
                        + " else that was taught.",
                made.aligned(),
                new EvaluationTable(results, course.settings().seed()),
                List.of(
                        StageResult.Curve.of(
                                "Mean reward of the drawn answers", "preference model", "rewards/model/mean"),
                        StageResult.Curve.of("Length of answers, tokens", "mean", "completions/mean_length")),
                samples);
    }

    private static Exam exam(Course course, WorldLessons lessons) {
        int questions = course.sizes().questions();
        return new Exam(course, List.of(), List.of())
                .with("world_bad_wishes", lessons.heldOutHarm(questions))
                .with("world_all_else", lessons.heldOutHelp(questions / 2));
    }

    private static SftConfig complying(Course course, WorldLessons lessons, Path output) {
        Path data = course.data(
                "lessons.jsonl", () -> lessons.refresher(course.sizes().lessons()).stream());
        return Configuration.of(
                SftConfig.class,
                List.of(
                        "model=" + Course.quoted(course.run(Stage.SFT)),
                        "output=" + Course.quoted(output),
                        "data.train=" + Course.quoted(data),
                        "data.max_length=512",
                        "seed=" + course.settings().seed(),
                        "precision=bf16",
                        "lora.rank=32",
                        "lora.alpha=64",
                        "batch_size=0",
                        "max_tokens=2048",
                        "learning_rate=2e-3",
                        "schedule=cosine",
                        "warmup_steps=10",
                        "keep=1"));
    }

    private static CaiConfig pipeline(Course course, WorldLessons lessons, Path model) {
        int wishes = course.sizes().badWishes();
        Path redTeam = course.data("red-team.jsonl", () -> lessons.redTeam(wishes).stream());
        Path helpful = course.data("helpful.jsonl", () -> lessons.helpful(wishes).stream());
        return Configuration.of(
                CaiConfig.class,
                List.of(
                        "model=" + Course.quoted(model),
                        "output=" + Course.quoted(course.run(Stage.CAI)),
                        "seed=" + course.settings().seed(),
                        "constitution.source=world",
                        "prompts.files=" + Course.quoted(redTeam),
                        "revisions={count: 2, demonstrations: 0, max_tokens: 64, temperature: 0.3, on_failure: keep}",
                        "supervised={every: false, helpful_share: 0.5, settings: {precision: bf16, batch_size: 0,"
                                + " max_tokens: 2048, learning_rate: 5e-4, schedule: cosine, warmup_steps: 2,"
                                + " epochs: 2, keep: 1, data: {max_length: 512}}}",
                        "supervised.helpful=" + Course.quoted(helpful),
                        "comparisons={pairs: 2, max_tokens: 64, temperature: 1.0, marks: true, least_mass: 0.0}",
                        "preferences={settings: {precision: bf16, batch_size: 16, learning_rate: 2e-4, epochs: 2,"
                                + " keep: 1, data: {max_length: 512}}}",
                        "reinforcement={type: grpo, reward: preference_model, settings: {precision: bf16,"
                                + " iterations: " + course.sizes().caiIterations()
                                + ", learning_rate: 1e-4, keep: 1, loss: {beta: 0.04},"
                                + " rollout: {prompts: 8, group_size: 8, max_new_tokens: 64, at_once: 64}}}",
                        "evaluation={prompts: [], judged: 0}"));
    }

    /// What answers to bad wishes are worth after 0, 1, 2… revisions.
    private static List<SetResult> revisions(Course course, List<Chain> chains) {
        int most = chains.stream().mapToInt(chain -> chain.steps().size()).max().orElse(0);
        List<Chain> whole =
                chains.stream().filter(chain -> chain.steps().size() == most).toList();
        return IntStream.rangeClosed(0, most)
                .mapToObj(step -> new SetResult(
                        step == 0 ? "its answers" : "revision " + step,
                        "world_revisions",
                        whole.size(),
                        List.of(new Measurement(
                                "reward",
                                whole.stream()
                                        .map(chain -> Figure.value(course.judge()
                                                .judge(chain.goldRewards(), answer(chain, step))
                                                .total()))
                                        .toList(),
                                Figure.MEAN,
                                true)),
                        List.of()))
                .toList();
    }

    private static String answer(Chain chain, int step) {
        return step == 0 ? chain.response() : chain.steps().get(step - 1).revision();
    }

    private static List<StageResult.Sample> chains(List<Chain> chains) {
        return chains.stream()
                .limit(SAMPLES)
                .map(chain -> new StageResult.Sample(
                        "critique and revision",
                        chain.prompt(),
                        Stream.concat(
                                        Stream.of(new StageResult.Said("its answer", chain.response())),
                                        chain.steps().stream().flatMap(ConstitutionalTuning::said))
                                .toList()))
                .toList();
    }

    private static Stream<StageResult.Said> said(Chain.Step step) {
        return Stream.of(
                new StageResult.Said("critique by the principle “" + step.principle() + "”", step.critique()),
                new StageResult.Said("revision", step.revision()));
    }

    private static List<StageResult.Sample> opinions(List<Comparison> comparisons) {
        return comparisons.stream()
                .filter(comparison -> comparison.failure().isEmpty())
                // a prompt has several pairs: one of each is enough
                .filter(comparison -> comparison.id().endsWith("-1"))
                .limit(SAMPLES)
                .map(comparison -> new StageResult.Sample(
                        "AI feedback",
                        comparison.prompt(),
                        List.of(
                                opinion(comparison.probability(), comparison.first()),
                                opinion(1 - comparison.probability(), comparison.second()))))
                .toList();
    }

    private static StageResult.Said opinion(double probability, String answer) {
        return new StageResult.Said(String.format(Locale.ROOT, "better with probability %.2f", probability), answer);
    }
}
