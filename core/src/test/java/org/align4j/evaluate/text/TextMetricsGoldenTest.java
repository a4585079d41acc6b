package org.align4j.evaluate.text;

import static org.align4j.testing.Shared.goldenCase;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.align4j.testing.Shared;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

/// BLEU, chrF and TER against sacreBLEU, ROUGE against rouge-score.
class TextMetricsGoldenTest {
    private static final Path GOLDEN = Shared.golden("metrics/text.json");
    private static final Offset<Double> TOLERANCE = Offset.offset(1e-6);

    @TestFactory
    List<DynamicTest> texts() {
        List<DynamicTest> tests = new ArrayList<>();
        if (!Files.exists(GOLDEN)) {
            return tests;
        }
        JsonNode golden = Shared.json(GOLDEN);
        JsonNode pairs = golden.get("pairs");
        tests.add(goldenCase("metrics", "text corpus", () -> checkCorpus(golden.get("corpus"), pairs)));
        for (int i = 0; i < pairs.size(); i++) {
            JsonNode pair = pairs.get(i);
            tests.add(goldenCase("metrics", "text " + i, () -> checkPair(pair)));
        }
        return tests;
    }

    private static void checkCorpus(JsonNode corpus, JsonNode pairs) {
        double[] bleu = new double[10];
        double[] lowercase = new double[10];
        double[] chrf = new double[18];
        double[] ter = new double[2];
        for (JsonNode pair : pairs) {
            String answer = pair.get("hypothesis").asString();
            String reference = pair.get("reference").asString();
            add(bleu, Bleu.counts(answer, reference));
            add(lowercase, Bleu.counts(answer.toLowerCase(Locale.ROOT), reference.toLowerCase(Locale.ROOT)));
            add(chrf, Chrf.counts(answer, reference));
            add(ter, Ter.counts(answer, reference));
        }
        check("bleu", Bleu.corpus(bleu), corpus);
        check("bleu_lowercase", Bleu.corpus(lowercase), corpus);
        check("bp", Bleu.brevity(bleu), corpus);
        check("sys_len", bleu[0], corpus);
        check("ref_len", bleu[1], corpus);
        check("chrf", Chrf.score(chrf), corpus);
        check("ter", Ter.score(ter), corpus);
        assertThat(Bleu.precisions(bleu))
                .containsExactly(
                        corpus.get("precisions")
                                .valueStream()
                                .mapToDouble(JsonNode::asDouble)
                                .toArray(),
                        TOLERANCE);
    }

    private static void checkPair(JsonNode pair) {
        String answer = pair.get("hypothesis").asString();
        String reference = pair.get("reference").asString();
        check("sentence_bleu", Bleu.sentence(answer, reference), pair);
        check("chrf", Chrf.score(Chrf.counts(answer, reference)), pair);
        check("ter", Ter.score(Ter.counts(answer, reference)), pair);
        checkRouge(new Rouge(false), answer, reference, pair.get("rouge"));
        checkRouge(new Rouge(true), answer, reference, pair.get("rouge_stemmed"));
    }

    private static void checkRouge(Rouge rouge, String answer, String reference, JsonNode expected) {
        expected.forEachEntry((name, figures) -> {
            Rouge.Score score = switch (name) {
                case "rougeL" -> rouge.longest(answer, reference);
                case "rougeLsum" -> rouge.longestByLine(answer, reference);
                default -> rouge.runs(answer, reference, Integer.parseInt(name.substring("rouge".length())));
            };
            assertThat(new double[] {score.precision(), score.recall(), score.f1()})
                    .as(name)
                    .containsExactly(
                            figures.valueStream()
                                    .mapToDouble(JsonNode::asDouble)
                                    .toArray(),
                            TOLERANCE);
        });
    }

    private static void check(String name, double computed, JsonNode expected) {
        assertThat(computed).as(name).isCloseTo(expected.get(name).asDouble(), TOLERANCE);
    }

    private static void add(double[] sums, double[] counts) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += counts[i];
        }
    }
}
