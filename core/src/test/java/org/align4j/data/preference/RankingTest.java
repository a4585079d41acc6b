package org.align4j.data.preference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RankingTest {
    @ParameterizedTest
    @ValueSource(strings = {"D > C > A = B", "A", "A = B", "model 1 > model-2 = baseline"})
    void printsWhatItRead(String text) {
        assertThat(Ranking.parse(text)).hasToString(text);
    }

    @Test
    void readsPlacesWithAnyWhiteSpace() {
        Ranking ranking = Ranking.parse(" D>C > A=B ");
        assertThat(ranking.groups()).isEqualTo(List.of(List.of("D"), List.of("C"), List.of("A", "B")));
        assertThat(ranking.place("B")).isEqualTo(2);
        assertThat(ranking.hasTies()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A > ", "> A", "A == B", "A > B > A"})
    void refusesWhatIsNoRanking(String text) {
        assertThatThrownBy(() -> Ranking.parse(text))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("ranking");
    }

    @Test
    void idsMayHoldWhatPartsATextWhereTheyComeFromElsewhere() {
        assertThat(Preference.strict("a=b", "c > d").places().groups())
                .isEqualTo(List.of(List.of("a=b"), List.of("c > d")));
        assertThat(new BestOf("=", List.of(" x", ">")).places().place(">")).isEqualTo(1);
        assertThat(new Ratings(Map.of("a=b", 1.0, "c", 2.0)).places().outputs()).containsExactly("c", "a=b");
    }

    @Test
    void stagesAreThePlacesThatAreChosenFromSomething() {
        assertThat(Ranking.parse("D > C = A > B = E").stages())
                .containsExactly(
                        new Ranking.Stage(List.of("D"), List.of("C", "A", "B", "E")),
                        new Ranking.Stage(List.of("C", "A"), List.of("B", "E")));
        assertThat(Ranking.parse("A = B").stages()).isEmpty();
        String thirteen = "a = b = c = d = e = f = g = h = i = j = k = l = m";
        assertThat(Ranking.parse("z > " + thirteen).stages()).hasSize(1);
        assertThatThrownBy(() -> Ranking.parse(thirteen + " > z").stages())
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("13 outputs are tied at one place");
    }

    @Test
    void losesNothingOnTheWayToPairsAndBack() {
        Ranking ranking = Ranking.parse("D > C > A = B");
        assertThat(ranking.preferences())
                .containsExactly(
                        Preference.strict("D", "C"),
                        Preference.strict("D", "A"),
                        Preference.strict("D", "B"),
                        Preference.strict("C", "A"),
                        Preference.strict("C", "B"),
                        Preference.tie("A", "B"));
        assertThat(Ranking.of(ranking.preferences())).isEqualTo(ranking);
    }

    @Test
    void takesNoPairsThatLeaveSomethingOpen() {
        List<Preference> cycle =
                List.of(Preference.strict("A", "B"), Preference.strict("B", "C"), Preference.strict("C", "A"));
        assertThatThrownBy(() -> Ranking.of(cycle)).isInstanceOf(AlignException.Data.class);
        assertThatThrownBy(() -> Ranking.of(cycle.subList(0, 2))).hasMessageContaining("missing");
        Preference margin = new Preference("A", "B", false, Optional.of(2.0), Optional.empty());
        assertThatThrownBy(() -> Ranking.of(List.of(margin))).hasMessageContaining("margins");
    }

    @Test
    void ratingsKeepTheirDistancesInPairsAndLoseThemInARanking() {
        Ratings ratings = new Ratings(Map.of("A", 3.0, "B", 5.5));
        assertThat(ratings.preferences())
                .containsExactly(new Preference("B", "A", false, Optional.of(2.5), Optional.empty()));
        assertThat(ratings.ranking()).hasToString("B > A");
        assertThat(new Ratings(Map.of("A", 0.0, "B", -0.0))
                        .preferences()
                        .getFirst()
                        .tie())
                .isTrue();
    }

    @Test
    void theBestOfSeveralSaysNothingAboutTheOthers() {
        BestOf best = new BestOf("B", List.of("A", "C"));
        assertThat(best.preferences()).containsExactly(Preference.strict("B", "A"), Preference.strict("B", "C"));
        assertThat(best.rankingWithOthersTied()).hasToString("B > A = C");
    }
}
