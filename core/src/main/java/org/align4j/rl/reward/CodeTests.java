package org.align4j.rl.reward;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The share of tests that a response's code passes. The code is the last block between lines of
/// three back quotes, or else the whole response; each test is put behind it, and both are run as
/// one program that must end with status 0.
final class CodeTests implements RewardFunction {
    private static final Pattern BLOCK = Pattern.compile("```[A-Za-z0-9+_-]{0,20}[ \\t]*\\R(.*?)```", Pattern.DOTALL);

    private final String column;
    private final Sandbox sandbox;

    /// @param column with a test, or a list of tests; NaN where a row has none
    CodeTests(String column, Sandbox sandbox) {
        this.column = column;
        this.sandbox = sandbox;
    }

    @Override
    public double[] of(List<Attempt> attempts) {
        return attempts.stream().mapToDouble(this::share).toArray();
    }

    private double share(Attempt attempt) {
        List<String> tests = tests(attempt.fields().get(column));
        if (tests.isEmpty()) {
            return Double.NaN;
        }
        String code = code(attempt.response());
        long passed = tests.stream()
                .filter(test -> sandbox.run(code + "\n" + test + "\n").ending() == Sandbox.Ending.PASSED)
                .count();
        return passed / (double) tests.size();
    }

    private static List<String> tests(@Nullable Object value) {
        return switch (value) {
            case null -> List.of();
            case List<?> list -> list.stream().map(String::valueOf).toList();
            default ->
                Stream.of(String.valueOf(value)).filter(test -> !test.isBlank()).toList();
        };
    }

    static String code(String response) {
        Matcher matcher = BLOCK.matcher(response);
        String code = response;
        while (matcher.find()) {
            code = matcher.group(1);
        }
        return code;
    }
}
