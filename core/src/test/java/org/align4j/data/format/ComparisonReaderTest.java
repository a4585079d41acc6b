package org.align4j.data.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.Completion;
import org.align4j.data.DataReport;
import org.align4j.data.Message;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.align4j.data.preference.Annotation;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Contradictions;
import org.align4j.data.preference.Label;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.data.preference.Ratings;
import org.align4j.data.preference.Unjudged;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;

class ComparisonReaderTest {
    private final DataReport report = new DataReport();
    private final List<Comparison> read = new ArrayList<>();

    private static Map<String, Object> fields(Object... keysAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            fields.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return fields;
    }

    private Optional<Comparison> read(ComparisonOptions options, Object... keysAndValues) {
        Row row = new Row(new Source("f.jsonl", 1 + report.rowsRead()), fields(keysAndValues));
        report.read();
        Optional<Comparison> comparison = new ComparisonReader(options, report).read(row);
        comparison.ifPresent(read::add);
        return comparison;
    }

    private Comparison auto(Object... keysAndValues) {
        return read(ComparisonOptions.DEFAULT, keysAndValues).orElseThrow(() -> new AssertionError(report.summary()));
    }

    private String fault(SkipReason reason, Object... keysAndValues) {
        return fault(ComparisonOptions.DEFAULT, reason, keysAndValues);
    }

    private String fault(ComparisonOptions options, SkipReason reason, Object... keysAndValues) {
        long before = report.skipped(reason).count();
        assertThat(read(options, keysAndValues)).isEmpty();
        assertThat(report.skipped(reason).count()).as(report.summary()).isEqualTo(before + 1);
        return report.skipped(reason).examples().getLast();
    }

    private static Map<String, Object> turn(String role, String content) {
        return fields("role", role, "content", content);
    }

    @Test
    void findsThePromptThatTwoTranscriptsShare() {
        Comparison pair = auto(
                "chosen", "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Why?\n\nAssistant: Because.",
                "rejected", "\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Why?\n\nAssistant: Be off.");
        assertThat(pair.prompt().text()).contains("\n\nHuman: Hi\n\nAssistant: Hello.\n\nHuman: Why?\n\nAssistant:");
        assertThat(pair.prompt().conversation().messages())
                .extracting(Message::role, Message::content)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("user", "Hi"),
                        org.assertj.core.groups.Tuple.tuple("assistant", "Hello."),
                        org.assertj.core.groups.Tuple.tuple("user", "Why?"));
        assertThat(pair.output("chosen").text()).contains(" Because.");
        assertThat(pair.output("rejected").messages()).containsExactly(Message.assistant("Be off."));
    }

    @Test
    void takesAnAnswerOfSeveralTurnsWhereTranscriptsPartEarly() {
        Comparison pair = auto(
                "chosen", "\n\nHuman: Hi\n\nAssistant: Yes.\n\nHuman: Why?\n\nAssistant: So.",
                "rejected", "\n\nHuman: Hi\n\nAssistant: No.");
        assertThat(pair.prompt().text()).contains("\n\nHuman: Hi\n\nAssistant:");
        assertThat(pair.output("chosen").messages()).hasSize(3);
        assertThat(fault(
                        SkipReason.DIFFERENT_PROMPTS,
                        "chosen",
                        "\n\nHuman: Hi\n\nAssistant: Yes.",
                        "rejected",
                        "\n\nHuman: Ho\n\nAssistant: Yes."))
                .contains("f.jsonl:2", "share no beginning");
    }

    @Test
    void readsPlainPairsWithAndWithoutPrompt() {
        Comparison explicit = auto("prompt", "Sky? ", "chosen", "blue", "rejected", "red", "margin", 2, "tie", false);
        assertThat(explicit.pairs().getFirst().preference())
                .isEqualTo(new Preference("chosen", "rejected", false, Optional.of(2.0), Optional.empty()));
        Comparison implicit = auto("chosen", "The sky is bright blue.", "rejected", "The sky is brown.");
        assertThat(implicit.prompt().text()).contains("The sky is");
        assertThat(implicit.output("rejected").text()).contains(" brown.");
        assertThat(fault(SkipReason.DIFFERENT_PROMPTS, "chosen", "One.", "rejected", "Two."))
                .contains("begin differently");
    }

    @Test
    void readsConversationalPairsWhereverTheirPromptIs() {
        List<Object> yes = List.of(turn("user", "Sky?"), turn("assistant", "blue"));
        List<Object> no = List.of(turn("user", "Sky?"), turn("assistant", "red"));
        Comparison explicit = auto(
                "prompt",
                List.of(turn("user", "Sky?")),
                "chosen",
                List.of(turn("assistant", "blue")),
                "rejected",
                List.of(turn("assistant", "red")));
        Comparison implicit = auto("chosen", yes, "rejected", no);
        Comparison repeated = auto("prompt", "Sky?", "chosen", yes, "rejected", no);
        assertThat(implicit.prompt()).isEqualTo(explicit.prompt());
        assertThat(implicit.outputs()).isEqualTo(explicit.outputs());
        assertThat(repeated.outputs()).isEqualTo(explicit.outputs());
        assertThat(fault(SkipReason.DIFFERENT_PROMPTS, "prompt", "Sea?", "chosen", yes, "rejected", no))
                .contains("isn't the prompt's");
    }

    @Test
    void readsRankingsAsTextGroupsAndPlaces() {
        Ranking expected = Ranking.parse("D > C > A = B");
        List<String> outputs = List.of("a", "b", "c", "d");
        for (Object ranking : List.of("D > C > A = B", List.of("D", "C", List.of("A", "B")), List.of(3, 3, 2, 1))) {
            assertThat(auto("prompt", "Q", "outputs", outputs, "ranking", ranking)
                            .judgement())
                    .isEqualTo(expected);
        }
        Comparison named = auto(
                "prompt",
                "Q",
                "outputs",
                List.of(fields("id", "x", "text", "a"), fields("id", "y", "text", "b")),
                "ranking",
                "y > x",
                "labeler",
                7,
                "tags",
                List.of("maths"));
        assertThat(named.output("y")).isEqualTo(Completion.of("b"));
        assertThat(named.annotation()).isEqualTo(new Annotation(Optional.of("7"), List.of("maths")));
    }

    @Test
    void readsRatingsChoicesAndLabels() {
        List<String> outputs = List.of("a", "b", "c");
        assertThat(auto("prompt", "Q", "outputs", outputs, "ratings", List.of(1, 2.5, 1))
                        .judgement())
                .isEqualTo(new Ratings(Map.of("A", 1.0, "B", 2.5, "C", 1.0)));
        assertThat(auto("prompt", "Q", "outputs", outputs, "best", 2).pairs()).hasSize(2);
        assertThat(auto("prompt", "Q", "completion", "a", "rating", "4").judgement())
                .isEqualTo(new Ratings(Map.of("A", 4.0)));
        Comparison label = auto("prompt", "Q", "completion", "a", "label", true);
        assertThat(label.judgement()).isEqualTo(new Label("A", true));
        assertThat(label.labels()).containsExactly(new Label("A", true));
        assertThat(auto("prompt", "Q", "chosen", "a", "rejected", "b").labels())
                .containsExactly(new Label("chosen", true), new Label("rejected", false));
    }

    @Test
    void reportsJudgementsThatDoNotFitTheirOutputs() {
        List<String> outputs = List.of("a", "b", "c");
        assertThat(fault(SkipReason.BAD_JUDGEMENT, "prompt", "Q", "outputs", outputs, "ranking", "A > B"))
                .contains("f.jsonl:1", "doesn't judge [C]");
        assertThat(fault(SkipReason.BAD_JUDGEMENT, "prompt", "Q", "outputs", outputs, "ranking", "A > B > B > C"))
                .contains("names \"B\" twice");
        assertThat(fault(SkipReason.BAD_JUDGEMENT, "prompt", "Q", "outputs", outputs, "ranking", "A > B > C > D"))
                .contains("judges [D]");
        assertThat(fault(SkipReason.BAD_JUDGEMENT, "prompt", "Q", "outputs", outputs, "best", 3))
                .contains("counted from 0");
        assertThat(fault(SkipReason.BAD_JUDGEMENT, "prompt", "Q", "outputs", outputs, "ratings", List.of(1, 2)))
                .contains("2 values for 3 outputs");
        ComparisonOptions scale = new ComparisonOptions(ComparisonFormat.AUTO, Map.of(), "", 1, 5, false);
        assertThat(read(scale, "prompt", "Q", "completion", "a", "rating", 6)).isEmpty();
        assertThat(report.skipped(SkipReason.BAD_JUDGEMENT).count()).isEqualTo(6);
    }

    @Test
    void reportsEmptyAndIdenticalOutputs() {
        assertThat(fault(SkipReason.EMPTY_COMPLETION, "prompt", "Q", "chosen", "a", "rejected", " "))
                .contains("data.allow_empty");
        assertThat(fault(SkipReason.IDENTICAL_OUTPUTS, "prompt", "Q", "chosen", "a", "rejected", "a"))
                .contains("\"chosen\" and \"rejected\"");
        assertThat(read(ComparisonOptions.DEFAULT.withEmpty(true), "prompt", "Q", "chosen", "a", "rejected", ""))
                .isPresent();
    }

    @Test
    void takesRepeatedOutputsThatNobodyJudges() {
        Comparison drawn = auto("prompt", "1+1=", "outputs", List.of("2", "2", "3"));
        assertThat(drawn.ids()).containsExactly("A", "B", "C");
        assertThat(drawn.judgement()).isEqualTo(new Unjudged(List.of("A", "B", "C")));
        assertThat(fault(SkipReason.MISSING_COLUMN, "prompt", "1+1=", "outputs", List.of()))
                .contains("\"outputs\" is empty");
    }

    @Test
    void aProbabilityBelowAHalfPrefersTheOtherSide() {
        Comparison turned = auto("prompt", "Q", "chosen", "a", "rejected", "b", "probability", 0.25);
        Comparison straight = auto("prompt", "Q", "chosen", "b", "rejected", "a", "probability", 0.75);
        assertThat(turned.outputs()).isEqualTo(straight.outputs());
        assertThat(turned.judgement())
                .isEqualTo(straight.judgement())
                .isEqualTo(new Preference("chosen", "rejected", false, Optional.empty(), Optional.of(0.75)));
        assertThat(fault(SkipReason.BAD_JUDGEMENT, "prompt", "Q", "chosen", "a", "rejected", "b", "probability", -0.25))
                .contains("from 0 to 1");
        assertThat(fault(
                        SkipReason.BAD_JUDGEMENT,
                        "prompt",
                        "Q",
                        "chosen",
                        "a",
                        "rejected",
                        "b",
                        "probability",
                        0.25,
                        "margin",
                        1))
                .contains("correct one");
        assertThat(fault(
                        SkipReason.BAD_JUDGEMENT,
                        "prompt",
                        "Q",
                        "chosen",
                        "a",
                        "rejected",
                        "b",
                        "probability",
                        0.75,
                        "tie",
                        true))
                .contains("a tie with a probability");
    }

    @Test
    void numbersThatAreTheIdsRankByThem() {
        List<Object> outputs =
                List.of(fields("id", 1, "text", "a"), fields("id", 2, "text", "b"), fields("id", 3, "text", "c"));
        assertThat(auto("prompt", "Q", "outputs", outputs, "ranking", List.of(2, 3, 1))
                        .judgement())
                .isEqualTo(Ranking.parse("2 > 3 > 1"));
        assertThat(auto("prompt", "Q", "outputs", outputs, "ranking", List.of(0, 5, 4))
                        .judgement())
                .isEqualTo(Ranking.parse("1 > 3 > 2"));
        assertThat(fault(SkipReason.BAD_JUDGEMENT, "prompt", "Q", "outputs", outputs, "ranking", List.of(1, 1, 2)))
                .contains("places or some of the ids", "1 > 2 > 3");
    }

    @Test
    void aTranscriptBeginsWithAMarkAndAsksSomething() {
        assertThat(auto("chosen", "\n\nHuman: Hi\n\nAssistant: a", "rejected", "\n\nHuman: Hi\n\nAssistant: b"))
                .isNotNull();
        for (List<String> sides : List.of(
                List.of("Hi\n\nAssistant: a", "Hi\n\nAssistant: b"),
                List.of("Twelve chars and more\n\nAssistant: a", "Twelve chars and more\n\nAssistant: b"))) {
            assertThat(fault(
                            transcripts(),
                            SkipReason.BAD_CONVERSATION,
                            "chosen",
                            sides.getFirst(),
                            "rejected",
                            sides.getLast()))
                    .contains("\"chosen\" doesn't begin with");
        }
        assertThat(fault(
                        transcripts(),
                        SkipReason.DIFFERENT_PROMPTS,
                        "chosen",
                        "\n\nAssistant: a",
                        "rejected",
                        "\n\nAssistant: b"))
                .contains("that answers");
    }

    private static ComparisonOptions transcripts() {
        return new ComparisonOptions(ComparisonFormat.TRANSCRIPTS, Map.of(), "", 0, 1, false);
    }

    @Test
    void leavesOutWhatContradictsTheSameLabeler() {
        auto("prompt", "Q", "chosen", "a", "rejected", "b", "labeler", "x");
        auto("prompt", "Q", "chosen", "b", "rejected", "a", "labeler", "y");
        auto("prompt", "Q", "chosen", "b", "rejected", "c", "labeler", "x");
        auto("prompt", "Q", "chosen", "c", "rejected", "a", "labeler", "x");
        auto("prompt", "Q", "chosen", "c", "rejected", "b", "labeler", "x", "tie", true);
        auto("prompt", "R", "chosen", "b", "rejected", "a", "labeler", "x");
        assertThat(Contradictions.without(read, report))
                .extracting(comparison -> comparison.source().line())
                .containsExactly(1L, 2L, 3L, 6L);
        assertThat(report.skipped(SkipReason.CONTRADICTION).examples())
                .hasSize(2)
                .first()
                .asString()
                .contains("f.jsonl:4", "last in f.jsonl:3");
    }

    @Test
    void readsHhRlhf() {
        ComparisonReader reader = new ComparisonReader(ComparisonOptions.DEFAULT, report);
        String file = Shared.data("preference/hh_rlhf_harmless/harmless-base.jsonl.gz")
                .toString();
        try (Rows rows = Rows.open(List.of(file), ReadOptions.DEFAULT, report)) {
            List<Comparison> all = Contradictions.without(reader.readAll(rows), report);
            assertThat(reader.form()).contains(ComparisonFormat.TRANSCRIPTS);
            assertThat(all.size() + report.faults()).isEqualTo(2312);
            assertThat(report.skipped(SkipReason.EMPTY_COMPLETION).count()).isEqualTo(4);
            assertThat(report.faults()).as(report.summary()).isLessThan(20);
            assertThat(all)
                    .allSatisfy(pair ->
                            assertThat(pair.prompt().text().orElseThrow()).endsWith("\n\nAssistant:"));
        }
    }
}
