package org.align4j.train.policy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.align4j.checkpoint.ElementType;
import org.align4j.checkpoint.SafetensorsWriter;
import org.align4j.checkpoint.TensorSource;
import org.align4j.checkpoint.TrainingState;
import org.align4j.checkpoint.WeightFile;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.nn.Parameter;
import org.align4j.nn.Parameters;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;
import org.align4j.train.Learner;
import org.align4j.train.Optimization;
import org.align4j.train.Progress;
import org.align4j.train.Resume;

/// What says how much reward is still to come: a model of its own, or a head on the policy's hidden
/// states. A checkpoint has it in its folder `value`.
sealed interface Critic extends AutoCloseable {
    /// Whose scores are the values.
    CausalLm model();

    /// What its optimiser changes.
    Parameters parameters();

    /// About how many bytes it adds to a checkpoint.
    long checkpointBytes(Optimization optimization);

    /// Writes it and what its optimiser remembers into a checkpoint.
    void save(Path checkpoint, long step, Optimization optimization) throws IOException;

    /// Gives the optimiser back what it remembered in a checkpoint.
    void restore(Path checkpoint, Optimization optimization, Resume resume);

    @Override
    void close();

    /// @param checkpoint to go on from; empty: a new run
    /// @throws AlignException.Config for a value model that reads other tokens than the policy
    static Critic load(PpoConfig config, Learner policy, Optional<Path> checkpoint) {
        Optional<Path> saved = checkpoint.map(Critic::folder);
        if (config.shared()) {
            return Head.of(policy.model(), saved);
        }
        Learner learner =
                Learner.load(config.values(), saved.orElse(config.values().model()));
        try {
            policy.loaded().requireTokensOf(learner.loaded(), "value_model");
        } catch (AlignException.Config e) {
            learner.close();
            throw e;
        }
        return new Own(learner);
    }

    private static Path folder(Path checkpoint) {
        return checkpoint.resolve("value");
    }

    /// A model of its own.
    record Own(Learner learner) implements Critic {
        @Override
        public CausalLm model() {
            return learner.model();
        }

        @Override
        public Parameters parameters() {
            return learner.parameters();
        }

        @Override
        public long checkpointBytes(Optimization optimization) {
            return learner.checkpointBytes(optimization);
        }

        @Override
        public void save(Path checkpoint, long step, Optimization optimization) throws IOException {
            learner.save(Files.createDirectories(folder(checkpoint)), Progress.at(step), optimization);
        }

        @Override
        public void restore(Path checkpoint, Optimization optimization, Resume resume) {
            learner.restore(folder(checkpoint), optimization, resume);
        }

        @Override
        public void close() {
            learner.close();
        }
    }

    /// A head on the policy's hidden states: values and log-probabilities come of one forward pass,
    /// and the value loss's gradient goes on into the policy's adapter.
    ///
    /// @param model the policy's
    /// @param parameters the head's weight, `[1, H]`
    record Head(CausalLm model, Parameters parameters) implements Critic {
        private static final String WEIGHT = "score.weight";
        private static final String FILE = "score.safetensors";

        /// A new head is 0: values that say nothing yet don't disturb the policy's adapter.
        static Head of(CausalLm model, Optional<Path> saved) {
            Parameter frozen = model.scoreWeight();
            List<Long> shape = List.of(1L, (long) model.architecture().hiddenSize());
            Parameters own = new Parameters(
                    List.of(new Parameters.Spec(WEIGHT, shape, true)), DType.FLOAT32, model.device(), true);
            Tensor weight = own.get(WEIGHT).master();
            weight.zero_();
            saved.ifPresent(folder -> weight.copy_(read(folder)));
            own.refresh();
            frozen.standIn(own.get(WEIGHT));
            return new Head(model, own);
        }

        private static Tensor read(Path folder) {
            try (WeightFile file = WeightFile.open(folder.resolve(FILE))) {
                Tensor weight = Tensor.empty(DType.FLOAT32, Device.CPU, file.shape(WEIGHT));
                file.readFloats(WEIGHT, weight.segment());
                return weight;
            }
        }

        @Override
        public long checkpointBytes(Optimization optimization) {
            return 3 * parameters.size() * Float.BYTES;
        }

        @Override
        public void save(Path checkpoint, long step, Optimization optimization) throws IOException {
            Path folder = Files.createDirectories(folder(checkpoint));
            Tensor weight = parameters.get(WEIGHT).master();
            float[] numbers = weight.toFloats();
            SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
            tensors.put(
                    WEIGHT,
                    TensorSource.ofFloats(ElementType.F32, weight.shape(), () -> MemorySegment.ofArray(numbers)));
            SafetensorsWriter.write(folder.resolve(FILE), tensors, Map.of());
            // where the run went on, the policy's state says
            new TrainingState(step, Map.of(), Map.of()).save(folder, optimization.optimizer());
        }

        @Override
        public void restore(Path checkpoint, Optimization optimization, Resume resume) {
            TrainingState.restore(folder(checkpoint), optimization.optimizer());
        }

        @Override
        public void close() {
            // the weights are the policy's affair, and the scope's
        }
    }
}
