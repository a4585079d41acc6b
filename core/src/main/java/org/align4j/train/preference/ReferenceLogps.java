package org.align4j.train.preference;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.peft.AttachedAdapter;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;

/// Log-probabilities of answers' tokens under the reference.
sealed interface ReferenceLogps {
    /// Of the trained tokens of a batch, float32 `[M]`.
    ///
    /// @param sequences what the batch was packed of
    Tensor of(PackedBatch batch, List<TokenizedExample> sequences);

    /// A uniform reference, whose constant cancels.
    record None(Device device) implements ReferenceLogps {
        @Override
        public Tensor of(PackedBatch batch, List<TokenizedExample> sequences) {
            return Tensor.zeros(DType.FLOAT32, device, batch.trainedTokens());
        }
    }

    /// Another model in memory.
    record Live(CausalLm model) implements ReferenceLogps {
        @Override
        public Tensor of(PackedBatch batch, List<TokenizedExample> sequences) {
            try (Tape tape = model.forward(batch, Wanted.logps(), Recording.NONE)) {
                return tape.logps();
            }
        }
    }

    /// The model that is trained, its adapter switched off.
    record AdapterOff(CausalLm model, AttachedAdapter adapter) implements ReferenceLogps {
        @Override
        public Tensor of(PackedBatch batch, List<TokenizedExample> sequences) {
            adapter.disable();
            try {
                return new Live(model).of(batch, sequences);
            } finally {
                adapter.enable();
            }
        }
    }

    /// What was computed before.
    ///
    /// @param logps of each sequence's trained tokens
    record Cached(Map<TokenizedExample, float[]> logps, Device device) implements ReferenceLogps {
        @Override
        public Tensor of(PackedBatch batch, List<TokenizedExample> sequences) {
            float[] all = new float[batch.trainedTokens()];
            int count = 0;
            for (TokenizedExample sequence : sequences) {
                float[] own = Objects.requireNonNull(logps.get(sequence), "not among the reference's sequences");
                System.arraycopy(own, 0, all, count, own.length);
                count += own.length;
            }
            return Tensor.of(all).to(device);
        }
    }
}
