package org.align4j.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.checkpoint.TrainingState;
import org.align4j.model.CausalLm;
import org.align4j.model.Heads;
import org.align4j.model.HfConfig;
import org.align4j.nn.Parameters;
import org.align4j.peft.AdapterConfig;
import org.align4j.peft.AttachedAdapter;
import org.align4j.peft.ModelLoading;
import org.align4j.peft.ModuleSelection;
import org.align4j.rl.PadToken;
import org.align4j.run.Provenance;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Threads;

/// The model that a run trains and what changes it: which of its weights are trained, how they are
/// loaded and saved.
public final class Learner implements AutoCloseable {
    private final LoadedModel loaded;
    private final Optional<AttachedAdapter> adapter;
    private final Map<String, String> environment;
    private final List<Part> parts = new ArrayList<>();
    private long partBytes;

    /// Writes something of its own into a checkpoint's folder.
    public interface Part {
        void write(Path folder) throws IOException;
    }

    private Learner(LoadedModel loaded, Optional<AttachedAdapter> adapter, Map<String, String> environment) {
        this.loaded = loaded;
        this.adapter = adapter;
        this.environment = environment;
    }

    /// What a configuration says about the model.
    ///
    /// @param model to begin with
    /// @param lora trains an adapter instead of all weights
    /// @param heads wanted
    /// @param scoring whether the model is to be one that scores: its scalar head gets first values
    ///     where the files have none, is trained, and saved as transformers' class for that. Otherwise
    ///     what becomes of a scalar head is its owner's affair
    /// @param seed of first values
    public record Settings(
            Path model,
            String device,
            Precision precision,
            Optional<LoraConfig> lora,
            Heads heads,
            boolean scoring,
            long seed) {}

    /// Loads what a run trains, with an adapter and heads as `config` says.
    ///
    /// @param from the model to begin with, or the checkpoint to go on from
    public static Learner load(Settings config, Path from) {
        Device device = Device.parse(config.device());
        DType dtype = config.precision().dtype();
        if (config.lora().isEmpty()) {
            return of(headed(from, ModelLoading.whole(from, dtype, device, true, config.heads()), config));
        }
        LoadedModel base = headed(
                config.model(), ModelLoading.whole(config.model(), dtype, device, false, config.heads()), config);
        try {
            return new Learner(base, Optional.of(adapter(config, base.model(), from)), environment(device));
        } catch (RuntimeException e) {
            base.close();
            throw e;
        }
    }

    /// Trains all weights of a model that was loaded for that; closes it.
    public static Learner of(LoadedModel loaded) {
        return new Learner(loaded, Optional.empty(), environment(loaded.model().device()));
    }

    /// With first values of a scalar head that isn't in the files yet, and a configuration to save it
    /// with, where the model is to score.
    private static LoadedModel headed(Path from, LoadedModel loaded, Settings config) {
        if (!config.scoring()) {
            return loaded;
        }
        try {
            // an adapter of a reward model has a head, though its base's configuration knows of none
            if (!ModelLoading.isScoring(from)) {
                loaded.model().initialiseScore(config.seed());
            }
            return loaded.withConfig(HfConfig.scoring(loaded.config(), PadToken.of(loaded)));
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    private static AttachedAdapter adapter(Settings config, CausalLm base, Path from) {
        String name = config.model().toString();
        if (!from.equals(config.model())) {
            return AttachedAdapter.load(base, name, from, true);
        }
        LoraConfig lora = config.lora().orElseThrow();
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
        return AttachedAdapter.create(base, name, config.scoring() ? wanted.forScoring() : wanted, config.seed());
    }

    /// What decides the last digits of the arithmetic.
    private static Map<String, String> environment(Device device) {
        return Map.of(
                "version", Provenance.version(),
                "machine", System.getProperty("os.arch") + " " + Threads.instructions(),
                "device", device.toString(),
                "threads", String.valueOf(Threads.count()));
    }

    /// The model with its tokenizer, template and configuration.
    public LoadedModel loaded() {
        return loaded;
    }

    /// The model; with an adapter, if one is trained, attached.
    public CausalLm model() {
        return loaded.model();
    }

    /// What is trained on top of the model, if not the model itself.
    public Optional<AttachedAdapter> adapter() {
        return adapter;
    }

    /// What the optimiser changes.
    public Parameters parameters() {
        return adapter.map(AttachedAdapter::parameters)
                .orElseGet(() -> loaded.model().parameters());
    }

    /// About how many bytes a checkpoint has.
    public long checkpointBytes(Optimization optimization) {
        long moments = optimization.optimizer().state().tensors().values().stream()
                .mapToLong(tensor -> tensor.numel() * Float.BYTES)
                .sum();
        return parameters().size() * Float.BYTES + moments + partBytes;
    }

    /// Adds something small to what every checkpoint holds.
    public void saveWith(Part part) {
        saveWith(0, part);
    }

    /// Adds to what every checkpoint holds.
    ///
    /// @param bytes of the part, about; the warning of a full disk counts them
    public void saveWith(long bytes, Part part) {
        partBytes += bytes;
        parts.add(part);
    }

    /// Writes a checkpoint. The weights are in float32: they are the masters that a resumed run
    /// goes on from.
    public void save(Path folder, Progress progress, Optimization optimization) throws IOException {
        saveModel(folder);
        for (Part part : parts) {
            part.write(folder);
        }
        new TrainingState(progress.step(), progress.numbers(), environment).save(folder, optimization.optimizer());
    }

    /// Writes what is trained, in float32, as a model or an adapter that can be loaded.
    public void saveModel(Path folder) throws IOException {
        if (adapter.isPresent()) {
            adapter.get().save(folder);
            HfModel.saveTokenizer(folder, loaded.tokenizer(), loaded.config());
        } else {
            new HfModel(loaded.model(), loaded.config()).write(folder, loaded.tokenizer(), DType.FLOAT32);
        }
    }

    /// Gives the optimiser back what it remembered in a checkpoint; the weights are loaded from
    /// there already.
    ///
    /// @throws AlignException.Checkpoint of another environment, unless `resume` allows that
    public Progress restore(Path checkpoint, Optimization optimization, Resume resume) {
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
