package org.align4j.optim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// Adafactor, Shazeer & Stern 2018, algorithm 4, with the departures of transformers: the learning
/// rate may be given, the update's mean (beta1) is taken after scaling.
///
/// A parameter of two or more dimensions is a pile of matrices, each with a mean square of every
/// row and column; others have one for each value. A matrix is gone through in chunks of rows
/// three times: mean squares, size of the update, update.
final class Adafactor implements UpdateRule {
    private final OptimizerConfig.Adafactor settings;
    private final List<Parameter> parameters = new ArrayList<>();

    /// One parameter, seen as `[piles, rows, columns]`; a vector is one row.
    ///
    /// @param rowSquares `[piles, rows]`
    /// @param columnSquares `[piles, columns]`, or of a vector `[1, columns]`, its values' own
    /// @param mean of updates, flat, if wanted
    private record Parameter(
            ParameterGroup group,
            ParameterGroup.Part part,
            long piles,
            long rows,
            long columns,
            Optional<Tensor> rowSquares,
            Tensor columnSquares,
            Optional<Tensor> mean) {
        /// Rows of one chunk.
        long chunkRows() {
            return Math.max(1, Chunks.VALUES / Math.max(1, columns));
        }

        Tensor master(long pile, long row, long count) {
            return group.master().narrow(0, offset(pile, row), count * columns).view(count, columns);
        }

        Tensor gradient(long pile, long row, long count, double scale) {
            return group.gradient(offset(pile, row), count * columns, scale).view(count, columns);
        }

        Optional<Tensor> mean(long pile, long row, long count) {
            return mean.map(tensor -> tensor.narrow(0, offset(pile, row) - part.offset(), count * columns)
                    .view(count, columns));
        }

        private long offset(long pile, long row) {
            return part.offset() + (pile * rows + row) * columns;
        }
    }

    Adafactor(OptimizerConfig.Adafactor settings, List<ParameterGroup> groups, Memory memory) {
        this.settings = settings;
        for (ParameterGroup group : groups) {
            if (group.parts().isEmpty()) {
                throw new IllegalArgumentException(
                        "parameter group " + group.name() + " has no parts: Adafactor needs its parameters' shapes");
            }
            group.parts().forEach(part -> parameters.add(parameter(group, part, memory)));
        }
    }

    private Parameter parameter(ParameterGroup group, ParameterGroup.Part part, Memory memory) {
        Device device = group.master().device();
        int dims = part.shape().size();
        long columns = dims == 0 ? 1 : part.shape().getLast();
        long rows = dims < 2 ? 1 : part.shape().get(dims - 2);
        long piles = part.count() / Math.max(1, rows * columns);
        return new Parameter(
                group,
                part,
                piles,
                rows,
                columns,
                dims < 2
                        ? Optional.empty()
                        : Optional.of(memory.zeros(part.name() + ".exp_avg_sq_row", device, piles, rows)),
                memory.zeros(part.name() + (dims < 2 ? ".exp_avg_sq" : ".exp_avg_sq_col"), device, piles, columns),
                settings.beta1().isPresent()
                        ? Optional.of(memory.zeros(part.name() + ".exp_avg", device, part.count()))
                        : Optional.empty());
    }

    @Override
    public void step(long step, double learningRate, double gradientScale) {
        double decay = 1 - Math.pow((double) step, settings.decayRate());
        for (Parameter parameter : parameters) {
            double rate = rate(parameter, step, learningRate);
            for (long pile = 0; pile < parameter.piles; pile++) {
                averageSquares(parameter, pile, decay, gradientScale);
            }
            double size = rootMeanSquare(
                    parameter, (pile, row, count) -> direction(parameter, pile, row, count, gradientScale));
            double factor = rate / Math.max(1, size / settings.clipThreshold());
            eachChunk(parameter, (pile, row, count) -> {
                Tensor update =
                        direction(parameter, pile, row, count, gradientScale).mul_(factor);
                if (settings.beta1().isPresent()) {
                    double beta1 = settings.beta1().getAsDouble();
                    update = parameter
                            .mean(pile, row, count)
                            .orElseThrow()
                            .mul_(beta1)
                            .addScaled_(update, 1 - beta1);
                }
                parameter
                        .master(pile, row, count)
                        .mul_(1 - parameter.group.weightDecay() * rate)
                        .sub_(update);
            });
        }
    }

    /// Step size, eq. 11 and section 8 of the paper.
    private double rate(Parameter parameter, long step, double learningRate) {
        double rate = learningRate;
        if (settings.relativeStep()) {
            rate = Math.min(settings.warmupInit() ? 1e-6 * step : 1e-2, 1 / Math.sqrt((double) step));
        }
        return settings.scaleParameter()
                ? rate * Math.max(settings.epsilonScale(), rootMeanSquare(parameter, parameter::master))
                : rate;
    }

    /// Mixes the squared gradients into the means of rows and columns.
    private void averageSquares(Parameter parameter, long pile, double decay, double scale) {
        try (Scope scope = Scope.open()) {
            Tensor columns = parameter.columnSquares.narrow(0, pile, 1).mul_(decay);
            parameter.rowSquares.ifPresent(tensor -> tensor.narrow(0, pile, 1).mul_(decay));
            Chunks.each(parameter.rows, parameter.chunkRows(), (row, count) -> {
                Tensor squares =
                        parameter.gradient(pile, row, count, scale).square().add_(settings.epsilonSquare());
                columns.addScaled_(squares.sumFloat32(0, true), (1 - decay) / parameter.rows);
                parameter.rowSquares.ifPresent(tensor -> tensor.narrow(0, pile, 1)
                        .narrow(1, row, count)
                        .addScaled_(squares.sumFloat32(1, false).unsqueeze(0), (1 - decay) / parameter.columns));
            });
        }
    }

    /// The gradient over the root of its estimated mean square, `[count, columns]`, new.
    private static Tensor direction(Parameter parameter, long pile, long row, long count, double scale) {
        Tensor columns = parameter.columnSquares.narrow(0, pile, 1).rsqrt();
        Tensor update = parameter.gradient(pile, row, count, scale).mul(columns);
        if (parameter.rowSquares.isEmpty()) {
            return update;
        }
        Tensor all = parameter.rowSquares.get().narrow(0, pile, 1);
        Tensor shares = all.narrow(1, row, count).div(all.mean());
        return update.mul_(shares.rsqrt_().t());
    }

    private static double rootMeanSquare(Parameter parameter, ChunkValues values) {
        double[] sum = {0};
        eachChunk(parameter, (pile, row, count) -> {
            double norm = values.of(pile, row, count).reshape(-1).norm2().item();
            sum[0] += norm * norm;
        });
        return Math.sqrt(sum[0] / parameter.part.count());
    }

    private static void eachChunk(Parameter parameter, ChunkStep body) {
        for (long p = 0; p < parameter.piles; p++) {
            long pile = p;
            Chunks.each(parameter.rows, parameter.chunkRows(), (row, count) -> body.accept(pile, row, count));
        }
    }

    private interface ChunkValues {
        Tensor of(long pile, long row, long count);
    }

    private interface ChunkStep {
        void accept(long pile, long row, long count);
    }
}
