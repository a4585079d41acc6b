package org.align4j.rl.reward;

import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;

/// The share of tests that a response's code passes. The code is the last block between lines of
/// three back quotes, or else the whole response; each test is put behind it, and both are run as
/// one program that must end with status 0, and only after the test: otherwise a policy learns to
/// end programs early.
final class CodeTests implements RewardFunction {
    private static final Pattern BLOCK = Pattern.compile("```[A-Za-z0-9+_-]{0,20}[ \\t]*\\R(.*?)```", Pattern.DOTALL);

    static final String MARK = "{mark}";

    private final String column;
    private final Sandbox sandbox;
    private final String proof;

    private CodeTests(String column, Sandbox sandbox, String proof) {
        this.column = column;
        this.sandbox = sandbox;
        this.proof = proof;
    }

    /// @param column with a test, or a list of tests; NaN where a row has none
    /// @param proof a last line that writes [#MARK]; empty: status 0 is enough
    /// @throws AlignException.Config where programs can't be run
    static CodeTests of(String column, Sandbox sandbox, String proof) {
        CodeTests tests = new CodeTests(column, sandbox, proof);
        if (!proof.isEmpty() && !tests.passes("")) {
            throw new AlignException.Config(
                    "rewards: a program of nothing but " + proof + " fails: "
                            + sandbox.run(proof).output().strip()
                            + "; name a command that runs in the sandbox, and a proof in its language, such as test $? = 0 && echo {mark}");
        }
        return tests;
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
        long passed =
                tests.stream().filter(test -> passes(code + "\n" + test + "\n")).count();
        return passed / (double) tests.size();
    }

    private boolean passes(String program) {
        String mark = UUID.randomUUID().toString();
        Sandbox.Outcome outcome = sandbox.run(program + proof.replace(MARK, mark) + "\n");
        return outcome.ending() == Sandbox.Ending.PASSED
                && (proof.isEmpty() || outcome.output().contains(mark));
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
