package org.align4j.pipeline.quickstart;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.evaluate.EvaluationListener;
import org.align4j.run.DurableFiles;
import org.align4j.run.Interruption;
import org.align4j.run.RunListener;
import org.align4j.world.task.Instructions;
import org.align4j.world.task.WorldJudge;
import tools.jackson.databind.json.JsonMapper;

/// From the starter model to an aligned one: each stage trains and measures, and the report shows
/// what it gave. A second call with the same settings goes on where the first ended.
public final class Quickstart {
    private Quickstart() {}

    /// @param summary figures by stage, JSON
    /// @param report the page
    public record Result(List<StageResult> stages, Path summary, Path report) {}

    /// Runs stages in their order, and those that they need before them.
    ///
    /// @param wanted at least one
    /// @param now printed in the report
    /// @throws AlignException.Config where the folder holds something else
    /// @throws CancellationException when interrupted; what is done is kept
    public static Result run(
            Settings settings,
            Collection<Stage> wanted,
            RunListener listener,
            EvaluationListener evaluation,
            Interruption interruption,
            Instant now) {
        claim(settings);
        Path starter = Starter.unpack(settings.output().resolve("starter"));
        Course course = new Course(
                settings,
                starter,
                new Instructions(settings.seed()),
                WorldJudge.create(),
                listener,
                evaluation,
                interruption);
        List<StageResult> stages = new ArrayList<>();
        StageTimes times = StageTimes.in(settings.output());
        for (Stage stage : Stage.withNeeded(wanted)) {
            stages.add(times.timed(stage, () -> run(stage, course)));
        }
        Path summary = settings.output().resolve("summary.json");
        Path report = settings.output().resolve("report.html");
        write(summary, Summary.json(settings, stages, times));
        write(report, QuickstartReport.html(settings, stages, times, now));
        return new Result(List.copyOf(stages), summary, report);
    }

    private static StageResult run(Stage stage, Course course) {
        return switch (stage) {
            case SFT -> InstructionTuning.run(course);
            case REWARD -> RewardLearning.run(course);
            case DPO -> PreferenceTuning.run(course);
            case PPO -> PolicyTuning.run(course);
            case GRPO -> GroupTuning.run(course);
            case CAI -> ConstitutionalTuning.run(course);
        };
    }

    /// Makes the folder, or finds it made for the same settings.
    private static void claim(Settings settings) {
        Path file = settings.output().resolve("settings.json");
        String wanted = JsonMapper.shared().writeValueAsString(Summary.settings(settings)) + "\n";
        try {
            if (!Files.exists(settings.output())) {
                Files.createDirectories(settings.output());
                write(file, wanted);
            } else if (!Files.exists(file) || !Files.readString(file).equals(wanted)) {
                throw new AlignException.Config(
                        settings.output()
                                + ": is there already and not of this quickstart; remove it or name another folder with --output");
            }
        } catch (IOException e) {
            throw new AlignException.Config(
                    settings.output() + ": can't be used (" + e.getMessage() + "); name another folder with --output",
                    e);
        }
    }

    private static void write(Path file, String text) {
        try {
            DurableFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AlignException.Checkpoint(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
