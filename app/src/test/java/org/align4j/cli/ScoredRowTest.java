package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.data.encode.ComparisonEncoder;
import org.align4j.data.encode.EncodeOptions;
import org.align4j.data.encode.ExampleEncoder;
import org.align4j.data.encode.TokenizedComparison;
import org.align4j.data.format.ComparisonOptions;
import org.align4j.data.format.ComparisonReader;
import org.align4j.data.format.ExampleReader;
import org.align4j.data.format.FormatOptions;
import org.align4j.data.preference.Comparison;
import org.align4j.data.rows.Row;
import org.align4j.rl.EnsembleScores;
import org.align4j.rl.JudgedScores;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.TinyTokenizer;
import org.align4j.tokenizer.Tokenizer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// What `align4j score` writes says the same when it is read again, to models that read
/// conversations and to those that read texts.
class ScoredRowTest {
    private static final ChatRenderer TEMPLATE = ChatRenderer.of(
            ChatTemplate.of(
                    "{% for t in tools or [] %}<{{ t.name }}>{% endfor %}"
                            + "{% for m in messages %}[{{ m.role }}]{{ m.content }}</s>\n{% endfor %}"
                            + "{% if add_generation_prompt %}[assistant]{% endif %}",
                    Map.of()),
            ChatTemplate.Options.conversation());

    private final Tokenizer tokenizer = TinyTokenizer.bytesWithBos();
    private final DataReport report = new DataReport();

    @AfterEach
    void closeTokenizer() {
        tokenizer.close();
    }

    private static Row row(String json) {
        return new Row(
                new Source("f", 1), JsonMapper.shared().readValue(json, new TypeReference<Map<String, Object>>() {}));
    }

    private Comparison read(String json) {
        return new ComparisonReader(ComparisonOptions.DEFAULT, report)
                .read(row(json))
                .orElseThrow(() -> new AssertionError(report.summary()));
    }

    private TokenizedComparison tokens(Comparison comparison, boolean chat) {
        return new ComparisonEncoder(tokenizer, template(chat), EncodeOptions.upTo(999), report)
                .encode(comparison)
                .orElseThrow(() -> new AssertionError(report.summary()));
    }

    private static Optional<ChatRenderer> template(boolean chat) {
        return chat ? Optional.of(TEMPLATE) : Optional.empty();
    }

    private ScoredRow scored(Comparison comparison, boolean chat) {
        EnsembleScores scores = new EnsembleScores();
        // the last output is the best one
        float[] values = new float[comparison.ids().size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        scores.add(JudgedScores.of(tokens(comparison, chat), values));
        return new ScoredRow(scores.all(1).getFirst(), chat);
    }

    private static String json(Map<String, Object> row) {
        return JsonMapper.shared().writeValueAsString(row);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'prompt': 'Q ', 'outputs': ['a', 'b', 'c'], 'ranking': 'C > A = B', 'labeler': 7, 'tags': ['x']}",
                "{'prompt': 'Q ', 'outputs': [{'id': 1, 'text': 'a'}, {'id': 2, 'text': 'b'}], 'ranking': [2, 1]}",
                "{'prompt': 'Q ', 'outputs': ['a', 'b'], 'ratings': [1.5, -2]}",
                "{'prompt': 'Q ', 'outputs': ['a', 'b', 'c'], 'best': 1}",
                "{'prompt': 'Q ', 'outputs': ['a', 'a', 'c']}",
                "{'prompt': 'Q ', 'completion': 'a'}",
                "{'prompt': 'Q ', 'completion': 'a', 'rating': 3}",
                "{'prompt': 'Q ', 'completion': 'a', 'label': false, 'labeler': 'ann'}",
                "{'prompt': 'Q ', 'chosen': 'a', 'rejected': 'b', 'margin': 2.5, 'tags': 'maths'}",
                "{'prompt': 'Q ', 'chosen': 'a', 'rejected': 'b', 'probability': 0.25}",
                "{'prompt': 'Q ', 'chosen': 'a', 'rejected': 'b', 'tie': true}",
                "{'system': 'S', 'prompt': 'Q ', 'chosen': 'a', 'rejected': 'b'}",
                "{'chosen': '\\n\\nHuman: Hi\\n\\nAssistant: a', 'rejected': '\\n\\nHuman: Hi\\n\\nAssistant: b'}",
                "{'chosen': '\\n\\nHuman: Hi\\n\\nAssistant: a\\n\\nHuman: and\\n\\nAssistant: so',"
                        + " 'rejected': '\\n\\nHuman: Hi\\n\\nAssistant: b'}",
            })
    void saysTheSameWhenItIsReadAgain(String line) {
        for (boolean chat : new boolean[] {true, false}) {
            check(line.replace('\'', '"'), chat);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'prompt': [{'role': 'user', 'content': 'Q'}], 'tools': [{'name': 'sum'}], 'outputs': ["
                        + "[{'role': 'assistant', 'content': 'a', 'weight': 0}, {'role': 'tool', 'content': 't'},"
                        + " {'role': 'assistant', 'content': 'b'}], [{'role': 'assistant', 'content': 'c'}]],"
                        + " 'ranking': 'B > A'}",
            })
    void saysTheSameOfConversations(String line) {
        check(line.replace('\'', '"'), true);
    }

    private void check(String line, boolean chat) {
        Comparison comparison = read(line);
        ScoredRow row = scored(comparison, chat);
        Comparison again = read(json(row.all(false)));
        assertThat(again.judgement()).isEqualTo(comparison.judgement());
        assertThat(again.annotation()).isEqualTo(comparison.annotation());
        assertThat(again.ids()).isEqualTo(comparison.ids());
        List<TokenizedExample> outputs = tokens(comparison, chat).outputs();
        assertThat(tokens(again, chat).outputs()).isEqualTo(outputs);

        Example demonstration = new ExampleReader(FormatOptions.DEFAULT, report)
                .read(row(json(row.best())))
                .orElseThrow(() -> new AssertionError(report.summary()));
        TokenizedExample learnt = new ExampleEncoder(tokenizer, template(chat), EncodeOptions.upTo(999), report)
                .encode(demonstration)
                .orElseThrow(() -> new AssertionError(report.summary()));
        assertThat(learnt.ended()).isEqualTo(outputs.getLast());
    }
}
