package org.align4j.pipeline.synthetic;

import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.teacher.Question;
import org.align4j.teacher.Reply;
import org.align4j.teacher.Teacher;

/// How much data is made, of what.
///
/// @param seeds tasks that the teacher is shown
/// @param count tasks wanted
/// @param batch questions asked at once
/// @param rounds batches without a new task after which it ends
/// @param temperature of new instructions; what follows is answered by the likeliest tokens
/// @param maxTokens of an answer
/// @param seed of what is shown and drawn
/// @param folder where `tasks.jsonl` and `statistics.json` go
public record Synthesis(
        List<SyntheticTask> seeds,
        int count,
        int batch,
        int rounds,
        double temperature,
        int maxTokens,
        long seed,
        Path folder) {
    public Synthesis {
        seeds = List.copyOf(seeds);
        if (count < 1 || batch < 1 || rounds < 1 || maxTokens < 1) {
            throw new IllegalArgumentException("count, batch, rounds and max_tokens must be at least 1");
        }
    }

    /// Who hears how it goes.
    ///
    /// @param progress tasks made so far
    /// @param interrupted whether to stop; what was asked is kept by a cached teacher, so that the
    ///     next run goes on
    public record Watch(Consumer<Integer> progress, BooleanSupplier interrupted) {
        Teacher.Progress toTeacher() {
            return new Teacher.Progress((index, reply) -> {}, interrupted);
        }

        void check() {
            if (interrupted.getAsBoolean()) {
                throw new java.util.concurrent.CancellationException("interrupted while data was made");
            }
        }
    }

    /// Texts of a teacher's answers, in order; empty for failures.
    List<String> ask(
            Teacher teacher, List<String> prompts, double heat, long round, Statistics.Tally tally, Watch watch) {
        watch.check();
        List<Question> questions = IntStream.range(0, prompts.size())
                .mapToObj(i -> new Question(
                        Conversation.of(Message.user(prompts.get(i))),
                        maxTokens,
                        heat,
                        List.of(),
                        seed * 1_000_003 + round * batch + i))
                .toList();
        List<Reply> replies = teacher.ask(questions, watch.toTeacher());
        watch.check();
        return replies.stream().map(tally::text).toList();
    }
}
