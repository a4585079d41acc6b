package org.align4j.pipeline.synthetic;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.align4j.data.Conversation;
import org.align4j.data.DataReport;
import org.align4j.data.Message;
import org.align4j.data.OnError;
import org.align4j.data.SkipReason;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.run.DurableFiles;
import org.align4j.teacher.Question;
import org.align4j.teacher.Reply;
import org.align4j.teacher.Teacher;
import tools.jackson.databind.json.JsonMapper;

/// Knowledge distillation from a teacher's answers (Kim and Rush 2016, sequence level): prompts
/// become examples that a student is fine-tuned on.
public final class Distillation {
    private static final int BATCH = 64;

    private Distillation() {}

    /// @param prompts files with a column of prompts
    /// @param column its name
    /// @param maxTokens of an answer
    /// @param temperature 0: the likeliest answer
    /// @param limit prompts used at most; 0: all
    public record Settings(
            List<String> prompts, String column, int maxTokens, double temperature, long seed, int limit) {
        public Settings {
            prompts = List.copyOf(prompts);
        }
    }

    /// Asks for every prompt and writes `prompt` and `completion` to `file`, whole or not at all.
    /// Answers that were cut off are left out.
    ///
    /// @param teacher best a cached one: a run that was interrupted then goes on where it stopped
    /// @throws AlignException.Data when a row has no prompt, or no answer is left
    public static Statistics run(Settings settings, Teacher teacher, Path file, Synthesis.Watch watch) {
        List<String> prompts = prompts(settings);
        Statistics.Tally tally = new Statistics.Tally();
        StringBuilder lines = new StringBuilder();
        int kept = 0;
        for (int from = 0; from < prompts.size(); from += BATCH) {
            watch.check();
            List<String> batch = prompts.subList(from, Math.min(prompts.size(), from + BATCH));
            List<Reply> replies = teacher.ask(questions(batch, from, settings), watch.toTeacher());
            for (int i = 0; i < batch.size(); i++) {
                String text = tally.text(replies.get(i)).strip();
                boolean cut = replies.get(i) instanceof Reply.Answer answer && !answer.complete();
                if (cut) {
                    tally.reject("answer cut off at max_tokens", batch.get(i));
                } else if (replies.get(i) instanceof Reply.Answer && text.isEmpty()) {
                    tally.reject("empty answer", batch.get(i));
                } else if (!text.isEmpty()) {
                    Map<String, String> fields = new LinkedHashMap<>();
                    fields.put("prompt", batch.get(i));
                    fields.put("completion", text);
                    lines.append(JsonMapper.shared().writeValueAsString(fields)).append('\n');
                    kept++;
                }
            }
            watch.progress().accept(kept);
        }
        watch.check();
        if (kept == 0) {
            throw new AlignException.Data("the teacher gave no usable answer to any of " + prompts.size() + " prompts ("
                    + tally.statistics(0).reasons() + "); raise max_tokens or look at the teacher");
        }
        write(file, lines.toString());
        return tally.statistics(kept);
    }

    private static List<Question> questions(List<String> batch, int from, Settings settings) {
        return IntStream.range(0, batch.size())
                .mapToObj(i -> new Question(
                        Conversation.of(Message.user(batch.get(i))),
                        settings.maxTokens(),
                        settings.temperature(),
                        List.of(),
                        settings.seed() * 1_000_003 + from + i))
                .toList();
    }

    private static List<String> prompts(Settings settings) {
        DataReport report = new DataReport();
        List<String> prompts = new ArrayList<>();
        try (Rows rows = Rows.open(settings.prompts(), ReadOptions.DEFAULT, report)) {
            while (rows.hasNext() && (settings.limit() == 0 || prompts.size() < settings.limit())) {
                Row row = rows.next();
                if (row.fields().get(settings.column()) instanceof String prompt && !prompt.isBlank()) {
                    prompts.add(prompt);
                    report.use();
                } else {
                    report.skip(
                            SkipReason.MISSING_COLUMN,
                            row.source(),
                            "no text \"" + settings.column() + "\"; columns found: "
                                    + row.fields().keySet());
                }
            }
        }
        report.check(OnError.FAIL);
        return prompts;
    }

    private static void write(Path file, String lines) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            DurableFiles.write(file, lines.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
