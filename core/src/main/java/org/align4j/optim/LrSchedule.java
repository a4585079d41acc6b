package org.align4j.optim;

import java.util.Map;

/// The learning rate of each optimiser step, counted from 0. The schedules and their names are
/// those of transformers (`get_scheduler`); with a warm-up, step 0 has rate 0 unless a schedule
/// says otherwise.
public sealed interface LrSchedule {
    /// The learning rate that step `step` (0 is the first) uses.
    double at(long step);

    /// The schedule that transformers calls `name`.
    ///
    /// @param learningRate the highest rate
    /// @param warmup steps of the warm-up; `constant` has none
    /// @param steps optimiser steps of the whole run
    /// @param options the schedule's own settings by transformers' names, e.g. `num_cycles`
    /// @throws AlignException.Config for an unknown name, and for options that are unknown,
    ///     missing or out of range, all together
    static LrSchedule named(
            String name, double learningRate, long warmup, long steps, Map<String, ? extends Object> options) {
        return new NamedSchedule(name, learningRate, warmup, steps, options).build();
    }

    /// `learningRate` throughout.
    record Constant(double learningRate) implements LrSchedule {
        @Override
        public double at(long step) {
            return learningRate;
        }
    }

    /// Rises from 0 in a line, then stays.
    record ConstantWithWarmup(double learningRate, long warmup) implements LrSchedule {
        @Override
        public double at(long step) {
            return step < warmup ? rising(learningRate, step, warmup) : learningRate;
        }
    }

    /// Falls in a line to 0 at `steps`, and stays there.
    record Linear(double learningRate, long warmup, long steps) implements LrSchedule {
        @Override
        public double at(long step) {
            if (step < warmup) {
                return rising(learningRate, step, warmup);
            }
            return learningRate * Math.max(0, (steps - step) / (double) Math.max(1, steps - warmup));
        }
    }

    /// Falls along `cycles` periods of a cosine (a half: once) to `floor` times the rate. Past
    /// `steps` the cosine goes on: the rate rises again.
    ///
    /// @param floor lowest rate over `learningRate`; 0 for `cosine`, more for `cosine_with_min_lr`
    record Cosine(double learningRate, long warmup, long steps, double cycles, double floor) implements LrSchedule {
        @Override
        public double at(long step) {
            if (step < warmup) {
                return rising(learningRate, step, warmup);
            }
            double wave = cosine(2 * cycles * progress(step, warmup, steps));
            return learningRate * Math.max(0, wave * (1 - floor) + floor);
        }
    }

    /// `cycles` falls of half a cosine, each from the full rate to 0; 0 from `steps` on.
    record CosineWithRestarts(double learningRate, long warmup, long steps, long cycles) implements LrSchedule {
        @Override
        public double at(long step) {
            if (step < warmup) {
                return rising(learningRate, step, warmup);
            }
            double progress = progress(step, warmup, steps);
            return progress >= 1 ? 0 : learningRate * Math.max(0, cosine(cycles * progress % 1.0));
        }
    }

    /// A cosine whose steps are counted from 1: neither the first step of the warm-up nor the
    /// last of the run is lost on an extreme (`cosine_warmup_with_min_lr`).
    ///
    /// @param floor lowest rate over `learningRate`
    /// @param start rate of step 0 over `learningRate`; NaN for `1 / warmup`
    record CosineFromOne(double learningRate, long warmup, long steps, double cycles, double floor, double start)
            implements LrSchedule {
        @Override
        public double at(long step) {
            if (step < warmup) {
                return learningRate
                        * (Double.isNaN(start)
                                ? (step + 1.0) / warmup
                                : start + (1 - start) * step / Math.max(1, warmup - 1));
            }
            double wave = cosine(2 * cycles * progress(step + 1, warmup, steps));
            return learningRate * Math.max(0, wave * (1 - floor) + floor);
        }
    }

    /// Falls as a power of the remaining share of steps to `end`, and stays there.
    record Polynomial(double learningRate, long warmup, long steps, double power, double end) implements LrSchedule {
        @Override
        public double at(long step) {
            if (step < warmup) {
                return rising(learningRate, step, warmup);
            }
            double remaining = Math.max(0, 1 - progress(step, warmup, steps));
            return (learningRate - end) * Math.pow(remaining, power) + end;
        }
    }

    /// Falls with the square root of the steps after the warm-up, in units of `timescale`.
    record InverseSqrt(double learningRate, long warmup, long timescale) implements LrSchedule {
        @Override
        public double at(long step) {
            if (step < warmup) {
                return rising(learningRate, step, warmup);
            }
            return learningRate / Math.sqrt((step - warmup + timescale) / (double) timescale);
        }
    }

    /// Rises from `floor` times the rate, stays for `stable` steps, falls to `floor` in `decay`
    /// steps, and stays there.
    ///
    /// @param cycles periods of a cosine decay; a half falls once
    record WarmupStableDecay(
            double learningRate,
            long warmup,
            long stable,
            long decay,
            Shape rise,
            Shape fall,
            double floor,
            double cycles)
            implements LrSchedule {
        @Override
        public double at(long step) {
            long sinceStable = step - warmup;
            long sinceDecay = sinceStable - stable;
            if (sinceStable < 0) {
                return aboveFloor(rise.risen(step / (double) warmup));
            }
            if (sinceDecay < 0) {
                return learningRate;
            }
            return sinceDecay < decay
                    ? aboveFloor(fall.fallen(sinceDecay / (double) decay, cycles))
                    : learningRate * floor;
        }

        private double aboveFloor(double factor) {
            return learningRate * Math.max(0, factor * (1 - floor) + floor);
        }
    }

    /// How a phase of [WarmupStableDecay] goes from one rate to the other.
    enum Shape {
        LINEAR,
        COSINE,
        /// `1 - √x`, `x` the share of the phase that is left (rising) or done (falling).
        ONE_MINUS_SQRT;

        double risen(double progress) {
            return switch (this) {
                case LINEAR -> progress;
                case COSINE -> 1 - cosine(progress);
                case ONE_MINUS_SQRT -> 1 - Math.sqrt(1 - progress);
            };
        }

        double fallen(double progress, double cycles) {
            return switch (this) {
                case LINEAR -> 1 - progress;
                case COSINE -> cosine(2 * cycles * progress);
                case ONE_MINUS_SQRT -> 1 - Math.sqrt(progress);
            };
        }
    }

    private static double rising(double learningRate, long step, long warmup) {
        return learningRate * (step / (double) warmup);
    }

    /// Share of the steps after the warm-up that are done.
    private static double progress(long step, long warmup, long steps) {
        return (step - warmup) / (double) Math.max(1, steps - warmup);
    }

    /// From 1 at 0 to 0 at 1, and back.
    private static double cosine(double halfTurns) {
        return 0.5 * (1 + Math.cos(Math.PI * halfTurns));
    }
}
