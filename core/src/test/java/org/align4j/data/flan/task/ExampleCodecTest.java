package org.align4j.data.flan.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.align4j.data.Source;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExampleCodecTest {
    private static final List<String> FILES = List.of("a.jsonl", "b.jsonl");

    private final ExampleCodec writer = new ExampleCodec();
    private final ExampleCodec reader = new ExampleCodec();

    private TaskExample again(TaskExample example, int file) {
        writer.write(example, file);
        System.arraycopy(writer.bytes(), 0, reader.buffer(writer.length()), 0, writer.length());
        return reader.read(FILES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "é and ÿ", "“quoted” – Ω", "漢字 and 😀", "\u0000\u00ff\u0100"})
    void textsOfAllWidthsComeBack(String text) {
        TaskExample example = new TaskExample(
                text,
                "target",
                text + text,
                List.of("yes", text),
                "en",
                Map.of("k", text, "n", 3),
                new Source("b.jsonl", 70_000));

        assertThat(again(example, 1)).isEqualTo(example);
    }

    @Test
    void shortTextsComeBackAfterLongOnes() {
        String narrow = "word ".repeat(20_000);
        String wide = "“wort” ".repeat(20_000);
        TaskExample large =
                new TaskExample(wide, narrow, wide, List.of(narrow), "de", Map.of(), new Source("a.jsonl", 1));
        TaskExample small = new TaskExample("“a”", "b", "", List.of(), "de", Map.of(), new Source("a.jsonl", 2));

        assertThat(again(large, 0)).isEqualTo(large);
        assertThat(again(small, 0)).isEqualTo(small);
    }
}
