package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.align4j.testing.TinyModelFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `align4j evaluate` and `align4j rank` as users run them.
class EvaluateCommandTest {
    @TempDir
    Path folder;

    private String printed = "";
    private String said = "";

    @BeforeEach
    void makeModels() throws IOException {
        TinyModelFolder.save(folder.resolve("one/model"), 1);
        TinyModelFolder.save(folder.resolve("two/model"), 2);
    }

    private int run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int code = Align4j.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        printed = out.toString();
        said = err.toString();
        return code;
    }

    private int evaluate(String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "evaluate", "--model", folder.resolve("one/model").toString(), "--dtype", "fp32", "--max-tokens", "4"));
        arguments.addAll(List.of("--output", folder.resolve("out").toString(), "--limit", "3"));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private String file(String name, String... lines) throws IOException {
        return Files.writeString(folder.resolve(name), String.join("\n", lines).replace('\'', '"') + "\n")
                .toString();
    }

    @Test
    void comparesTwoModelsOnFilesAndTheWorld() throws IOException {
        String sums = file(
                "sums.jsonl",
                "{'question': '1 + 1?', 'answer': '#### 2'}",
                "{'question': '2 + 1?', 'answer': '#### 3'}");
        String birds = file(
                "birds.jsonl",
                "{'context': 'Birds', 'options': ['fly', 'swim'], 'gold': 0}",
                "{'context': 'Fish', 'options': ['fly', 'swim'], 'gold': 1}");
        String story = file("story.jsonl", "{'text': 'a cat sat'}", "{'text': 'a dog ran'}");
        String world = file(
                "world.jsonl",
                "{'prompt': 'Greet.', 'completion': 'Hello.', 'family': 'greet', 'gold_rewards':"
                        + " [{'type': 'words', 'words': ['hello']}]}",
                "{'prompt': 'Name a cat.', 'completion': 'Tom.', 'family': 'name', 'gold_rewards':"
                        + " [{'type': 'length', 'unit': 'WORDS', 'low': 1, 'high': 1}]}");
        int code = evaluate("--model", folder.resolve("two/model").toString(), sums, birds, story, world);
        assertThat(said).isEmpty();
        assertThat(code).isZero();
        assertThat(printed)
                .contains("## sums (2 items)", "| metric | one-model | two-model | two-model − one-model |")
                .contains(
                        "| last_number |",
                        "| acc_norm |",
                        "| byte_perplexity |",
                        "## world (2 items)",
                        "| family/greet (1) |",
                        "| gold/words (1) |")
                .contains("| reward | 0.0000 [0.0000, 0.0000]", "p = 1.000");
        assertThat(folder.resolve("out/results.json")).content().contains("\"difference_low\"");
        assertThat(folder.resolve("out/results.md")).content().contains("| last_number |");
        assertThat(folder.resolve("out/two-model/sums.answers.jsonl")).exists();
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        String sums = file("sums.jsonl", "{'question': '1 + 1?', 'answer': '2'}", "{'question': '?'}");
        assertThat(evaluate("gsm8k:" + sums)).isEqualTo(3);
        assertThat(said).contains("sums.jsonl:2: none of the columns answer");
        assertThat(evaluate("absent.jsonl")).isEqualTo(3);
        assertThat(said).contains("absent.jsonl: no such file");
        String story = file("story.jsonl", "{'text': 'a cat sat'}");
        assertThat(evaluate("--model", folder.resolve("one/model").toString(), story))
                .isEqualTo(2);
        assertThat(said).contains("--model: one is named twice");
        assertThat(evaluate(story, story)).isEqualTo(2);
        assertThat(said).contains("another set is called story");
        assertThat(evaluate("--window", "1", story)).isEqualTo(2);
        assertThat(run("evaluate", "--model", folder.resolve("none").toString(), story))
                .isEqualTo(4);
        assertThat(run("evaluate", "--model", "x")).isEqualTo(2);
    }

    @Test
    void ranksAndWritesALeaderboard() throws IOException {
        String votes = file(
                "votes.jsonl",
                "{'ranking': 'a > b = c', 'labeler': 'ann', 'prompt': '1'}",
                "{'ranking': 'b > a > c', 'labeler': 'bob', 'prompt': '1'}",
                "{'ranking': 'c > a', 'labeler': 'bob', 'prompt': '2'}");
        Path board = folder.resolve("board");
        assertThat(run("rank", votes, "--labeler-effects", "--output", board.toString()))
                .isZero();
        assertThat(printed).contains("Plackett–Luce on 3 votes", "| 1 | ", "Krippendorff");
        assertThat(board.resolve("leaderboard.svg")).content().contains("</svg>");
        assertThat(board.resolve("leaderboard.json")).content().contains("\"ratings\"");
        assertThat(run("rank", "--model", "elo", votes)).isEqualTo(2);
        assertThat(said).contains("elo is no model of ratings");
        assertThat(run("rank", "--penalty", "-1", votes)).isEqualTo(2);
        assertThat(run("rank", file("bad.jsonl", "{'winner': 'a'}"))).isEqualTo(3);
        assertThat(said).contains("bad.jsonl:1: no vote in the columns winner", "--on-error skip");
    }

    @Test
    void ranksWithoutRowsThatAreNoVoteAndSaysSo() throws IOException {
        String votes = file(
                "mixed.jsonl",
                "{'winner': 'a', 'loser': 'b'}",
                "{'winner': 'a'}",
                "{'winner': 'b', 'loser': 'a', 'tie': 'perhaps'}",
                "{'winner': 'b', 'loser': 'a'}");
        Path board = folder.resolve("board");
        assertThat(run("rank", "--on-error", "skip", "--output", board.toString(), votes))
                .isZero();
        assertThat(printed)
                .contains("Plackett–Luce on 2 votes", "4 rows read, 2 used", "mixed.jsonl:2: ", "mixed.jsonl:3: ");
        assertThat(board.resolve("leaderboard.md")).content().contains("4 rows read, 2 used");
        assertThat(run("rank", "--on-error", "skip", file("none.jsonl", "{'winner': 'a'}")))
                .isEqualTo(3);
        assertThat(said).contains("none.jsonl:1: ");
        assertThat(run("rank", votes)).isEqualTo(3);
    }
}
