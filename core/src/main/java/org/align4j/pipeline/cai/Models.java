package org.align4j.pipeline.cai;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.align4j.pipeline.synthetic.Statistics;
import org.align4j.teacher.CachedTeacher;
import org.align4j.teacher.Teacher;
import org.align4j.teacher.TeacherConfig;
import org.align4j.tensor.Scope;

/// The models that a run asks. What they answered is kept on disk. Those of this machine are open
/// for a piece of work; servers stay open to the end, so that all stages have one budget.
final class Models implements AutoCloseable {
    private final CaiConfig config;
    private final CaiRun.Watch watch;
    private final Map<TeacherConfig, Teacher> servers = new HashMap<>();

    Models(CaiConfig config, CaiRun.Watch watch) {
        this.config = config;
        this.watch = watch;
    }

    /// What `work` makes of answers of `who`.
    ///
    /// @param made a hash of what made the model; empty for models that the run began with
    <T> T asked(TeacherConfig who, String made, Statistics.Tally tally, Function<Asker, T> work) {
        Path cache = config.output().resolve("cache").resolve(made.isEmpty() ? "given" : made);
        return switch (who) {
            case TeacherConfig.Local local -> {
                try (Scope scope = Scope.open();
                        Teacher teacher = local.open()) {
                    yield work.apply(asker(teacher, cache, tally));
                }
            }
            case TeacherConfig.Server server ->
                work.apply(asker(servers.computeIfAbsent(server, TeacherConfig::open), cache, tally));
        };
    }

    private Asker asker(Teacher teacher, Path cache, Statistics.Tally tally) {
        return new Asker(
                new CachedTeacher(teacher, cache),
                config.retries(),
                tally,
                watch.questions(),
                watch.interruption()::requested);
    }

    @Override
    public void close() {
        servers.values().forEach(Teacher::close);
    }
}
