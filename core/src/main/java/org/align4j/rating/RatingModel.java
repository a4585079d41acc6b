package org.align4j.rating;

/// How strengths x make judgements likely.
public enum RatingModel {
    /// P(i ≻ j) = σ(x_i − x_j) (Bradley and Terry 1952). It knows no ties: one counts as half a win
    /// for each.
    BRADLEY_TERRY,
    /// P(i ≻ j) : P(j ≻ i) : P(i = j) = e^{x_i} : e^{x_j} : ν e^{(x_i + x_j) / 2} (Davidson 1970).
    DAVIDSON,
    /// P(i ≻ j) = σ(x_i − x_j − log θ), and a tie otherwise (Rao and Kupper 1967).
    RAO_KUPPER,
    /// The best is chosen among all with P ∝ e^x, the next among the rest (Plackett 1975, Luce
    /// 1959). Of tied items the order is unknown: the likelihoods of all their orders are added.
    /// The best of K says nothing about the others.
    PLACKETT_LUCE;

    /// Whether rankings are taken apart into pairs, which then aren't independent.
    public boolean pairwise() {
        return this != PLACKETT_LUCE;
    }

    /// Whether it has a parameter for how often items tie.
    public boolean hasTieParameter() {
        return this == DAVIDSON || this == RAO_KUPPER;
    }
}
