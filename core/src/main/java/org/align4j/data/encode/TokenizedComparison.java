package org.align4j.data.encode;

import java.util.List;
import org.align4j.data.TokenizedExample;
import org.align4j.data.preference.Comparison;

/// A comparison whose outputs are tokens: prompt and answer, up to the answer's end token.
///
/// @param comparison what is said about them
/// @param outputs in the order of the comparison's ids; the loss mask marks the answer
public record TokenizedComparison(Comparison comparison, List<TokenizedExample> outputs) {
    public TokenizedComparison {
        outputs = List.copyOf(outputs);
    }

    /// The tokens of an output.
    ///
    /// @param id one of the comparison's
    public TokenizedExample output(String id) {
        return outputs.get(comparison.ids().indexOf(id));
    }

    /// Tokens of all outputs.
    public int length() {
        return outputs.stream().mapToInt(TokenizedExample::length).sum();
    }
}
