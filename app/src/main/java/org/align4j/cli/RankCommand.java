package org.align4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.align4j.data.DataReport;
import org.align4j.data.OnError;
import org.align4j.error.AlignException;
import org.align4j.rating.Agreement;
import org.align4j.rating.FitOptions;
import org.align4j.rating.Leaderboard;
import org.align4j.rating.LeaderboardPlot;
import org.align4j.rating.RatingFit;
import org.align4j.rating.RatingModel;
import org.align4j.rating.Vote;
import org.align4j.rating.VoteFile;
import org.align4j.run.DurableFiles;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j rank`: a leaderboard of what labelers ranked.
@Command(
        name = "rank",
        description = {
            "Rate items from rankings and pairs, with confidence intervals, and say how far labelers agree.",
            "",
            "A row of a file is a vote: ranking (\"D > C > A = B\"); or winner and loser; or model_a, model_b and winner;"
                    + " or a comparison whose outputs' ids are the items. Each may name a labeler and a prompt."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  align4j rank votes.jsonl",
            "  align4j rank --model davidson --labeler-effects --output board battles.jsonl"
        })
final class RankCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Data files, folders or patterns.")
    private List<String> files = List.of();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "plackett-luce (whole rankings), bradley-terry (pairs, a tie is half a win each), davidson or"
                    + " rao-kupper (pairs with ties). Default: plackett-luce.")
    private String model = "plackett-luce";

    @Option(
            names = "--penalty",
            paramLabel = "A",
            description =
                    "Pulls strengths together by A Σ x². Default: 0, or 0.1 where the data don't connect all items.")
    private Optional<Double> penalty = Optional.empty();

    @Option(names = "--labeler-effects", description = "Give each labeler its own sharpness and readiness to tie.")
    private boolean labelerEffects;

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Also write leaderboard.md, leaderboard.json and leaderboard.svg there.")
    private Optional<Path> output = Optional.empty();

    @Option(
            names = "--on-error",
            paramLabel = "WHAT",
            description = "fail or skip: rows that are no vote. What is left out is counted and named below the"
                    + " leaderboard. Default: fail.")
    private OnError onError = OnError.FAIL;

    @Override
    public void run() {
        FitOptions options = new FitOptions(model(), penalty, labelerEffects);
        DataReport report = new DataReport();
        List<Vote> votes = VoteFile.read(files, report);
        report.check(onError);
        RatingFit fit = RatingFit.of(votes, options);
        Leaderboard board = new Leaderboard(fit, Agreement.of(votes));
        String text = board.markdown() + (report.faults() > 0 ? leftOut(report) : "");
        PrintWriter out = Align4j.out(spec);
        out.print(text);
        output.ifPresent(folder -> {
            write(folder, "leaderboard.md", text);
            write(folder, "leaderboard.json", board.json());
            write(folder, "leaderboard.svg", LeaderboardPlot.svg(fit));
            out.println("\n" + folder.resolve("leaderboard.svg"));
        });
        out.flush();
    }

    private static String leftOut(DataReport report) {
        return "\n## Rows left out\n\n```\n" + report.summary() + "\n```\n";
    }

    private RatingModel model() {
        return switch (model) {
            case "plackett-luce" -> RatingModel.PLACKETT_LUCE;
            case "bradley-terry" -> RatingModel.BRADLEY_TERRY;
            case "davidson" -> RatingModel.DAVIDSON;
            case "rao-kupper" -> RatingModel.RAO_KUPPER;
            default ->
                throw new AlignException.Config("--model: " + model
                        + " is no model of ratings; give plackett-luce, bradley-terry, davidson or rao-kupper");
        };
    }

    private static void write(Path folder, String name, String content) {
        try {
            Files.createDirectories(folder);
            DurableFiles.write(folder.resolve(name), content.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new AlignException.Checkpoint(
                    folder + ": cannot be written: " + e.getMessage() + "; free some space or name another --output",
                    e);
        }
    }
}
