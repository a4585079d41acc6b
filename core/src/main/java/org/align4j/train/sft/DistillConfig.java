package org.align4j.train.sft;

import java.nio.file.Path;
import org.align4j.loss.Distillation;

/// Learning from a teacher's token probabilities (`distill`).
///
/// @param teacher a local model with the same tokenizer: a Hugging Face directory, a GGUF file or a
///     run
/// @param weight of the divergence from the teacher; the rest is the tokens' own loss
/// @param temperature that softens both distributions
/// @param topK tokens of each distribution that count; 0: all
public record DistillConfig(Path teacher, double weight, double temperature, int topK) {
    public DistillConfig {
        if (topK < 0) {
            throw new IllegalArgumentException("top_k must be ≥ 0, got " + topK);
        }
        // checks weight and temperature
        new Distillation(weight, temperature);
    }

    /// Half of the loss, at temperature 1, of whole distributions.
    public static DistillConfig defaults(Path teacher) {
        return new DistillConfig(teacher, 0.5, 1, 0);
    }

    Distillation loss() {
        return new Distillation(weight, temperature);
    }
}
