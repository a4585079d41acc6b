package org.align4j.evaluate;

/// How the second of two models differs from the first on the same items.
///
/// @param value the second's figure minus the first's
/// @param interval 95 % interval of it
/// @param p probability, were there no difference, of one at least as large in either direction
public record Difference(double value, Interval interval, double p) {}
