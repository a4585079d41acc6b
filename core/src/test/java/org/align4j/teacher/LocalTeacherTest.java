package org.align4j.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.data.PackedBatch;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.teacher.Teacher.Progress;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.testing.TinyModelFolder;
import org.align4j.tokenizer.ChatTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalTeacherTest {
    @TempDir
    private Path folder;

    private static List<Question> questions() {
        return IntStream.range(0, 5)
                .mapToObj(i -> new Question(
                        Conversation.of(Message.user("say ".repeat(i + 1))), 4 + i % 2, i % 2, List.of(), i))
                .toList();
    }

    @Test
    void answersDoNotDependOnWhatElseIsAsked() throws IOException {
        TinyModelFolder.save(folder, 3);
        try (Scope scope = Scope.open();
                LoadedModel model = LoadedModel.load(folder, DType.FLOAT32, Device.CPU, false);
                LocalTeacher teacher = new LocalTeacher(model)) {
            List<Reply> together = teacher.ask(questions(), Progress.SILENT);
            List<Reply> apart = questions().stream()
                    .map(question ->
                            teacher.ask(List.of(question), Progress.SILENT).getFirst())
                    .toList();
            assertThat(together)
                    .isEqualTo(apart)
                    .allSatisfy(reply -> assertThat(reply).isInstanceOf(Reply.Answer.class));
        }
    }

    @Test
    void choicesHaveTheModelsLogProbabilities() throws IOException {
        TinyModelFolder.save(folder, 3);
        List<String> choices = List.of("yes", "never");
        try (Scope scope = Scope.open();
                LoadedModel model = LoadedModel.load(folder, DType.FLOAT32, Device.CPU, false);
                LocalTeacher teacher = new LocalTeacher(model)) {
            List<Reply> replies = teacher.choose(questions(), choices, Progress.SILENT);
            for (int i = 0; i < replies.size(); i++) {
                Map<String, Double> logps = ((Reply.Choice) replies.get(i)).logps();
                for (String choice : choices) {
                    double expected = logp(model, questions().get(i), choice);
                    assertThat(logps.get(choice)).as(choice).isCloseTo(expected, within(1e-4));
                }
            }
        }
    }

    private static double logp(LoadedModel model, Question question, String choice) {
        String prompt = model.template()
                .orElseThrow()
                .render(
                        question.conversation().messages().stream()
                                .map(Message::fields)
                                .toList(),
                        ChatTemplate.Options.prompt())
                .text();
        int[] start = model.tokenizer().encodePrompt(prompt);
        int[] end = model.tokenizer().encode(choice);
        int[] all = IntStream.concat(IntStream.of(start), IntStream.of(end)).toArray();
        boolean[] mask = new boolean[all.length];
        for (int t = start.length; t < all.length; t++) {
            mask[t] = true;
        }
        try (Scope scope = Scope.open();
                Tape tape = model.model()
                        .forward(
                                PackedBatch.of(List.of(new TokenizedExample(all, mask, Source.memory(0)))),
                                Wanted.logps(),
                                Recording.NONE)) {
            return tape.logps().sum().item();
        }
    }
}
