package org.align4j.data.encode;

import java.util.List;
import org.align4j.data.TokenizedExample;
import org.align4j.data.preference.Comparison;
import org.align4j.data.preference.Preference;

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

    /// The decided pairs as tokens, ties among them.
    public List<TokenizedPair> pairs() {
        return comparison.judgement().preferences().stream().map(this::pair).toList();
    }

    private TokenizedPair pair(Preference preference) {
        return new TokenizedPair(output(preference.better()), output(preference.worse()), preference);
    }
}
