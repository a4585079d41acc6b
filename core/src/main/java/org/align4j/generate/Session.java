package org.align4j.generate;

import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;

/// One conversation with a model. Keys and values stay from answer to answer: of the next prompt
/// only what doesn't begin it as before is run.
public final class Session implements AutoCloseable {
    private final Generator generator;
    private final Decoder decoder;
    /// The tokens whose keys and values are there.
    private int[] cached = new int[0];

    Session(Generator generator, Decoder decoder) {
        this.generator = generator;
        this.decoder = decoder;
    }

    /// The answer to a prompt: the whole conversation so far.
    ///
    /// @param interrupted asked before each step; once true, the answer ends where it is
    /// @throws org.align4j.error.AlignException.Data for a prompt that is empty or too long, see
    ///     [Generator#generate]
    public Generation answer(
            GenerationRequest request,
            GenerationOptions options,
            GenerationListener listener,
            BooleanSupplier interrupted) {
        generator.check(List.of(request), options);
        int[] prompt = request.prompt();
        int known = reusable(prompt);
        // Should this fail, what is there is not what is remembered.
        cached = new int[0];
        Generation answer = generator.continued(decoder, request, known, options, listener, interrupted);
        int[] tokens = Arrays.copyOf(prompt, prompt.length + answer.tokens().length);
        System.arraycopy(answer.tokens(), 0, tokens, prompt.length, answer.tokens().length);
        // The newest token was never run.
        cached = Arrays.copyOf(tokens, tokens.length - 1);
        return answer;
    }

    /// How many of the prompt's tokens are there already; at least the last is run for its logits.
    private int reusable(int[] prompt) {
        if (!decoder.turnsAlike(cached.length, prompt.length)) {
            return 0;
        }
        int common = Arrays.mismatch(cached, prompt);
        return Math.min(common < 0 ? prompt.length : common, prompt.length - 1);
    }

    /// How many tokens the conversation holds.
    public int length() {
        return cached.length;
    }

    @Override
    public void close() {
        decoder.close();
    }
}
