package org.align4j.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.align4j.pipeline.TinyWorld.Dialogue;
import org.align4j.pipeline.TinyWorld.Kind;
import org.junit.jupiter.api.Test;

class TinyWorldTest {
    private static final Pattern SUM = Pattern.compile("(\\d+)\\D+(\\d+)\\D*");

    private final TinyWorld.Lessons lessons = new TinyWorld(7).lessons(2000, 20);

    @Test
    void whatIsAskedIsNeverLearned() {
        Set<String> asked = lessons.heldOut().stream().map(Dialogue::facts).collect(Collectors.toSet());
        assertThat(asked).hasSize(lessons.heldOut().size());
        assertThat(lessons.train()).hasSize(2000).noneMatch(dialogue -> asked.contains(dialogue.facts()));
    }

    @Test
    void everyKindIsAskedEquallyOften() {
        for (Kind kind : Kind.values()) {
            assertThat(lessons.heldOut())
                    .filteredOn(dialogue -> dialogue.kind() == kind)
                    .hasSize(20);
            assertThat(lessons.train())
                    .filteredOn(dialogue -> dialogue.kind() == kind)
                    .hasSizeGreaterThan(200);
        }
    }

    @Test
    void sumsAreRight() {
        assertThat(lessons.train())
                .filteredOn(dialogue -> dialogue.kind() == Kind.SUMS)
                .allSatisfy(dialogue -> {
                    Matcher sum = SUM.matcher(
                            dialogue.question().messages().getFirst().content());
                    assertThat(sum.find()).isTrue();
                    int right = Integer.parseInt(sum.group(1)) + Integer.parseInt(sum.group(2));
                    assertThat(dialogue.answer()).endsWith("Together: " + right + ".");
                });
    }

    @Test
    void theSeedDecidesEverything() {
        assertThat(new TinyWorld(7).lessons(2000, 20)).isEqualTo(lessons);
        assertThat(new TinyWorld(8).lessons(2000, 20)).isNotEqualTo(lessons);
    }
}
