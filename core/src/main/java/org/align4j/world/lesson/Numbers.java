package org.align4j.world.lesson;

import java.util.List;
import java.util.stream.Collectors;

/// Arithmetic and sorting with worked steps.
public final class Numbers {
    private Numbers() {}

    /// The steps of a sum of two numbers below 100, digit by digit, ending in `The answer is 68.`
    public static String sum(int a, int b) {
        if (a < 10 && b < 10) {
            return a + " + " + b + " = " + (a + b) + ". The answer is " + (a + b) + ".";
        }
        int ones = a % 10 + b % 10;
        int tens = a / 10 + b / 10;
        String carried = ones > 9 ? " + 1" : "";
        return "Ones: " + a % 10 + " + " + b % 10 + " = " + ones + ". Tens: " + a / 10 + " + " + b / 10 + carried
                + " = " + (tens + ones / 10) + ". The answer is " + (a + b) + ".";
    }

    /// The steps of a difference of two numbers below 20, the first not smaller.
    public static String difference(int a, int b) {
        return a + " - " + b + " = " + (a - b) + ". The answer is " + (a - b) + ".";
    }

    /// The steps of putting numbers in order, smallest first.
    public static String sorted(List<Integer> numbers) {
        List<Integer> sorted = numbers.stream().sorted().toList();
        StringBuilder steps = new StringBuilder();
        for (Integer next : sorted.subList(0, sorted.size() - 1)) {
            steps.append(steps.isEmpty() ? "The smallest is " : "Then comes ")
                    .append(next)
                    .append(". ");
        }
        return steps + "In order: " + joined(sorted) + ".";
    }

    /// `7, 3, 9`.
    public static String joined(List<?> items) {
        return items.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
