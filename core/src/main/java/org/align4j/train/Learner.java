package org.align4j.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.checkpoint.TrainingState;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.nn.Parameters;
import org.align4j.peft.AdapterConfig;
import org.align4j.peft.AttachedAdapter;
import org.align4j.peft.ModuleSelection;
import org.align4j.run.Provenance;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Threads;
import org.align4j.train.SftConfig.LoraConfig;

/// The model that a run trains and what changes it: which of its weights are trained, how they are loaded and saved.
final class Learner implements AutoCloseable {
    private final LoadedModel loaded;
    private final Optional<AttachedAdapter> adapter;
    private final Map<String, String> environment;

    private Learner(LoadedModel loaded, Optional<AttachedAdapter> adapter, Map<String, String> environment) {
        this.loaded = loaded;
        this.adapter = adapter;
        this.environment = environment;
    }

    /// What is to be trained.
    ///
    /// @param model a Hugging Face directory, a GGUF file or an earlier run
    /// @param lora the adapter that is trained instead of all weights
    /// @param seed of its first values
    record Subject(Path model, Device device, DType dtype, Optional<LoraConfig> lora, long seed) {}

    /// @param from the model to begin with, or the checkpoint to go on from
    static Learner load(Subject subject, Path from) {
        if (subject.lora().isEmpty()) {
            return new Learner(
                    LoadedModel.load(from, subject.dtype(), subject.device(), true),
                    Optional.empty(),
                    environment(subject.device()));
        }
        LoadedModel base = LoadedModel.load(subject.model(), subject.dtype(), subject.device(), false);
        try {
            return new Learner(
                    base, Optional.of(adapter(subject, base.model(), from)), environment(subject.device()));
        } catch (RuntimeException e) {
            base.close();
            throw e;
        }
    }

    private static AttachedAdapter adapter(Subject subject, CausalLm base, Path from) {
        String name = subject.model().toString();
        if (!from.equals(subject.model())) {
            return AttachedAdapter.load(base, name, from, true);
        }
        LoraConfig lora = subject.lora().orElseThrow();
        AdapterConfig wanted = AdapterConfig.create(
                name,
                lora.rank(),
                lora.alpha(),
                lora.dropout(),
                lora.targetModules().isEmpty()
                        ? new ModuleSelection.AllLinear()
                        : new ModuleSelection.Named(lora.targetModules()),
                lora.rsLora(),
                lora.dora(),
                false);
        return AttachedAdapter.create(base, name, wanted, subject.seed());
    }

    /// What decides the last digits of the arithmetic.
    private static Map<String, String> environment(Device device) {
        return Map.of(
                "version", Provenance.version(),
                "machine", System.getProperty("os.arch") + " " + Threads.instructions(),
                "device", device.toString(),
                "threads", String.valueOf(Threads.count()));
    }

    LoadedModel loaded() {
        return loaded;
    }

    CausalLm model() {
        return loaded.model();
    }

    /// What is trained on top of the model, if not the model itself.
    Optional<AttachedAdapter> adapter() {
        return adapter;
    }

    /// What the optimiser changes.
    Parameters parameters() {
        return adapter.map(AttachedAdapter::parameters)
                .orElseGet(() -> loaded.model().parameters());
    }

    /// Bytes of a checkpoint.
    long checkpointBytes(Optimization optimization) {
        long moments = optimization.optimizer().state().tensors().values().stream()
                .mapToLong(tensor -> tensor.numel() * Float.BYTES)
                .sum();
        return parameters().size() * Float.BYTES + moments;
    }

    /// Writes a checkpoint. The weights are in float32: they are the masters that a resumed run goes on from.
    void save(Path folder, Progress progress, Optimization optimization) throws IOException {
        if (adapter.isPresent()) {
            adapter.get().save(folder);
            loaded.tokenizer().save(folder);
        } else {
            new HfModel(loaded.model(), loaded.config()).write(folder, loaded.tokenizer(), DType.FLOAT32);
        }
        new TrainingState(progress.step(), progress.numbers(), environment).save(folder, optimization.optimizer());
    }

    /// Gives the optimiser back what it remembered in a checkpoint; the weights are loaded from there already.
    ///
    /// @throws AlignException.Checkpoint of another environment, unless `resume` allows that
    Progress restore(Path checkpoint, Optimization optimization, Resume resume) {
        TrainingState state = TrainingState.read(checkpoint);
        resume.check(checkpoint, state.environment(), environment);
        TrainingState.restore(checkpoint, optimization.optimizer());
        return Progress.of(state);
    }

    @Override
    public void close() {
        loaded.close();
    }
}
