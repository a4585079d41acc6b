package org.align4j.train.reward;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.align4j.config.Unwrapped;
import org.align4j.data.rows.DataFiles;
import org.align4j.error.Require;
import org.align4j.loss.RewardLoss;
import org.align4j.loss.RewardLoss.BradleyTerry.Ties;
import org.align4j.model.Heads;
import org.align4j.train.BatchConfig;
import org.align4j.train.Learner;
import org.align4j.train.LoraConfig;
import org.align4j.train.OptimizationConfig;
import org.align4j.train.PaceConfig;
import org.align4j.train.Precision;
import org.align4j.train.preference.PreferenceDataConfig;

/// Settings of a reward model's training.
///
/// @param model a Hugging Face directory, a GGUF file or an earlier run: best the SFT model
/// @param output folder of the run
/// @param seed of everything random
/// @param device `cpu` or `cuda:N`
/// @param precision of the computation; masters are float32 in any case
/// @param lora trains an adapter and the head instead of all weights
/// @param loss what a labeler's word costs
/// @param centring coefficient of (r_i + r_j)², Eisenstein et al. 2023; TRL's
///     `center_rewards_coefficient`
/// @param languageModelling coefficient of the best outputs' next-token loss
/// @param demonstrations files of prompts and answers that shall score 0 on average; empty: the
///     preferred outputs of the training data
/// @param normaliseExamples demonstrations that this is computed with, from the start; 0: no shift
///     is computed
/// @param batches what a step learns from, and when the run ends
/// @param optimization how gradients change weights
/// @param lean recompute activations: slower, far smaller
/// @param pace how often it is evaluated, saved and shown
public record RewardConfig(
        Path model,
        Path output,
        PreferenceDataConfig data,
        long seed,
        String device,
        Precision precision,
        Optional<LoraConfig> lora,
        Loss loss,
        double centring,
        double languageModelling,
        List<String> demonstrations,
        int normaliseExamples,
        @Unwrapped BatchConfig batches,
        @Unwrapped OptimizationConfig optimization,
        boolean lean,
        @Unwrapped PaceConfig pace) {
    public RewardConfig {
        demonstrations = List.copyOf(demonstrations);
        Require.atLeast("centring", centring, 0);
        Require.atLeast("language_modelling", languageModelling, 0);
        Require.atLeast("normalise_examples", normaliseExamples, 0);
        pace.checkEvaluations(
                data.evaluates(), "comparisons to evaluate on: data.eval, data.eval_count or data.eval_fraction");
    }

    /// The defaults that `align4j init reward` shows.
    public static RewardConfig defaults(Path model, PreferenceDataConfig data) {
        return new RewardConfig(
                model,
                Path.of("runs/reward"),
                data,
                42,
                "cpu",
                Precision.BF16,
                Optional.empty(),
                Loss.defaults(),
                0,
                0,
                List.of(),
                256,
                BatchConfig.of(4),
                OptimizationConfig.linear(2e-5),
                false,
                PaceConfig.atTheEnd());
    }

    /// Every file that is read.
    List<Path> files() {
        List<Path> files = new ArrayList<>(data.files());
        if (!demonstrations.isEmpty()) {
            files.addAll(DataFiles.resolve(demonstrations));
        }
        return files;
    }

    /// What it says about the model.
    Learner.Settings learner() {
        Heads heads = languageModelling > 0 ? Heads.BOTH : Heads.SCALAR;
        return new Learner.Settings(model, device, precision, lora, heads, true, seed);
    }

    /// Which of the [RewardLoss] it is.
    ///
    /// @param type its name
    /// @param labelSmoothing of Bradley–Terry: share of labels thought to be wrong
    /// @param margins of Bradley–Terry: demand the data's margins
    /// @param ties of Bradley–Terry: `half` a win for each, or `drop`
    /// @param tieStrength Davidson's ν, or Rao and Kupper's θ
    public record Loss(Type type, double labelSmoothing, boolean margins, Ties ties, double tieStrength) {
        /// The losses by their names in a configuration.
        public enum Type {
            BRADLEY_TERRY,
            DAVIDSON,
            RAO_KUPPER,
            PLACKETT_LUCE,
            REGRESSION
        }

        public Loss {
            loss(type, labelSmoothing, margins, ties, tieStrength);
        }

        public static Loss defaults() {
            return new Loss(Type.BRADLEY_TERRY, 0, false, Ties.HALF, 2);
        }

        private static RewardLoss loss(
                Type type, double labelSmoothing, boolean margins, Ties ties, double tieStrength) {
            return switch (type) {
                case BRADLEY_TERRY -> new RewardLoss.BradleyTerry(labelSmoothing, margins, ties);
                case DAVIDSON -> new RewardLoss.Davidson(tieStrength);
                case RAO_KUPPER -> new RewardLoss.RaoKupper(tieStrength);
                case PLACKETT_LUCE -> new RewardLoss.PlackettLuce();
                case REGRESSION -> new RewardLoss.Regression();
            };
        }

        RewardLoss loss() {
            return loss(type, labelSmoothing, margins, ties, tieStrength);
        }
    }
}
