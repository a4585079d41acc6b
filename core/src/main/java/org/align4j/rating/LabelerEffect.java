package org.align4j.rating;

/// How a labeler differs from the others.
///
/// @param sharpness by what strengths are multiplied when it judges: below 1 it is noisier, above 1
///     surer
/// @param ties by what Davidson's ν, or Rao and Kupper's log θ, is multiplied: above 1 it ties more
///     readily; 1 in other models
/// @param votes how many it gave
public record LabelerEffect(String labeler, double sharpness, double ties, int votes) {}
