package org.align4j.tensor;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.align4j.error.AlignException;

/// Turns libtorch's failures into messages with the operation and the operands' shapes.
final class Failures {
    private Failures() {}

    /// A failure of a call on `self` with `others`.
    static AlignException.Tensor on(Tensor self, Tensor[] others, String operation, RuntimeException cause) {
        return of(
                operation,
                cause,
                Stream.concat(Stream.of(self), Arrays.stream(others)).toArray(Tensor[]::new));
    }

    static AlignException.Tensor of(String operation, RuntimeException cause, Tensor... operands) {
        String shapes = Arrays.stream(operands).map(Tensor::toString).collect(Collectors.joining(", "));
        String why = Objects.requireNonNullElse(cause.getMessage(), cause.toString());
        boolean memory = why.contains("out of memory") || why.contains("can't allocate memory");
        String first = why.lines().findFirst().orElse("").strip();
        String text = operation + "(" + shapes + "): " + first;
        return new AlignException.Tensor(
                memory
                        ? "out of memory in " + text.toLowerCase(Locale.ROOT)
                                + "; use smaller batches (max_tokens), lean: true, or LoRA"
                        : text,
                cause);
    }
}
