package org.align4j.train;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.checkpoint.TrainingState;
import org.align4j.model.CausalLm;
import org.align4j.nn.Parameters;
import org.align4j.peft.AdapterConfig;
import org.align4j.peft.AttachedAdapter;
import org.align4j.peft.ModuleSelection;
import org.align4j.run.Provenance;
import org.align4j.run.RunFiles;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Threads;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.Tokenizer;

/// The model that a run trains: which of its weights, and how they are loaded and saved.
final class Learner implements AutoCloseable {
    private final LoadedModel loaded;
    private final Precision precision;
    private final Optional<Path> resumedFrom;

    private final Optional<AttachedAdapter> adapter;

    private Learner(
            LoadedModel loaded, Optional<AttachedAdapter> adapter, Precision precision, Optional<Path> resumedFrom) {
        this.loaded = loaded;
        this.adapter = adapter;
        this.precision = precision;
        this.resumedFrom = resumedFrom;
    }

    static Learner load(SftConfig config, Resume resume) {
        Device device = Device.parse(config.device());
        Optional<Path> checkpoint = resume.wanted()
                ? new RunFiles(config.output()).checkpoints().newest().map(last -> last.folder())
                : Optional.empty();
        DType dtype = config.precision().dtype();
        if (config.lora().isEmpty()) {
            LoadedModel loaded = LoadedModel.load(checkpoint.orElse(config.model()), dtype, device, true);
            return new Learner(loaded, Optional.empty(), config.precision(), checkpoint);
        }
        LoadedModel base = LoadedModel.load(config.model(), dtype, device, false);
        String name = config.model().toString();
        AttachedAdapter adapter = checkpoint
                .map(folder -> AttachedAdapter.load(base.model(), name, folder, true))
                .orElseGet(() -> AttachedAdapter.create(
                        base.model(), name, adapterConfig(config.lora().get(), name), config.seed()));
        return new Learner(base, Optional.of(adapter), config.precision(), checkpoint);
    }

    private static AdapterConfig adapterConfig(SftConfig.LoraConfig lora, String base) {
        return AdapterConfig.create(
                base,
                lora.rank(),
                lora.alpha(),
                lora.dropout(),
                lora.targetModules().isEmpty()
                        ? new ModuleSelection.AllLinear()
                        : new ModuleSelection.Named(lora.targetModules()),
                lora.rsLora(),
                lora.dora(),
                false);
    }

    CausalLm model() {
        return loaded.model();
    }

    Tokenizer tokenizer() {
        return loaded.tokenizer();
    }

    Optional<ChatTemplate> template() {
        return loaded.template();
    }

    /// What the optimiser changes.
    Parameters parameters() {
        return adapter.map(AttachedAdapter::parameters)
                .orElseGet(() -> loaded.model().parameters());
    }

    Optional<Path> resumedFrom() {
        return resumedFrom;
    }

    long firstStep() {
        return resumedFrom.map(folder -> TrainingState.read(folder).step()).orElse(0L);
    }

    /// What decides the last digits of the arithmetic.
    Map<String, String> environment() {
        return Map.of(
                "version", Provenance.version(),
                "machine", System.getProperty("os.arch"),
                "threads", String.valueOf(Threads.count()),
                "precision", precision.name());
    }

    /// Writes a checkpoint's weights, in float32: they are the masters that a resumed run goes on from.
    void save(Path folder) {
        if (adapter.isPresent()) {
            adapter.get().save(folder);
            loaded.tokenizer().save(folder);
            return;
        }
        new HfModel(loaded.model(), loaded.config()).write(folder, loaded.tokenizer(), DType.FLOAT32);
    }

    @Override
    public void close() {
        loaded.close();
    }
}
