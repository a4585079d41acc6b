package org.align4j.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.teacher.CachedTeacher;
import org.align4j.teacher.LocalTeacher;
import org.align4j.teacher.Teacher;
import org.align4j.teacher.TeacherConfig;
import org.align4j.tensor.Scope;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Who writes data: a model of this machine, or one behind a server of OpenAI's protocol.
final class TeacherOptions {
    @Option(
            names = "--teacher",
            required = true,
            paramLabel = "M",
            description = "A model directory, GGUF file or run; or a server, such as http://localhost:8000/v1.")
    private String teacher = "";

    @Option(names = "--teacher-model", paramLabel = "NAME", description = "The model's name on the server.")
    private Optional<String> name = Optional.empty();

    @Option(
            names = "--key-variable",
            paramLabel = "NAME",
            description = "Environment variable that holds the server's key.")
    private String keyVariable = "";

    @Option(names = "--concurrency", paramLabel = "N", description = "Questions under way at once. Default: 8.")
    private int concurrency = 8;

    @Option(
            names = "--requests-per-minute",
            paramLabel = "N",
            description = "At most; 0, the default: as fast as it answers.")
    private int requestsPerMinute;

    @Option(names = "--token-budget", paramLabel = "N", description = "Tokens in all; 0, the default: no limit.")
    private long tokenBudget;

    @Option(
            names = "--cache",
            paramLabel = "DIR",
            description =
                    "Where answers are kept, so that nothing is asked twice. Default: cache in the output's folder.")
    private Optional<Path> cache = Optional.empty();

    @Mixin
    private ComputeOptions compute = new ComputeOptions();

    /// What is done with a teacher.
    interface Work {
        void with(Teacher teacher);
    }

    /// Opens the teacher for `work`.
    ///
    /// @param folder of the output
    void open(Path folder, Work work) {
        Path kept = cache.orElse(folder.resolve("cache"));
        if (!teacher.startsWith("http://") && !teacher.startsWith("https://")) {
            try (Scope scope = Scope.open();
                    Teacher local = new CachedTeacher(new LocalTeacher(compute.load(Path.of(teacher))), kept)) {
                work.with(local);
            }
            return;
        }
        String model = name.orElseThrow(() ->
                new AlignException.Config("--teacher-model: missing; name the model that " + teacher + " should use"));
        TeacherConfig.Server defaults = TeacherConfig.Server.defaults(teacher, model);
        TeacherConfig.Server config = new TeacherConfig.Server(
                teacher,
                model,
                keyVariable,
                concurrency,
                requestsPerMinute,
                defaults.retries(),
                defaults.timeoutSeconds(),
                defaults.backoffMillis(),
                tokenBudget);
        try (Teacher remote = new CachedTeacher(config.open(), kept)) {
            work.with(remote);
        }
    }
}
