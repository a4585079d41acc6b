package org.align4j.world.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.align4j.random.CounterRandom;
import org.align4j.world.gold.MoodReward;
import org.align4j.world.gold.MoodReward.Mood;
import org.align4j.world.gold.Reading;
import org.align4j.world.grammar.Draws;
import org.junit.jupiter.api.Test;

class StoriesTest {
    private static final Set<String> HELD_OUT = Set.of(
            "Wilma", "Greta", "Fern", "Dora", "Bruno", "Carl", "Nils", "Jonas", "otter", "harbor", "orchard", "island");

    private final Stories stories = new Stories();
    private final Teller teller = new Teller(stories.grammar());

    private List<Story> told(Range range) {
        return LongStream.range(0, 400)
                .mapToObj(number -> {
                    Draws draws = new Draws(CounterRandom.of(3, "test").at(number));
                    return teller.tell(stories.scene(range, draws), Teller.Detail.FULL, draws);
                })
                .toList();
    }

    @Test
    void onlyTheTwoCharactersAppear() {
        assertThat(told(Range.ANY)).allSatisfy(story -> {
            Set<String> others = stories.names().stream()
                    .filter(name -> !name.equals(story.scene().hero().name())
                            && !name.equals(story.scene().friend().name()))
                    .collect(Collectors.toSet());
            assertThat(List.of(story.text().split("[^A-Za-z]+"))).doesNotContainAnyElementsOf(others);
        });
    }

    @Test
    void aLoneHeroHasOnePronoun() {
        assertThat(told(Range.ANY))
                .filteredOn(story -> !story.scene().helped() && story.scene().happy())
                .isNotEmpty()
                .allSatisfy(story -> {
                    List<String> words = Reading.words(story.text());
                    // The only other one is a lady who is asked to dance, or somebody of a line of talk.
                    assertThat(words).doesNotContain(story.scene().hero().female() ? "he" : "she");
                });
    }

    @Test
    void endsHaveTheirMood() {
        assertThat(told(Range.ANY)).allSatisfy(story -> {
            Mood mood = story.scene().happy() ? Mood.HAPPY : Mood.SAD;
            assertThat(new MoodReward(mood).score(Reading.of(story.text())))
                    .as(story.text())
                    .isGreaterThan(0.6);
        });
    }

    @Test
    void commonScenesNameNothingHeldOut() {
        assertThat(told(Range.COMMON))
                .allSatisfy(story -> assertThat(List.of(
                                story.scene().hero().name(),
                                story.scene().friend().name(),
                                story.scene().place().name()))
                        .doesNotContainAnyElementsOf(HELD_OUT));
        assertThat(told(Range.RARE))
                .allSatisfy(story -> assertThat(HELD_OUT)
                        .contains(
                                story.scene().hero().name(),
                                story.scene().friend().name()));
    }

    @Test
    void toldAgainWithTheOtherEndBeginsTheSame() {
        Draws draws = new Draws(CounterRandom.of(3, "test"));
        Scene scene = stories.scene(Range.ANY, true, draws);
        Story happy = teller.tell(scene, Teller.Detail.SHORT, draws.apart(1));
        Story sad = teller.tell(scene.ended(false), Teller.Detail.SHORT, draws.apart(1));
        assertThat(sad.beginning()).isEqualTo(happy.beginning());
        assertThat(sad.rest())
                .contains(scene.slots().get("lost"))
                .doesNotContain(scene.slots().get("won"));
    }

    @Test
    void questionsAreAnsweredByTheStory() {
        assertThat(told(Range.ANY)).allSatisfy(story -> {
            List<String> text = Reading.words(story.text());
            assertThat(Query.of(story))
                    .filteredOn(query -> query.kind() == Query.Kind.WHERE || query.kind() == Query.Kind.TROUBLE)
                    .allSatisfy(query -> assertThat(text).containsAll(Reading.words(query.key())));
        });
    }
}
