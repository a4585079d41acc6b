package org.align4j.train.preference;

import java.nio.file.Path;
import java.util.Optional;
import org.align4j.model.Heads;
import org.align4j.run.Interruption;
import org.align4j.run.RunListener;
import org.align4j.train.BatchConfig;
import org.align4j.train.Learner;
import org.align4j.train.LoraConfig;
import org.align4j.train.OptimizationConfig;
import org.align4j.train.PaceConfig;
import org.align4j.train.Precision;

/// What the settings of all runs that learn from preferences by a reference have in common.
sealed interface PreferenceConfig permits DpoConfig, KtoConfig {
    Path model();

    Path output();

    PreferenceDataConfig data();

    ReferenceConfig reference();

    long seed();

    String device();

    Precision precision();

    Optional<LoraConfig> lora();

    BatchConfig batches();

    OptimizationConfig optimization();

    PaceConfig pace();

    /// Whether the loss looks at the reference.
    boolean usesReference();

    /// What it says about the model.
    default Learner.Settings learner() {
        return new Learner.Settings(model(), device(), precision(), lora(), Heads.LANGUAGE, false, seed());
    }

    default ReferencePass referencePass(RunListener listener, Interruption interruption) {
        return new ReferencePass(reference(), learner(), batches().maxTokens(), listener, interruption);
    }
}
