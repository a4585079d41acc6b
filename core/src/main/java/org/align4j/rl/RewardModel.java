package org.align4j.rl;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.error.AlignException;
import org.align4j.model.Heads;
import org.align4j.peft.ModelLoading;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.Tokenizer;

/// A reward model for use. Its weights belong to the scope that it was loaded in; closing frees the
/// tokenizer.
public final class RewardModel implements Scorer {
    private final LoadedModel loaded;
    private final Optional<RewardNormalisation> normalisation;

    private RewardModel(LoadedModel loaded, Optional<RewardNormalisation> normalisation) {
        this.loaded = loaded;
        this.normalisation = normalisation;
    }

    /// Loads what `path` names: a directory of transformers' class for sequence classification with
    /// one label, an adapter of one, or a run.
    ///
    /// @throws AlignException.Model for what is no reward model
    /// @throws AlignException.Checkpoint for weights that are missing, damaged or of another shape
    public static RewardModel load(Path path, DType dtype, Device device) {
        if (!ModelLoading.isScoring(path)) {
            throw new AlignException.Model(path
                    + ": is no reward model (a …ForSequenceClassification directory or an adapter of one);"
                    + " train one with align4j reward");
        }
        return new RewardModel(
                ModelLoading.load(path, dtype, device, Heads.SCALAR),
                RewardNormalisation.read(ModelLoading.folderOf(path)));
    }

    @Override
    public LoadedModel loaded() {
        return loaded;
    }

    public Tokenizer tokenizer() {
        return loaded.tokenizer();
    }

    @Override
    public Optional<ChatRenderer> renderer() {
        return normalisation.map(RewardNormalisation::chat).orElse(true)
                ? loaded.template().map(template -> ChatRenderer.of(template, ChatTemplate.Options.conversation()))
                : Optional.empty();
    }

    /// As transformers computes them. See [Scores].
    @Override
    public List<float[]> score(List<List<TokenizedExample>> groups, int maxTokens, BooleanSupplier interrupted) {
        return Scores.of(loaded.model(), groups, maxTokens, interrupted);
    }

    @Override
    public double normalised(double raw) {
        return raw + normalisation.map(RewardNormalisation::shift).orElse(0.0);
    }

    @Override
    public void close() {
        loaded.close();
    }
}
