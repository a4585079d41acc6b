package org.align4j.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.align4j.world.gold.Reading;
import org.junit.jupiter.api.Test;

class WorldTest {
    private static final int DOCUMENTS = 3000;
    private static final List<String> TEXTS =
            LongStream.range(0, DOCUMENTS).mapToObj(new World(1)::document).toList();

    @Test
    void aDocumentIsAFunctionOfSeedAndNumber() {
        World again = new World(1);
        assertThat(IntStream.range(0, 50)
                        .map(i -> 49 - i)
                        .parallel()
                        .mapToObj(again::document)
                        .toList())
                .isEqualTo(TEXTS.subList(0, 50).reversed());
        assertThat(new World(2).document(0)).isNotEqualTo(TEXTS.getFirst());
    }

    /// Shipped weights are repeated by the recipe only while the corpus stays as it is: change this
    /// number together with them.
    @Test
    void theCorpusIsWhatTheStarterWasTrainedOn() {
        assertThat(TEXTS.hashCode()).isEqualTo(-1564215296);
    }

    @Test
    void textsAreCleanEnglish() {
        assertThat(TEXTS).allSatisfy(text -> {
            assertThat(text).doesNotContainPattern("[{}\\[\\]|^*]").doesNotContain("  ", "\n\n", " .", " ,", "..");
            assertThat(text).matches("(?s)[A-Z0-9a-z\"].*[.!?\"a-zA-Z]");
            assertThat(text)
                    .doesNotContainPattern("\\b[Aa] [aeio]")
                    .doesNotContainPattern("\\b[Aa]n [bcdfgjklmnpqrstvwxyz]");
            // A sentence begins with a capital.
            assertThat(text).doesNotContainPattern("[a-z][.!?] [a-z]");
            // No word twice in a row.
            assertThat(text).doesNotContainPattern("\\b(?!Hooray)([A-Za-z]{2,}) \\1\\b");
        });
    }

    @Test
    void textsVary() {
        Set<String> words = new HashSet<>();
        Set<String> sentences = new HashSet<>();
        int said = 0;
        for (String text : TEXTS) {
            Reading reading = Reading.of(text);
            words.addAll(reading.words());
            sentences.addAll(reading.sentences());
            said += reading.sentences().size();
        }
        assertThat(words).hasSizeBetween(1000, 2000);
        assertThat(new HashSet<>(TEXTS)).hasSizeGreaterThan(DOCUMENTS * 99 / 100);
        assertThat(sentences.size()).isGreaterThan(said / 2);
    }
}
