package org.align4j.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.align4j.error.AlignException;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SetFileTest {
    @TempDir
    Path folder;

    private String file(String name, String... lines) throws IOException {
        return Files.write(folder.resolve(name), List.of(lines)).toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'context': 'Birds', 'options': ['fly', ' swim'], 'gold': 0}",
                "{'ctx': 'Birds', 'endings': ['fly', 'swim'], 'label': '0'}",
                "{'query': 'Birds', 'choices': {'text': ['fly', 'swim'], 'label': ['1', '2']}, 'answerKey': '1'}",
                "{'prompt': 'Birds', 'choices': ['fly', 'swim'], 'answer': 'A'}",
                "{'context': 'Birds', 'options': [' fly', ' swim'], 'target': ' fly'}"
            })
    void readsChoicesUnderTheNamesOfPublishedSets(String line) throws IOException {
        EvaluationSet.Choices set =
                (EvaluationSet.Choices) SetFile.read(file("birds.v2.jsonl", line.replace('\'', '"')));
        assertThat(set.name()).isEqualTo("birds");
        Choice choice = set.items().getFirst();
        assertThat(choice.context()).isEqualTo("Birds");
        assertThat(choice.options()).containsExactly(" fly", " swim");
        assertThat(choice.right()).isZero();
    }

    @Test
    void asksABareQuestionAsTheHarnessDoes() throws IOException {
        String line = "{\"question\": \"Do birds fly?\", \"choices\": [\"no\", \"yes\"], \"answer\": 1}";
        Choice choice = ((EvaluationSet.Choices) SetFile.read(file("q.jsonl", line)))
                .items()
                .getFirst();
        assertThat(choice.context()).isEqualTo("Question: Do birds fly?\nAnswer:");
    }

    @Test
    void offersEveryCompletionOfAFileReadAsChoices() throws IOException {
        String path = file(
                "t.jsonl",
                "{\"prompt\": \"1 = 1?\", \"completion\": \" yes\"}",
                "{\"prompt\": \"1 = 2?\", \"completion\": \" no\"}");
        EvaluationSet.Choices set = (EvaluationSet.Choices) SetFile.read("choices:" + path);
        assertThat(set.items().get(1).options()).containsExactly(" no", " yes");
        assertThat(set.items().get(1).right()).isZero();
        assertThat(SetFile.read(path)).isInstanceOf(EvaluationSet.Questions.class);
    }

    @Test
    void tellsTheKindsOfFilesByTheirColumns() throws IOException {
        assertThat(SetFile.read(file("g.jsonl", "{\"question\": \"1+1?\", \"answer\": \"2 #### 2\"}")))
                .isInstanceOfSatisfying(
                        EvaluationSet.Questions.class,
                        set -> assertThat(set.graders())
                                .extracting(Grader::name)
                                .containsExactly("last_number"));
        assertThat(SetFile.read(file("t.jsonl", "{\"text\": \"a story\"}"))).isInstanceOf(EvaluationSet.Texts.class);
        assertThat(SetFile.read(file(
                        "m.jsonl",
                        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"},"
                                + " {\"role\": \"assistant\", \"content\": \"Ho\"}]}")))
                .isInstanceOfSatisfying(EvaluationSet.Questions.class, set -> {
                    assertThat(set.items().getFirst().reference()).contains("Ho");
                    assertThat(set.items().getFirst().plain()).isEqualTo("Hi");
                });
    }

    @Test
    void namesEveryRowThatCannotBeUsed() throws IOException {
        String path = file(
                "bad.jsonl",
                "{\"context\": \"a\", \"options\": [\"b\", \"c\"], \"gold\": 0}",
                "{\"context\": \"a\", \"options\": [\"b\", \"c\"], \"gold\": 2}",
                "{\"context\": \"a\", \"options\": [\"b\"], \"gold\": 0}",
                "{\"context\": \"a\", \"options\": [\"b\", 3], \"gold\": 0}",
                "{\"options\": [\"b\", \"c\"], \"gold\": 0}",
                "{\"context\": \"a\", \"options\": [\"b\", \"c\"], \"gold\": \"Z\"}");
        assertThatThrownBy(() -> SetFile.read(path))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("bad.jsonl:2: the right option is 2; expected 0 to 1")
                .hasMessageContaining("bad.jsonl:3: 1 options")
                .hasMessageContaining("bad.jsonl:4: the options are not a list of texts")
                .hasMessageContaining("bad.jsonl:5: none of the columns question")
                .hasMessageContaining("bad.jsonl:6: \"gold\" is \"Z\"");
    }

    @Test
    void refusesFilesThatAreNoSets() throws IOException {
        assertThatThrownBy(() -> SetFile.read("gsm8k:" + folder + "/absent.jsonl"))
                .hasMessageContaining("no such file");
        String empty = file("empty.jsonl", "");
        assertThatThrownBy(() -> SetFile.read(empty)).hasMessageContaining("no rows");
        String wordless = file("w.jsonl", "{\"question\": \"a\", \"answer\": \"none\"}");
        assertThatThrownBy(() -> SetFile.read("gsm8k:" + wordless))
                .hasMessageContaining("w.jsonl:1: \"answer\" holds no number");
        assertThatThrownBy(() -> SetFile.read("world:tomorrow")).hasMessageContaining("held_out_families");
    }

    @Test
    void readsTheSharedGsm8k() {
        EvaluationSet set = SetFile.read("gsm8k:" + Shared.data("instruction/gsm8k/test.jsonl"));
        assertThat(set.name()).isEqualTo("gsm8k_test");
        assertThat(set.items()).hasSize(1319);
        assertThat(set.first(20).items()).hasSize(20);
    }
}
