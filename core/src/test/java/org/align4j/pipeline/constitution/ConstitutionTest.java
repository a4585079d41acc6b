package org.align4j.pipeline.constitution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.error.AlignException;
import org.align4j.random.CounterRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ConstitutionTest {
    private static final String YAML = """
        name: two
        principles:
          - {id: kind, critique: Is it kind?, revision: Be kind., comparison: Which is kinder?, weight: 3, tags: [care]}
          - {id: true, critique: Is it true?, revision: Be true., comparison: Which is truer?, language: de}
        demonstrations:
          - {prompt: Hi, response: Go away, principle: kind, critique: It is rude., revision: Hello!}
        """;

    @TempDir
    private Path folder;

    private Constitution written(String yaml) throws IOException {
        return Constitution.of(Files.writeString(folder.resolve("c.yaml"), yaml).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"harmlessness", "helpfulness", "honesty", "world"})
    void thoseOfTheProjectAreSound(String name) {
        Constitution constitution = Constitution.of(name);
        assertThat(constitution.principles()).hasSizeGreaterThanOrEqualTo(name.equals("harmlessness") ? 16 : 4);
        assertThat(constitution.doubts()).allSatisfy(doubt -> assertThat(doubt).startsWith("no demonstrations"));
        assertThat(constitution.principles())
                .allSatisfy(principle -> assertThat(principle.tags()).isNotEmpty());
    }

    @Test
    void unknownAndMissingKeysAreNamedWithTheirLines() {
        assertThatThrownBy(() -> written("""
            name: wrong
            principles:
              - id: one
                critic: What is wrong?
                revision: Write it anew.
                comparison: Which is better?
            """))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("c.yaml:4")
                .hasMessageContaining("critic")
                .hasMessageContaining("missing");
    }

    @Test
    void idsThatRepeatAndDemonstrationsOfNothingAreRefused() {
        assertThatThrownBy(() -> written(YAML.replace("id: true", "id: kind")))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("\"kind\" is there twice");
        assertThatThrownBy(() -> written(YAML.replace("principle: kind", "principle: kid")))
                .hasMessageContaining("did you mean kind?");
    }

    @Test
    void tagsAndLanguagesSelect() throws IOException {
        Constitution both = written(YAML);
        assertThat(both.selected(List.of("care"), "").principles())
                .extracting(Principle::id)
                .containsExactly("kind");
        assertThat(both.selected(List.of(), "de").principles())
                .extracting(Principle::id)
                .containsExactly("true");
        assertThat(both.selected(List.of(), "de").demonstrations()).isEmpty();
        assertThatThrownBy(() -> both.selected(List.of("care"), "de"))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("[care]");
    }

    @Test
    void principlesAreDrawnByTheirWeights() throws IOException {
        Constitution both = written(YAML);
        CounterRandom random = CounterRandom.of(1, "test");
        Map<String, Integer> drawn = new HashMap<>();
        Map<String, Integer> first = new HashMap<>();
        int draws = 4000;
        for (int i = 0; i < draws; i++) {
            drawn.merge(both.draw(random.at(i)).id(), 1, Integer::sum);
            List<Principle> two = both.draw(2, random.at(i));
            assertThat(two).hasSize(2).doesNotHaveDuplicates();
            first.merge(two.getFirst().id(), 1, Integer::sum);
        }
        // 0.75 of 4000, five standard deviations
        assertThat(drawn.get("kind")).isCloseTo(3000, within(137));
        assertThat(first.get("kind")).isCloseTo(3000, within(137));
    }

    @Test
    void requestsGoOnWithTheConversationAfterTheDemonstrations() throws IOException {
        Constitution both = written(YAML);
        Conversation asked =
                new Requests(both, 1, true).revision("Hey", "What?", both.principle("true"), "It is rude, too.");
        assertThat(asked.messages())
                .containsExactly(
                        Message.user("Hi"),
                        Message.assistant("Go away"),
                        Message.user("Is it kind?"),
                        Message.assistant("It is rude."),
                        Message.user("Be kind."),
                        Message.assistant("Hello!"),
                        Message.user("Hey"),
                        Message.assistant("What?"),
                        Message.user("Is it true?"),
                        Message.assistant("It is rude, too."),
                        Message.user("Be true."));
        assertThat(new Requests(both, 0, false)
                        .revision("Hey", "What?", both.principle("true"), "")
                        .messages())
                .containsExactly(Message.user("Hey"), Message.assistant("What?"), Message.user("Be true."));
    }

    @Test
    void placesInAnswersAreNotFilledIn() throws IOException {
        Constitution both = written(YAML);
        String text = new Requests(both, 0, false)
                .comparison("{first} $1", "say {question}", "b\\", both.principle("kind"))
                .messages()
                .getFirst()
                .content();
        assertThat(text).contains("{first} $1", "(A): say {question}", "(B): b\\", "Which is kinder?");
    }

    @Test
    void ratingsAskAboutWhatTheConstitutionIsFor() {
        assertThat(Constitution.of("harmlessness").wording().rating()).contains("doing harm");
        assertThat(Constitution.of("helpfulness").wording().rating()).contains("what was asked", "from 1 (worst)");
        assertThat(Constitution.of("honesty").wording().rating()).contains("honest", "from 1 (worst)");
    }

    @Test
    void theSchemaHasTheRecordsKeys() {
        JsonNode schema = JsonMapper.shared().readTree(Constitution.schema()).get("properties");
        assertThat(keys(schema)).isEqualTo(components(Constitution.class));
        assertThat(keys(schema.get("principles").get("items").get("properties")))
                .isEqualTo(components(Principle.class));
        assertThat(keys(schema.get("demonstrations").get("items").get("properties")))
                .isEqualTo(components(Demonstration.class));
        assertThat(keys(schema.get("wording").get("properties"))).isEqualTo(components(Wording.class));
    }

    private static List<String> keys(JsonNode object) {
        return object.propertyNames().stream().toList();
    }

    private static List<String> components(Class<? extends Record> type) {
        return Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getName)
                .toList();
    }
}
