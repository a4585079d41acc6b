package org.align4j.cli;

import java.io.Console;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.align4j.evaluate.EvaluationListener;

/// Shows how items are done: a bar on a terminal, a line every ten seconds elsewhere.
final class ItemProgress implements EvaluationListener, AutoCloseable {
    private static final Duration LINE_EVERY = Duration.ofSeconds(10);
    private static final int TERMINAL_WIDTH = 110;

    private final PrintStream out;
    private final boolean terminal;
    private Optional<ProgressBar> bar = Optional.empty();
    private String what = "";
    private int items;
    private int known;
    private double done;
    private long begun;
    private long lastLine;

    /// @param terminal whether `out` is one that people watch
    ItemProgress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /// Shows progress on standard error, so that standard output holds results only.
    static ItemProgress onStandardError() {
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        return new ItemProgress(System.err, terminal);
    }

    void line(String text) {
        close();
        out.println(text);
    }

    @Override
    public void started(String name, int count, int alreadyDone) {
        close();
        what = name;
        items = count;
        known = alreadyDone;
        done = alreadyDone;
        begun = System.nanoTime();
        lastLine = begun;
        if (alreadyDone > 0) {
            out.println(name + ": " + alreadyDone + " of " + count + " are done already");
        }
        if (terminal && alreadyDone < count) {
            bar = Optional.of(new ProgressBarBuilder()
                    .setTaskName(name)
                    .setInitialMax(count)
                    .startsFrom(alreadyDone, Duration.ZERO)
                    .setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK)
                    .setUpdateIntervalMillis(200)
                    .setConsumer(new ConsoleProgressBarConsumer(out, TERMINAL_WIDTH))
                    .build());
        }
    }

    @Override
    public void done(double more) {
        done += more;
        bar.ifPresent(shown -> shown.stepTo(Math.round(done)));
        long now = System.nanoTime();
        if (bar.isEmpty() && (done > items - 0.5 || now - lastLine >= LINE_EVERY.toNanos())) {
            lastLine = now;
            Duration left = Duration.ofNanos((long) ((double) (now - begun) / (done - known) * (items - done)));
            out.println("%s: %.0f/%d  left %d:%02d:%02d"
                    .formatted(
                            what,
                            Math.floor(done + 1e-6),
                            items,
                            left.toHours(),
                            left.toMinutesPart(),
                            left.toSecondsPart()));
        }
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }
}
