package org.align4j.evaluate;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.align4j.data.Source;
import org.align4j.error.AlignException;

/// A question of several options, one of them right. The likeliest is what the model chooses.
///
/// @param context what stands before every option
/// @param options what may follow it, at least two, each with the white space that parts it from
///     the context
/// @param right index of the right one
public record Choice(String context, List<String> options, int right, Source source) {
    /// @throws AlignException.Data for fewer than two options, empty ones, or a right one that
    ///     isn't among them
    public Choice {
        options = List.copyOf(options);
        if (options.size() < 2) {
            throw new AlignException.Data(source + ": " + options.size() + " options; give at least two");
        }
        if (options.stream().anyMatch(String::isEmpty)) {
            throw new AlignException.Data(source + ": an option is empty; nothing can be scored");
        }
        if (right < 0 || right >= options.size()) {
            throw new AlignException.Data(
                    source + ": the right option is " + right + "; expected 0 to " + (options.size() - 1));
        }
    }

    /// The option that the model finds likeliest: lm-evaluation-harness's `acc`. Of equal ones the
    /// first.
    ///
    /// @param logps summed log-probabilities of the options
    public int likeliest(double[] logps) {
        return best(logps, option -> 1);
    }

    /// The likeliest for its length in characters, white space before it included: `acc_norm`.
    public int likeliestByCharacter(double[] logps) {
        return best(logps, option -> option.codePointCount(0, option.length()));
    }

    /// The likeliest for its length in bytes of UTF-8: `acc_bytes`.
    public int likeliestByByte(double[] logps) {
        return best(logps, option -> option.getBytes(StandardCharsets.UTF_8).length);
    }

    private int best(double[] logps, ToDoubleFunction<String> length) {
        int best = 0;
        for (int i = 1; i < logps.length; i++) {
            if (logps[i] / length.applyAsDouble(options.get(i))
                    > logps[best] / length.applyAsDouble(options.get(best))) {
                best = i;
            }
        }
        return best;
    }
}
