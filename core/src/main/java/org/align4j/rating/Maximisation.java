package org.align4j.rating;

import java.util.Arrays;
import java.util.List;

/// Climbs a penalised log-likelihood by Newton's steps, halved until they climb. The information of
/// unknown orders and of labelers' sharpness is the expected one, which always leads uphill;
/// standard errors take the observed one.
///
/// @param penalty α of −α Σ x²
record Maximisation(List<VoteLikelihood> votes, Parameters parameters, double penalty) {
    private static final int MOST_STEPS = 500;
    private static final double SMALLEST_GAIN = 1e-12;
    private static final double SMALLEST_STEP = 1e-9;
    private static final double DIFFERENCE = 1e-5;
    private static final double PIN = 1e4;
    private static final double[][] NO_INFORMATION = {};

    /// Value, gradient and information at one point.
    @SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
    private record Point(double value, double[] gradient, double[][] information) {}

    /// The parameters of the maximum, from `start` on.
    double[] run(double[] start) {
        double[] theta = start.clone();
        Point point = at(theta);
        for (int iteration = 0; iteration < MOST_STEPS; iteration++) {
            double[] step = factor(point.information()).solve(point.gradient());
            double[] next = theta;
            Point reached = point;
            boolean climbed = false;
            for (double length = 1; length > SMALLEST_STEP; length /= 2) {
                double[] tried = moved(theta, step, length);
                Point there = at(tried);
                // NaN and −∞ don't climb
                if (there.value() >= point.value()) {
                    next = tried;
                    reached = there;
                    climbed = true;
                    break;
                }
            }
            boolean arrived = Arrays.stream(step).allMatch(part -> Math.abs(part) < SMALLEST_STEP)
                    || (reached.value() - point.value() < SMALLEST_GAIN * (1 + Math.abs(point.value()))
                            && largest(reached.gradient()) < 1e-7 * votes.size() + 1e-9);
            if (arrived || !climbed) {
                return next;
            }
            theta = next;
            point = reached;
        }
        return theta;
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private static double[] moved(double[] theta, double[] step, double length) {
        double[] moved = theta.clone();
        for (int i = 0; i < moved.length; i++) {
            moved[i] += length * step[i];
        }
        return moved;
    }

    double logLikelihood(double[] theta) {
        double total = 0;
        for (VoteLikelihood vote : votes) {
            total += vote.add(theta, new double[theta.length], NO_INFORMATION);
        }
        return total;
    }

    private Point at(double[] theta) {
        return at(theta, new double[theta.length][theta.length]);
    }

    private Point at(double[] theta, double[][] information) {
        double[] gradient = new double[theta.length];
        double value = 0;
        for (VoteLikelihood vote : votes) {
            value += vote.add(theta, gradient, information);
        }
        for (int i = 0; i < theta.length; i++) {
            double weight = pull(i);
            value -= weight / 2 * theta[i] * theta[i];
            gradient[i] -= weight * theta[i];
            if (information.length > 0) {
                information[i][i] += weight;
            }
        }
        return new Point(value - pinSharpness(theta, gradient, information), gradient, information);
    }

    /// Holds the mean of labelers' log sharpness at 0: twice the strengths and half the sharpness
    /// are the same votes.
    private double pinSharpness(double[] theta, double[] gradient, double[][] information) {
        double sum = 0;
        for (int labeler = 0; labeler < parameters.labelers(); labeler++) {
            sum += theta[parameters.sharpness(labeler)];
        }
        for (int one = 0; one < parameters.labelers(); one++) {
            gradient[parameters.sharpness(one)] -= PIN * sum;
            for (int other = 0; other < parameters.labelers() && information.length > 0; other++) {
                information[parameters.sharpness(one)][parameters.sharpness(other)] += PIN;
            }
        }
        return PIN / 2 * sum * sum;
    }

    /// By how much a parameter is pulled to 0: the curvature of its penalty.
    private double pull(int parameter) {
        if (parameter >= parameters.firstOfLabelers()) {
            return 1 / (Parameters.LABELER_DEVIATION * Parameters.LABELER_DEVIATION);
        }
        return parameter < parameters.items() ? 2 * penalty : 0;
    }

    /// With the strengths' mean held at 0, which no likelihood says anything about.
    private Matrix factor(double[][] information) {
        return Matrix.of(pinned(information))
                .orElseThrow(() -> new IllegalStateException("the information of a connected graph is not definite"));
    }

    private double[][] pinned(double[][] information) {
        double[][] pinned = new double[information.length][];
        for (int i = 0; i < pinned.length; i++) {
            pinned[i] = information[i].clone();
            for (int j = 0; i < parameters.items() && j < parameters.items(); j++) {
                pinned[i][j] += 1;
            }
        }
        return pinned;
    }

    /// Covariance of the estimates, strengths having mean 0.
    ///
    /// @param sandwich whether parts of a vote may go together
    double[][] covariance(double[] theta, boolean sandwich) {
        Point point = at(theta);
        // where the observed information isn't definite, the expected one is
        Matrix factor = Matrix.of(pinned(observed(theta))).orElseGet(() -> factor(point.information()));
        double[][] inverse = factor.inverse();
        int items = parameters.items();
        for (int i = 0; i < items; i++) {
            for (int j = 0; j < items; j++) {
                // along the vector of ones, for which votes have no information, the pinned one is that
                // of the pin and the penalty: items + 2 α
                inverse[i][j] -= 1 / (items * (items + 2 * penalty));
            }
        }
        return sandwich ? sandwich(theta, inverse) : inverse;
    }

    private double[][] sandwich(double[] theta, double[][] inverse) {
        double[][] covariance = new double[theta.length][theta.length];
        for (VoteLikelihood vote : votes) {
            double[] gradient = new double[theta.length];
            vote.add(theta, gradient, NO_INFORMATION);
            double[] influence = new double[theta.length];
            for (int i = 0; i < theta.length; i++) {
                for (int j = 0; j < theta.length; j++) {
                    influence[i] += inverse[i][j] * gradient[j];
                }
            }
            for (int i = 0; i < theta.length; i++) {
                for (int j = 0; j < theta.length; j++) {
                    covariance[i][j] += influence[i] * influence[j];
                }
            }
        }
        return covariance;
    }

    /// The Hessian's negative, by differences of the gradient.
    private double[][] observed(double[] theta) {
        double[][] observed = new double[theta.length][theta.length];
        for (int i = 0; i < theta.length; i++) {
            double[] unit = new double[theta.length];
            unit[i] = 1;
            double[] above = at(moved(theta, unit, DIFFERENCE), NO_INFORMATION).gradient();
            double[] below = at(moved(theta, unit, -DIFFERENCE), NO_INFORMATION).gradient();
            for (int j = 0; j < theta.length; j++) {
                observed[i][j] -= (above[j] - below[j]) / (4 * DIFFERENCE);
                observed[j][i] -= (above[j] - below[j]) / (4 * DIFFERENCE);
            }
        }
        return observed;
    }
}
