package org.align4j.pipeline.cai;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.align4j.config.Configuration;
import org.align4j.data.rows.DataFiles;
import org.align4j.error.AlignException;
import org.align4j.evaluate.EvaluationListener;
import org.align4j.pipeline.constitution.Constitution;
import org.align4j.pipeline.synthetic.Statistics;
import org.align4j.run.DurableFiles;
import org.align4j.run.Interruption;
import org.align4j.run.RunListener;
import org.align4j.teacher.TeacherConfig;

/// Constitutional AI from prompts to an aligned, measured model. Each stage writes what it made
/// into its folder; a stage that is done is not done again, one that was interrupted goes on, and
/// nothing that a model was asked is asked twice.
public final class CaiRun {
    private final CaiConfig config;
    private final Watch watch;
    private final Path output;
    private final Training training;
    private final Models models;
    private String inputs = "";

    private CaiRun(CaiConfig config, Watch watch, Models models) {
        this.config = config;
        this.watch = watch;
        this.models = models;
        this.output = config.output();
        this.training = new Training(config, watch.training(), watch.interruption());
    }

    /// Who hears how it goes.
    ///
    /// @param training of the trainers' events
    /// @param questions of what is asked
    /// @param news of stages, a line each
    public record Watch(
            RunListener training, EvaluationListener questions, Consumer<String> news, Interruption interruption) {}

    /// Runs the stages up to `until`.
    ///
    /// @param redo whether stages whose settings or inputs changed are done anew, with all after
    ///     them; otherwise they are refused
    /// @throws AlignException.Config for settings that don't fit what is there
    /// @throws java.util.concurrent.CancellationException when interrupted; the same call goes on
    public static void run(CaiConfig config, Stage until, boolean redo, Watch watch) {
        try (Models models = new Models(config, watch)) {
            CaiRun run = new CaiRun(config, watch, models);
            // constitutions, edits and files: what a later stage would stumble over comes to light now
            until.upTo().forEach(run::parts);
            DataFiles.resolve(until.upTo().stream()
                    .flatMap(stage -> run.files(stage).stream())
                    .toList());
            until.upTo().forEach(stage -> run.stage(stage, redo));
        }
    }

    /// What a run made, to be read.
    ///
    /// @param supervised run of the model after its revisions
    /// @param aligned run of the model after AI feedback
    /// @param chains responses, critiques and revisions
    /// @param comparisons what the feedback model said
    public record Made(Path supervised, Path aligned, List<Chain> chains, List<Comparison> comparisons) {
        /// @param output of a run whose stages are done
        public static Made in(Path output) {
            return new Made(
                    Stage.SUPERVISED.run(output),
                    Stage.REINFORCEMENT.run(output),
                    StageFile.read(Stage.REVISIONS.folder(output).resolve(RunRows.CHAINS), Chain.class),
                    StageFile.read(Stage.FEEDBACK.folder(output).resolve(RunRows.COMPARISONS), Comparison.class));
        }
    }

    /// Runs all stages, as [#run(CaiConfig, Stage, boolean, Watch)] does.
    public static void run(CaiConfig config, Watch watch) {
        run(config, Stage.EVALUATION, false, watch);
    }

    private void stage(Stage stage, boolean redo) {
        Path folder = stage.folder(output);
        inputs = StageRecord.inputs(inputs, parts(stage), files(stage));
        Optional<StageRecord> before = StageRecord.read(folder);
        if (before.isPresent() && !before.get().inputs().equals(inputs)) {
            boolean worthKeeping = before.get().done() || Files.exists(stage.run(output));
            if (worthKeeping && !redo) {
                throw new AlignException.Config(folder
                        + ": was made with other settings, data or edits; --redo makes it and what follows anew, or"
                        + " name another output");
            }
            stage.onwards().forEach(each -> delete(each.folder(output)));
            before = Optional.empty();
        }
        if (before.map(StageRecord::done).orElse(false)) {
            watch.news().accept(stage.folder(Path.of("")) + ": done already");
            return;
        }
        watch.news().accept(stage.folder(Path.of("")) + " …");
        String name = stage.name().toLowerCase(Locale.ROOT);
        new StageRecord(name, inputs, false, 0, Optional.empty()).write(folder);
        StageFile.writeText(output.resolve("config.yaml"), Configuration.toYaml(config));
        long begun = System.nanoTime();
        Statistics.Tally tally = new Statistics.Tally();
        long kept = work(stage, folder, tally);
        Statistics statistics = tally.statistics(kept);
        double seconds = Math.round((System.nanoTime() - begun) / 1e8) / 10.0;
        new StageRecord(name, inputs, true, seconds, Optional.of(statistics)).write(folder);
        watch.news()
                .accept("%s: %,d kept, %,d questions, %,d tokens read, %,d written, %.1f s"
                        .formatted(
                                stage.folder(Path.of("")),
                                kept,
                                statistics.questions(),
                                statistics.promptTokens(),
                                statistics.answerTokens(),
                                seconds));
        statistics.rejected().forEach((reason, count) -> watch.news().accept("    left out: " + reason + ": " + count));
    }

    /// Does a stage; how many rows it made.
    private long work(Stage stage, Path folder, Statistics.Tally tally) {
        return switch (stage) {
            case PROMPTS -> prompts(folder, tally);
            case REVISIONS -> {
                List<Chain> chains = models.asked(
                        config.generating(),
                        "",
                        tally,
                        asker -> RevisionStage.run(
                                config, read(Stage.PROMPTS, RunRows.PROMPTS, RedTeamPrompt.class), asker));
                StageFile.write(folder.resolve(RunRows.CHAINS), chains);
                yield chains.stream().filter(chain -> chain.failure().isEmpty()).count();
            }
            case SUPERVISED -> {
                List<SupervisedData.Line> lines = SupervisedData.of(config, chains(), Edits.read(output), tally);
                StageFile.write(stage.data(output), lines);
                training.train(stage);
                yield lines.size();
            }
            case ANSWERS -> {
                List<AnswerPair> pairs = models.asked(
                        config.made(Stage.SUPERVISED.run(output)),
                        inputs,
                        tally,
                        asker -> AnswerPair.asked(
                                config, read(Stage.PROMPTS, RunRows.PROMPTS, RedTeamPrompt.class), asker, tally));
                StageFile.write(folder.resolve(RunRows.PAIRS), pairs);
                yield pairs.size();
            }
            case FEEDBACK -> {
                Constitution constitution = config.constitution().read();
                List<Comparison> comparisons = models.asked(
                        config.judging(),
                        "",
                        tally,
                        asker -> new Feedback(constitution, config.comparisons(), asker, config.seed())
                                .about(read(Stage.ANSWERS, RunRows.PAIRS, AnswerPair.class)));
                StageFile.write(folder.resolve(RunRows.COMPARISONS), comparisons);
                yield comparisons.stream()
                        .filter(comparison -> comparison.failure().isEmpty())
                        .count();
            }
            case PREFERENCES -> {
                List<PreferenceData.Line> lines = PreferenceData.of(
                        config, read(Stage.FEEDBACK, RunRows.COMPARISONS, Comparison.class), Edits.read(output), tally);
                StageFile.write(stage.data(output), lines);
                training.train(stage);
                yield lines.size();
            }
            case REINFORCEMENT -> {
                training.train(stage);
                yield 0;
            }
            case EVALUATION -> evaluate(folder, tally);
        };
    }

    private long prompts(Path folder, Statistics.Tally tally) {
        CaiConfig.Prompts how = config.prompts();
        List<RedTeamPrompt> given = PromptStage.read(how.files(), how.limit(), how.longest(), tally);
        List<RedTeamPrompt> all = how.written() == 0
                ? given
                : models.asked(
                        config.generating(), "", tally, asker -> PromptStage.written(given, config, asker, tally));
        StageFile.write(folder.resolve(RunRows.PROMPTS), all);
        return all.size();
    }

    private long evaluate(Path folder, Statistics.Tally tally) {
        Map<String, Path> contestants = new LinkedHashMap<>();
        contestants.put("model", config.model());
        contestants.put("sl-cai", Stage.SUPERVISED.run(output));
        if (!(config.reinforcement() instanceof CaiConfig.Reinforcement.None)) {
            contestants.put("rl-cai", Stage.REINFORCEMENT.run(output));
        }
        EvaluationStage.Result result = new EvaluationStage(config, models, tally).run(chains(), contestants, inputs);
        StageFile.writeText(
                folder.resolve(RunRows.FIGURES),
                StageFile.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n");
        StageFile.writeText(folder.resolve(RunRows.TABLE), EvaluationStage.markdown(result));
        return result.contests().stream()
                .mapToLong(contest -> contest.contest().prompts().size())
                .sum();
    }

    private List<Chain> chains() {
        return read(Stage.REVISIONS, RunRows.CHAINS, Chain.class);
    }

    private <T> List<T> read(Stage stage, String file, Class<T> type) {
        return StageFile.read(stage.folder(output).resolve(file), type);
    }

    /// The settings that decide a stage's result, beside those of the stages before it.
    private List<?> parts(Stage stage) {
        return switch (stage) {
            case PROMPTS ->
                List.of(
                        config.prompts(),
                        config.seed(),
                        config.prompts().written() == 0
                                ? ""
                                : config.generating().identity());
            case REVISIONS ->
                List.of(
                        config.generating().identity(),
                        config.constitution().read(),
                        config.revisions(),
                        config.retries());
            case SUPERVISED ->
                List.of(
                        config.model().toString(),
                        config.supervised(),
                        Edits.read(output).about(false));
            case ANSWERS ->
                List.of(
                        config.comparisons().pairs(),
                        config.comparisons().maxTokens(),
                        config.comparisons().temperature());
            case FEEDBACK -> List.of(config.judging().identity(), config.comparisons());
            case PREFERENCES ->
                List.of(
                        config.preferences(),
                        config.reinforcement().needsPreferenceModel(),
                        Edits.read(output).about(true));
            case REINFORCEMENT -> List.of(config.reinforcement().getClass().getSimpleName(), config.reinforcement());
            case EVALUATION ->
                List.of(
                        config.evaluation(),
                        config.evaluation().judge().map(TeacherConfig::identity).orElse(""),
                        config.evaluation().constitutions().stream()
                                .map(CaiConfig.Principles::read)
                                .toList());
        };
    }

    /// The data that a stage reads from outside.
    private List<String> files(Stage stage) {
        return switch (stage) {
            case PROMPTS -> config.prompts().files();
            case SUPERVISED -> config.supervised().helpful();
            case PREFERENCES -> config.preferences().helpful();
            case EVALUATION -> config.evaluation().prompts();
            case REVISIONS, ANSWERS, FEEDBACK, REINFORCEMENT -> List.of();
        };
    }

    private static void delete(Path folder) {
        try {
            DurableFiles.deleteTreeIfThere(folder);
        } catch (IOException e) {
            throw new AlignException.Config(folder + ": cannot be deleted: " + e.getMessage(), e);
        }
    }

    /// Whether a folder holds a run.
    static boolean isRun(Path folder) {
        return Files.exists(Stage.PROMPTS.folder(folder).resolve(RunRows.PROMPTS));
    }
}
