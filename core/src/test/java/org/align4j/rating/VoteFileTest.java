package org.align4j.rating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.preference.BestOf;
import org.align4j.data.preference.Preference;
import org.align4j.data.preference.Ranking;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VoteFileTest {
    @TempDir
    Path folder;

    private List<Vote> read(String... lines) throws IOException {
        Path file = folder.resolve("votes.jsonl");
        Files.writeString(file, String.join("\n", lines).replace('\'', '"') + "\n");
        return VoteFile.read(List.of(file.toString()));
    }

    @Test
    void readsEveryFormOfVote() throws IOException {
        List<Vote> votes = read(
                "{'ranking': 'd > c > a = b', 'labeler': 'ann', 'prompt': 'q'}",
                "{'ranking': ['d', ['a', 'b']], 'judge': 7}",
                "{'winner': 'x', 'loser': 'y'}",
                "{'winner': 'x', 'loser': 'y', 'tie': true}",
                "{'model_a': 'x', 'model_b': 'y', 'winner': 'model_b'}",
                "{'model_a': 'x', 'model_b': 'y', 'winner': 'tie (bothbad)'}",
                "{'prompt': 'Say', 'outputs': {'m': 'one', 'n': 'two'}, 'ratings': {'m': 1, 'n': 3}, 'labeler': 'bob'}");
        assertThat(votes.subList(0, 6))
                .extracting(Vote::judgement)
                .containsExactly(
                        Ranking.parse("d > c > a = b"),
                        Ranking.parse("d > a = b"),
                        Preference.strict("x", "y"),
                        Preference.tie("x", "y"),
                        Preference.strict("y", "x"),
                        Preference.tie("x", "y"));
        assertThat(votes.getFirst().labeler()).contains("ann");
        assertThat(votes.getFirst().question()).contains("q");
        assertThat(votes.get(1).labeler()).contains("7");
        assertThat(votes.get(2).labeler()).isEqualTo(Optional.empty());
        assertThat(votes.getLast().judgement().preferences().getFirst().better())
                .isEqualTo("n");
        assertThat(votes.getLast().labeler()).contains("bob");
    }

    @Test
    void tiesOfTablesAreTextsAndNumbersToo() throws IOException {
        Path table = folder.resolve("votes.csv");
        Files.writeString(table, "winner,loser,tie\nx,y,true\nx,y,false\nx,y,\nx,y,1\nx,y, True \n");
        assertThat(VoteFile.read(List.of(table.toString())))
                .extracting(vote -> ((Preference) vote.judgement()).tie())
                .containsExactly(true, false, false, true, true);
        assertThat(read(
                        "{'winner': 'x', 'loser': 'y', 'tie': 1}",
                        "{'winner': 'x', 'loser': 'y', 'tie': 'true'}",
                        "{'winner': 'x', 'loser': 'y', 'tie': 0}",
                        "{'winner': 'x', 'loser': 'y', 'tie': null}"))
                .extracting(vote -> ((Preference) vote.judgement()).tie())
                .containsExactly(true, true, false, false);
        assertThatThrownBy(() -> read("{'winner': 'x', 'loser': 'y', 'tie': 'maybe'}"))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("votes.jsonl:1: \"tie\" is maybe; expected true or false");
    }

    @Test
    void itemsMayHoldWhatPartsRankings() throws IOException {
        List<Vote> votes = read(
                "{'winner': 'a=b', 'loser': 'c > d'}",
                "{'winner': 'c > d', 'loser': 'a=b'}",
                "{'ranking': ['a=b', ['c > d', 'e']]}",
                "{'ranking': ['e', 'a=b']}");
        assertThat(RatingFit.of(votes, FitOptions.of(RatingModel.PLACKETT_LUCE)).ratings())
                .extracting(Rating::item)
                .containsExactlyInAnyOrder("a=b", "c > d", "e");
        assertThatThrownBy(() -> read("{'ranking': ['a', '']}")).hasMessageContaining("votes.jsonl:1: \"ranking\"");
    }

    @Test
    void leavesOutAndCountsRowsThatAreNoVote() throws IOException {
        Path file = folder.resolve("some.jsonl");
        Files.writeString(
                file,
                String.join(
                                "\n",
                                "{'winner': 'x', 'loser': 'y'}",
                                "{'winner': 'x'}",
                                "{'prompt': 'Say', 'outputs': {'m': 'one', 'n': 'two'}, 'best': 'o'}",
                                "{'prompt': 'Say', 'outputs': {'m': 'one', 'n': 'two'}, 'best': 'n'}",
                                "{'ranking': 'a > '}")
                        .replace('\'', '"'));
        DataReport report = new DataReport();
        List<Vote> votes = VoteFile.read(List.of(file.toString()), report);
        assertThat(votes)
                .extracting(Vote::judgement)
                .containsExactly(Preference.strict("x", "y"), new BestOf("n", List.of("m")));
        assertThat(report.summary())
                .contains("5 rows read, 2 used", "some.jsonl:2: no vote", "some.jsonl:3: ", "some.jsonl:5: ranking");
        assertThat(report.faults()).isEqualTo(3);
    }

    @Test
    void namesEveryRowThatIsNoVote() {
        assertThatThrownBy(() -> read(
                        "{'ranking': 'a > a'}",
                        "{'ranking': 3}",
                        "{'winner': 'x'}",
                        "{'model_a': 'x', 'model_b': 'y', 'winner': 'both'}",
                        "{'winner': 'x', 'loser': 'x'}",
                        "not json"))
                .isInstanceOf(AlignException.Data.class)
                .hasMessageContaining("votes.jsonl:1: ranking: names \"a\" twice")
                .hasMessageContaining("votes.jsonl:2: \"ranking\" is 3")
                .hasMessageContaining("votes.jsonl:3: no vote in the columns winner")
                .hasMessageContaining("votes.jsonl:4: \"winner\" is \"both\"")
                .hasMessageContaining("votes.jsonl:5: \"x\" is compared with itself")
                .hasMessageContaining("votes.jsonl:6");
    }

    @Test
    void leaderboardsSayWhatTheyAreOf() throws IOException {
        List<Vote> votes = read(
                "{'ranking': 'a > b = c', 'labeler': 'ann', 'prompt': 'q'}",
                "{'ranking': 'a > c > b', 'labeler': 'bob', 'prompt': 'q'}",
                "{'ranking': 'R&D > e', 'labeler': 'bob', 'prompt': 'r'}");
        RatingFit fit =
                RatingFit.of(votes, FitOptions.of(RatingModel.RAO_KUPPER).withLabelerEffects());
        Leaderboard board = new Leaderboard(fit, Agreement.of(votes));
        assertThat(board.markdown())
                .contains("Rao–Kupper on 3 votes", "don't connect all items: there are 4 groups", "Regularised by −0.1")
                .contains("| 1 | a |", "| labeler | votes |", "| ann | 1 | 66.7 % | 100.0 % |");
        assertThat(board.json()).contains("\"model\" : \"rao_kupper\"", "\"item\" : \"a\"", "\"sharpness\"");
        assertThat(LeaderboardPlot.svg(fit))
                .contains("<svg", "R&amp;D", "</svg>")
                .doesNotContain("NaN");
    }
}
