package org.align4j.cli;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.align4j.run.Metrics;
import org.align4j.run.RunEvent;
import org.align4j.run.RunListener;
import org.jspecify.annotations.Nullable;

/// Shows how a run goes: a bar on a terminal, a line every ten seconds elsewhere.
final class ProgressListener implements RunListener, AutoCloseable {
    private static final Duration LINE_EVERY = Duration.ofSeconds(10);
    private static final int TERMINAL_WIDTH = 110;

    private final PrintStream out;
    private final boolean terminal;
    private Optional<ProgressBar> bar = Optional.empty();
    private long firstStep;
    private long totalSteps;
    private long begun;
    private long lastLine;

    /// @param terminal whether `out` is one that people watch
    ProgressListener(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /// Shows progress on standard error, so that standard output holds results only.
    static ProgressListener onStandardError() {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return new ProgressListener(System.err, terminal);
    }

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.Started started -> start(started);
            case RunEvent.Step(long step, Map<String, Double> metrics) -> step(step, metrics);
            case RunEvent.Evaluated(long step, Map<String, Double> metrics) ->
                line("step " + step + ": " + evaluation(metrics));
            case RunEvent.Saved saved -> line("saved " + saved.folder());
            case RunEvent.Warned(String message) -> line("warning: " + message);
            case RunEvent.Noted(String message) -> line(message);
            case RunEvent.Finished(long step) -> end("finished after " + step + " steps");
            case RunEvent.Interrupted(long step) ->
                end("interrupted after " + step + " steps; its state is saved, --resume goes on");
            case RunEvent.Failed failed -> end("failed at step " + failed.step());
            case RunEvent.Sample _ -> {}
        }
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }

    private void start(RunEvent.Started started) {
        firstStep = started.firstStep();
        totalSteps = started.totalSteps();
        begun = System.nanoTime();
        lastLine = begun;
        out.println((firstStep > 0 ? "Resuming at step " + firstStep + " of " : "Training ") + totalSteps
                + " steps into " + started.folder());
        if (terminal) {
            bar = Optional.of(new ProgressBarBuilder()
                    .setInitialMax(totalSteps)
                    .startsFrom(firstStep, Duration.ZERO)
                    .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new ConsoleProgressBarConsumer(out, TERMINAL_WIDTH))
                    .build());
        }
    }

    private void step(long step, Map<String, Double> metrics) {
        String figures = figure(metrics) + "  " + number("tokens/s", "%,.0f", metrics.get(Metrics.TOKENS_PER_SECOND));
        bar.ifPresent(shown -> shown.stepTo(step).setExtraMessage(figures.strip()));
        long now = System.nanoTime();
        boolean due = now - lastLine >= LINE_EVERY.toNanos() || step == firstStep + 1 || step == totalSteps;
        if (bar.isEmpty() && due) {
            lastLine = now;
            out.println("step " + step + "/" + totalSteps + "  " + figures + "  left " + left(step, now - begun));
        }
    }

    /// Time left at the pace so far, as `1:02:03`.
    private String left(long step, long nanos) {
        long done = Math.max(1, step - firstStep);
        Duration left = Duration.ofNanos((long) ((double) nanos / done * (totalSteps - step)));
        return "%d:%02d:%02d".formatted(left.toHours(), left.toMinutesPart(), left.toSecondsPart());
    }

    /// What a run is about: the reward and the distance from the reference, where it has them; else
    /// the loss.
    private static String figure(Map<String, Double> metrics) {
        if (!metrics.containsKey("reward")) {
            return number("loss", "%.4f", metrics.get(Metrics.LOSS));
        }
        @Nullable Double kl = metrics.get(metrics.containsKey("objective/kl") ? "objective/kl" : "kl");
        return number("reward", "%.3f", metrics.get("reward")) + "  " + number("kl", "%.4f", kl);
    }

    private static String evaluation(Map<String, Double> metrics) {
        return metrics.containsKey(Metrics.EVAL_REWARD)
                ? Stream.of(Metrics.EVAL_REWARD, Metrics.EVAL_GOLD_REWARD, Metrics.EVAL_KL)
                        .filter(metrics::containsKey)
                        .map(name -> number(name, "%.4f", metrics.get(name)))
                        .collect(Collectors.joining("  "))
                : number(Metrics.EVAL_LOSS, "%.4f", metrics.getOrDefault(Metrics.EVAL_LOSS, Double.NaN));
    }

    private static String number(String name, String format, @Nullable Double value) {
        return value == null ? "" : name + " " + String.format(Locale.ROOT, format, value);
    }

    /// A line that stays above the bar.
    private void line(String text) {
        if (bar.isPresent()) {
            out.print("\r\033[2K");
        }
        out.println(text);
    }

    private void end(String text) {
        close();
        out.println(text);
    }
}
