package org.align4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.align4j.data.doctor.Diagnosis;
import org.align4j.data.doctor.DiagnosisPage;
import org.align4j.data.doctor.Doctor;
import org.align4j.data.doctor.Finding;
import org.align4j.data.doctor.Lengths;
import org.align4j.data.format.DataFormat;
import org.align4j.data.format.FormatOptions;
import org.align4j.error.AlignException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `align4j data doctor`: examines training data.
@Command(
        name = "doctor",
        description = {
            "Examine training data: duplicates, overlap with evaluation sets, empty or cut targets, template marks,"
                    + " answers that are given away, lengths, languages, answer classes.",
            "",
            "Exit code 3 if there are faults."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Examples:",
            "  align4j data doctor data/flan2022 --against gsm8k/test.jsonl --html report.html",
            "  align4j data doctor train.jsonl --strict --tolerate 0.01"
        })
final class DataDoctorCommand implements Callable<Integer> {
    private static final int ILL = 3;
    private static final int SHOWN_TASKS = 20;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files, folders or patterns.")
    private List<String> files = List.of();

    @Option(names = "--against", paramLabel = "FILE", description = "Evaluation data. May be repeated.")
    private List<String> against = List.of();

    @Option(names = "--format", paramLabel = "FORMAT", description = "The rows' form, where their columns don't tell.")
    private DataFormat format = DataFormat.AUTO;

    @Option(
            names = "--columns",
            paramLabel = "OURS=THEIRS",
            description = "Where a form's columns come from, e.g. --columns prompt=question. May be repeated.")
    private Map<String, String> columns = new LinkedHashMap<>();

    @Option(
            names = "--similar",
            paramLabel = "SHARE",
            description = "Similarity that makes near duplicates; above 1 they aren't looked for. Default: 0.8.")
    private double similar = 0.8;

    @Option(names = "--html", paramLabel = "FILE", description = "Write a report to look at.")
    private Optional<Path> html = Optional.empty();

    @Option(names = "--strict", description = "Warnings are faults.")
    private boolean strict;

    @Option(
            names = "--tolerate",
            paramLabel = "SHARE",
            description = "Share of the rows that a finding may concern. Default: 0.")
    private double tolerated;

    @Override
    public Integer call() {
        if (!(tolerated >= 0 && tolerated <= 1) || !(similar > 0)) {
            throw new AlignException.Config("--tolerate must be from 0 to 1 and --similar more than 0");
        }
        PrintWriter out = Align4j.out(spec);
        Doctor doctor = new Doctor(new FormatOptions(format, columns, FormatOptions.DEFAULT.endMark()), similar);
        if (!against.isEmpty()) {
            doctor.against(against);
        }
        Diagnosis diagnosis = doctor.examine(files);
        print(diagnosis, out);
        html.ifPresent(file -> write(diagnosis, file, out));
        return diagnosis.isIll(strict, tolerated) ? ILL : 0;
    }

    private void print(Diagnosis diagnosis, PrintWriter out) {
        out.printf(Locale.ROOT, "%,d rows, %,d examined%n", diagnosis.rows(), diagnosis.examples());
        for (Finding finding : diagnosis.findings()) {
            String sign = finding.count() == 0
                    ? "ok     "
                    : finding.check().severity() == Finding.Severity.FAULT ? "FAULT  " : "warning";
            out.printf(Locale.ROOT, "%s  %-56s %,9d%n", sign, finding.check().title(), finding.count());
            finding.places().stream().limit(3).forEach(place -> out.println("             " + place));
        }
        lengths("prompts", diagnosis.prompts(), out);
        lengths("targets", diagnosis.completions(), out);
        diagnosis
                .languages()
                .forEach((language, count) -> out.printf(Locale.ROOT, "language %-20s %,9d%n", language, count));
        diagnosis.tasks().entrySet().stream().limit(SHOWN_TASKS).forEach(task -> {
            Map<String, Long> answers = task.getValue().answers();
            String shown = answers.isEmpty()
                    ? ""
                    : answers.size() + " answers, most often "
                            + Math.round(100 * task.getValue().largestShare()) + " %";
            out.printf(
                    Locale.ROOT,
                    "task %-50s %,9d  %s%n",
                    end(task.getKey()),
                    task.getValue().examples(),
                    shown);
        });
        if (diagnosis.tasks().size() > SHOWN_TASKS) {
            out.println("… and " + (diagnosis.tasks().size() - SHOWN_TASKS) + " more tasks; --html shows all");
        }
    }

    private static void lengths(String what, Lengths lengths, PrintWriter out) {
        out.printf(
                Locale.ROOT,
                "characters of %s: median %,d, 95 %% up to %,d, longest %,d%n",
                what,
                lengths.quantile(0.5),
                lengths.quantile(0.95),
                lengths.quantile(1));
    }

    /// A long name's end, which tells more than its beginning.
    private static String end(String name) {
        return name.length() <= 50 ? name : "…" + name.substring(name.length() - 49);
    }

    private static void write(Diagnosis diagnosis, Path file, PrintWriter out) {
        try {
            Files.writeString(file, DiagnosisPage.of(diagnosis));
            out.println("Wrote " + file);
        } catch (IOException e) {
            throw new AlignException.Config(file + ": cannot be written: " + e.getMessage(), e);
        }
    }
}
