package org.align4j.rating;

/// Where which parameter stands: strengths of the items, then the tie parameter φ, then for each
/// labeler the logarithm of its sharpness and by how much its φ differs.
///
/// @param ties how φ acts
/// @param labelers 0: labelers are alike
record Parameters(int items, Ties ties, int labelers) {
    /// Labelers' log sharpness and their own part of φ are taken to be normal with this deviation.
    static final double LABELER_DEVIATION = 0.5;

    /// What the tie term is.
    enum Ties {
        NONE,
        /// φ itself: Davidson's log ν.
        LINEAR,
        /// e^φ, never negative: Rao and Kupper's log θ.
        EXPONENTIAL
    }

    /// Whether there is a φ.
    boolean tied() {
        return ties != Ties.NONE;
    }

    int count() {
        return firstOfLabelers() + labelers * (tied() ? 2 : 1);
    }

    int tie() {
        return items;
    }

    int firstOfLabelers() {
        return items + (tied() ? 1 : 0);
    }

    int sharpness(int labeler) {
        return firstOfLabelers() + labeler;
    }

    int ownTie(int labeler) {
        return sharpness(labelers) + labeler;
    }

    double sharpnessOf(int labeler, double[] theta) {
        return labelers == 0 ? 1 : Math.exp(theta[sharpness(labeler)]);
    }

    /// The tie term for a labeler.
    double tieOf(int labeler, double[] theta) {
        double phi = tied() ? theta[tie()] + (labelers == 0 ? 0 : theta[ownTie(labeler)]) : 0;
        return switch (ties) {
            case NONE -> 0;
            case LINEAR -> phi;
            case EXPONENTIAL -> Math.exp(phi);
        };
    }

    /// The tie term's derivative by φ.
    double tieSlope(int labeler, double[] theta) {
        return ties == Ties.EXPONENTIAL ? tieOf(labeler, theta) : 1;
    }
}
