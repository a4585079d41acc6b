package org.align4j.train.sft;

import java.util.stream.IntStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.PackedBatch;
import org.align4j.error.AlignException;
import org.align4j.model.SoftTargets;
import org.align4j.peft.ModelLoading;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.train.Learner;
import org.align4j.train.Precision;

/// A local model whose token probabilities a student learns from.
final class TokenTeacher implements AutoCloseable {
    private final LoadedModel loaded;
    private final DistillConfig config;

    private TokenTeacher(LoadedModel loaded, DistillConfig config) {
        this.loaded = loaded;
        this.config = config;
    }

    /// Loads it beside the student, in the scope that is open.
    ///
    /// @throws AlignException.Config when it reads other tokens than the student
    static TokenTeacher load(DistillConfig config, Learner student, Precision precision) {
        LoadedModel loaded = ModelLoading.load(
                config.teacher(), precision.dtype(), student.model().device());
        int known = loaded.model().architecture().vocabularySize();
        int wanted = student.model().architecture().vocabularySize();
        if (known != wanted || !sameTokens(loaded.tokenizer(), student.loaded().tokenizer())) {
            loaded.close();
            throw new AlignException.Config("distill.teacher: " + config.teacher()
                    + ": reads other tokens than the model ("
                    + known + " and " + wanted + " in their vocabularies); name a teacher with the same tokenizer,"
                    + " or let it write answers: align4j data distill");
        }
        return new TokenTeacher(loaded, config);
    }

    private static boolean sameTokens(Tokenizer one, Tokenizer other) {
        return one.vocabularySize() == other.vocabularySize()
                && IntStream.range(0, one.vocabularySize())
                        .allMatch(id -> one.token(id).equals(other.token(id)));
    }

    DistillConfig config() {
        return config;
    }

    /// Its distributions at the batch's targets, in the scope that is open.
    SoftTargets of(PackedBatch batch) {
        return SoftTargets.of(loaded.model(), batch, config.temperature(), config.topK());
    }

    @Override
    public void close() {
        loaded.close();
    }
}
