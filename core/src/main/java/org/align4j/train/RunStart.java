package org.align4j.train;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.align4j.run.Checkpoints.Checkpoint;
import org.align4j.run.Interruption;
import org.align4j.run.Provenance;
import org.align4j.run.RunDirectory;
import org.align4j.run.RunEvent;
import org.align4j.run.RunFiles;
import org.align4j.run.RunListener;
import org.align4j.run.RunRecorder;

/// A run that is wanted: a new one, or one to go on with. Making this refuses what can be refused
/// at once; the folder of the run is made by [#run], after whatever else can fail.
///
/// @param output folder of the run
/// @param config of the run
/// @param provenance facts that are recorded beside it
/// @param checkpoint to go on from, if there is one
public record RunStart(
        Path output, Record config, Map<String, Object> provenance, Resume resume, Optional<Path> checkpoint) {
    /// Refuses what can be refused before anything is loaded.
    ///
    /// @param files that the run reads
    /// @throws org.align4j.error.AlignException.Config for a folder that holds a run which is not
    ///     to be resumed, or one of another configuration or other files which is
    public static RunStart of(Path output, Record config, List<Path> files, Resume resume) {
        Map<String, Object> provenance = Provenance.of(files);
        RunDirectory.check(output, resume.wanted(), config, provenance);
        Optional<Path> checkpoint = resume.wanted()
                ? new RunFiles(output).checkpoints().newest().map(Checkpoint::folder)
                : Optional.empty();
        return new RunStart(output, config, provenance, resume, checkpoint);
    }

    /// Opens the run's folder and trains.
    ///
    /// @param plan when what happens
    /// @param learner loaded from the checkpoint, if there is one
    /// @param optimization gets back what it remembered there
    /// @param news what is told before the first step
    /// @param algorithm made for the loop that it is to run in
    public void run(
            TrainingLoop.Plan plan,
            Learner learner,
            Optimization optimization,
            List<RunEvent> news,
            RunListener listener,
            Interruption interruption,
            Function<TrainingLoop, TrainingLoop.Algorithm> algorithm) {
        try (RunDirectory run = resume.wanted()
                ? RunDirectory.resume(output, config, provenance)
                : RunDirectory.create(output, config, provenance)) {
            Progress start = checkpoint
                    .map(folder -> learner.restore(folder, optimization, resume))
                    .orElse(Progress.START);
            run.rewind(checkpoint.isPresent() ? start.step() : -1);
            try (RunRecorder recorder = new RunRecorder(run, start.step(), Clock.systemUTC())) {
                RunListener all = RunListener.all(recorder, listener);
                news.forEach(all::on);
                TrainingLoop loop = new TrainingLoop(plan, learner, optimization, run, all, interruption, start);
                loop.run(algorithm.apply(loop));
            }
        }
    }
}
