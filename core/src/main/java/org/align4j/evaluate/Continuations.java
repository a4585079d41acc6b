package org.align4j.evaluate;

import java.util.Arrays;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.SpecialToken;
import org.align4j.tokenizer.Tokenizer;

/// Encodes a context and what may follow it as lm-evaluation-harness does: white space that ends
/// the context goes to the continuation, both are encoded as one text, and what is longer than the
/// context's own ids is the continuation. An empty context is the token that begins texts, or the
/// one that ends them.
///
/// @param most positions of the model; the context is cut from its start where both are longer
record Continuations(Tokenizer tokenizer, int most) {
    /// The whole sequence with the continuation as targets.
    TokenizedExample encode(String context, String continuation, Source source) {
        String trimmed = context.stripTrailing();
        if (trimmed.isEmpty()) {
            return sequence(begun(tokenizer.encode(context + continuation), source), 1, source);
        }
        int[] whole = tokenizer.encodePrompt(context + continuation);
        int[] before = tokenizer.encodePrompt(trimmed);
        return sequence(whole, Math.min(before.length, whole.length), source);
    }

    /// Ids of a prompt and ids that follow it, as a chat template's text and an answer do.
    TokenizedExample join(int[] prompt, int[] answer, Source source) {
        return sequence(follow(prompt, answer), prompt.length, source);
    }

    /// Ids of a text after the token that begins or ends texts, so that its first token is
    /// predicted, too.
    int[] begun(int[] text, Source source) {
        int first = tokenizer
                .bos()
                .or(tokenizer::eos)
                .map(SpecialToken::id)
                .orElseThrow(() -> new AlignException.Data(source
                        + ": nothing stands before the text, and the tokenizer has no token that begins or ends one;"
                        + " give a context"));
        // a text that begins with the token keeps one
        return text.length > 0 && text[0] == first ? text : follow(new int[] {first}, text);
    }

    private static int[] follow(int[] first, int[] second) {
        int[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private TokenizedExample sequence(int[] ids, int context, Source source) {
        int cut = Math.max(0, ids.length - most);
        if (cut > 0 && cut >= context) {
            throw new AlignException.Data(source + ": " + (ids.length - context) + " tokens to score are more than the"
                    + " model's " + most + " positions hold beside a context; shorten the text");
        }
        boolean[] targets = new boolean[ids.length - cut];
        Arrays.fill(targets, Math.max(1, context - cut), targets.length, true);
        return new TokenizedExample(Arrays.copyOfRange(ids, cut, ids.length), targets, source);
    }
}
