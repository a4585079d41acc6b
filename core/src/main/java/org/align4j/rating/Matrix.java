package org.align4j.rating;

import java.util.Optional;

/// A symmetric positive definite matrix as the product L Lᵀ of its Cholesky factor. A few hundred
/// rows at most, for which no library is worth its size.
///
/// @param lower L, `[P, P]`
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
record Matrix(double[][] lower) {
    /// The factor; empty where the matrix isn't positive definite.
    static Optional<Matrix> of(double[][] matrix) {
        int size = matrix.length;
        double[][] lower = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = matrix[i][j];
                for (int k = 0; k < j; k++) {
                    sum -= lower[i][k] * lower[j][k];
                }
                if (i > j) {
                    lower[i][j] = sum / lower[j][j];
                } else if (sum > 1e-14 * Math.abs(matrix[i][i])) {
                    lower[i][i] = Math.sqrt(sum);
                } else {
                    return Optional.empty();
                }
            }
        }
        return Optional.of(new Matrix(lower));
    }

    /// x of A x = b.
    double[] solve(double[] b) {
        int size = lower.length;
        double[] x = b.clone();
        for (int i = 0; i < size; i++) {
            for (int k = 0; k < i; k++) {
                x[i] -= lower[i][k] * x[k];
            }
            x[i] /= lower[i][i];
        }
        for (int i = size - 1; i >= 0; i--) {
            for (int k = i + 1; k < size; k++) {
                x[i] -= lower[k][i] * x[k];
            }
            x[i] /= lower[i][i];
        }
        return x;
    }

    /// A⁻¹.
    double[][] inverse() {
        int size = lower.length;
        double[][] inverse = new double[size][];
        for (int i = 0; i < size; i++) {
            double[] unit = new double[size];
            unit[i] = 1;
            inverse[i] = solve(unit);
        }
        return inverse;
    }
}
