package org.align4j.run;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Writes what a trainer tells into its run: metrics, samples, state, TensorBoard files, loss curve
/// and report.
public final class RunRecorder implements RunListener, AutoCloseable {
    private static final Set<String> COUNTS = Set.of(Metrics.TOKENS, Metrics.PEAK_RSS);

    private final RunDirectory run;
    private final Clock clock;
    private final TensorBoard tensorBoard;
    private final Map<String, Double> evaluated = new LinkedHashMap<>();
    private long evaluatedStep;
    private long totalSteps;

    /// Records into `run`, which stays the caller's to close.
    ///
    /// @param firstStep steps done before, 0 for a new run
    public RunRecorder(RunDirectory run, long firstStep, Clock clock) {
        this.run = run;
        this.clock = clock;
        this.tensorBoard = new TensorBoard(run.files().tensorBoard(), firstStep, clock);
    }

    @Override
    public void on(RunEvent event) {
        switch (event) {
            case RunEvent.Started started -> {
                totalSteps = started.totalSteps();
                state(RunState.Kind.RUNNING, started.firstStep(), "");
            }
            case RunEvent.Evaluated(long step, Map<String, Double> metrics) -> {
                flushEvaluated();
                evaluatedStep = step;
                evaluated.putAll(metrics);
            }
            case RunEvent.Step(long step, Map<String, Double> metrics) -> step(step, metrics);
            case RunEvent.Sample(long step, Map<String, ?> values) -> {
                run.sample(step, values);
                tensorBoard.text("samples", Report.markdown(values), step);
            }
            case RunEvent.Saved saved -> {
                flushEvaluated();
                state(RunState.Kind.RUNNING, saved.step(), "");
                // a killed run leaves its curve and report of the last checkpoint
                summarise();
            }
            case RunEvent.Finished(long step) -> end(RunState.Kind.FINISHED, step, "");
            case RunEvent.Interrupted(long step) -> end(RunState.Kind.INTERRUPTED, step, "");
            case RunEvent.Failed(long step, String reason) -> end(RunState.Kind.FAILED, step, reason);
            case RunEvent.Warned _ -> {}
            case RunEvent.Noted _ -> {}
        }
    }

    @Override
    public void close() {
        flushEvaluated();
        tensorBoard.close();
    }

    private void step(long step, Map<String, Double> metrics) {
        if (evaluatedStep != step) {
            flushEvaluated();
        }
        Map<String, Double> row = new LinkedHashMap<>(metrics);
        row.putAll(evaluated);
        evaluated.clear();
        write(step, row);
    }

    private void flushEvaluated() {
        if (!evaluated.isEmpty()) {
            write(evaluatedStep, evaluated);
            evaluated.clear();
        }
    }

    private void write(long step, Map<String, Double> row) {
        run.metrics().append(step, withWholeCounts(row));
        row.forEach((name, value) -> tensorBoard.scalar(name, value, step));
        tensorBoard.flush();
    }

    /// Counts such as tokens and bytes are written as whole numbers.
    private static Map<String, Number> withWholeCounts(Map<String, Double> row) {
        Map<String, Number> written = new LinkedHashMap<>();
        row.forEach((name, value) -> {
            boolean count = COUNTS.contains(name) && Double.isFinite(value);
            written.put(name, count ? (Number) value.longValue() : value);
        });
        return written;
    }

    private void end(RunState.Kind kind, long step, String reason) {
        flushEvaluated();
        state(kind, step, reason);
        summarise();
    }

    private void state(RunState.Kind kind, long step, String reason) {
        run.state(new RunState(kind, step, totalSteps, reason));
    }

    private void summarise() {
        Report.write(run.files(), clock.instant());
    }
}
