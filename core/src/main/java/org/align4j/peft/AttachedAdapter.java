package org.align4j.peft;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.model.CausalLm;
import org.align4j.model.WeightLayout.Form;
import org.align4j.nn.Adapter;
import org.align4j.nn.Linear;
import org.align4j.nn.Parameter;
import org.align4j.nn.Parameters;
import org.align4j.peft.AdapterLayout.Group;
import org.align4j.peft.AdapterLayout.Saved;
import org.align4j.peft.AdapterLayout.Slot;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/// An adapter on a model: its parameters, which belong to the scope it is made in, and the places
/// in the model where they act. The base's own weights stay as they are until [#merge()].
///
/// Departs from PEFT: modules that this toolkit computes as one matrix (q, k and v; gate and up)
/// share one draw of the dropout, and a model in bfloat16 computes its adapters in bfloat16, from
/// float32 masters.
public final class AttachedAdapter {
    private final CausalLm model;
    private final AdapterConfig config;
    private final AdapterLayout layout;
    private final Parameters parameters;
    private final List<Adapter> adapters;

    private AttachedAdapter(CausalLm model, String baseName, AdapterConfig config, boolean trained) {
        this.model = model;
        this.config = config;
        this.layout = layout(model, baseName, config, trained);
        this.parameters = new Parameters(layout.specs(), model.dtype(), model.device(), trained, true);
        this.adapters = layout.groups().stream().map(this::adapter).toList();
    }

    /// A new adapter, to be trained; it changes nothing at first unless its initialisation is
    /// random.
    ///
    /// @param model the base, best loaded frozen: its weights take part in no gradient then
    /// @param baseName the base's path or name, for messages
    /// @param seed of its first values
    /// @throws AlignException.Config for modules that the base lacks or that cannot have an adapter
    public static AttachedAdapter create(CausalLm model, String baseName, AdapterConfig config, long seed) {
        List<String> unknown = config.unmatched(BaseShapes.of(baseName, model.layout()));
        if (!unknown.isEmpty()) {
            throw new AlignException.Config("lora.target_modules: " + String.join(", ", unknown) + ": " + baseName
                    + " has no linear module of that name; name some like q_proj, or none for all of them");
        }
        boolean transposed = model.layout().weights().stream()
                .flatMap(weight -> weight.parts().stream())
                .anyMatch(part -> part.form() == Form.TRANSPOSED);
        AttachedAdapter adapter = new AttachedAdapter(model, baseName, config.withFanInFanOut(transposed), true);
        adapter.initialise(seed);
        adapter.enable();
        return adapter;
    }

    /// An adapter from a PEFT directory.
    ///
    /// @param model the base
    /// @param baseName the base's path or name, for messages
    /// @param trained whether it is to be trained further
    /// @throws AlignException.Checkpoint for files that are missing or damaged, and for an adapter
    ///     of another base
    /// @throws AlignException.Config for what cannot be trained
    public static AttachedAdapter load(CausalLm model, String baseName, Path directory, boolean trained) {
        try (AdapterFile file = AdapterFile.open(directory, BaseShapes.of(baseName, model.layout()))) {
            AttachedAdapter adapter = new AttachedAdapter(model, baseName, file.config(), trained);
            adapter.values().read(file);
            adapter.enable();
            return adapter;
        }
    }

    private static AdapterLayout layout(CausalLm model, String baseName, AdapterConfig config, boolean trained) {
        Problems problems = new Problems();
        List<AdapterTarget> targets = config.targets(BaseShapes.of(baseName, model.layout()));
        List<SavedParameter> saved = SavedParameter.of(config, model.layout(), problems);
        String head = model.layout().headName();
        if (targets.stream().anyMatch(target -> head.equals(target.module() + ".weight"))) {
            problems.add("target_modules: the head (" + head.replace(".weight", "")
                    + ") can have no low-rank adapter here; put it into modules_to_save");
        }
        if (trained && config.dora() && config.dropout() > 0) {
            problems.add("lora_dropout: DoRA cannot be trained with dropout here; set it to 0");
        }
        problems.throwIfAny("the adapter cannot be put on " + baseName + ":", AlignException.Config::new);
        return AdapterLayout.of(model.layout(), targets, saved);
    }

    private Adapter adapter(Group group) {
        List<Adapter.Part> parts = new ArrayList<>();
        for (Slot slot : group.slots()) {
            AdapterTarget target = slot.target();
            @Nullable Parameter magnitude = target.dora() ? parameters.get(slot.magnitude()) : null;
            parts.add(new Adapter.Part(
                    slot.part().firstRow(),
                    slot.part().rows(),
                    slot.firstRank(),
                    parameters.get(slot.up()),
                    magnitude,
                    target.scale()));
        }
        return new Adapter(parameters.get(group.down()), parts, config.dropout());
    }

    private void initialise(long seed) {
        try (Scope scope = Scope.open()) {
            layout.groups().forEach(group -> group.slots().forEach(slot -> draw(group, slot, seed)));
            // a magnitude begins as the row's norm, with what B A adds to it
            for (int i = 0; i < adapters.size(); i++) {
                Adapter adapter = adapters.get(i);
                Tensor weight = base(layout.groups().get(i)).weight().master();
                for (Adapter.Part part : adapter.parts()) {
                    if (part.magnitude() != null) {
                        part.magnitude().master().copy_(adapter.rowNorms(part, weight));
                    }
                }
            }
            for (Saved saved : layout.saved()) {
                parameters.get(saved.copy()).master().copy_(base(saved).master());
            }
        }
        parameters.refresh();
    }

    private void draw(Group group, Slot slot, long seed) {
        AdapterTarget target = slot.target();
        Tensor down = parameters.get(group.down()).master().narrow(0, slot.firstRank(), target.rank());
        float[] a = new float[Math.toIntExact(down.numel())];
        AdapterStart.fillA(a, target, config.initialisation(), seed);
        down.copy_(Tensor.of(a).view(down.shape()));
        Tensor up = parameters.get(slot.up()).master();
        float[] b = new float[Math.toIntExact(up.numel())];
        AdapterStart.fillB(b, target, config.initialisation(), seed);
        up.copy_(Tensor.of(b).view(up.shape()));
    }

    private Linear base(Group group) {
        return model.linearOf(group.weight()).orElseThrow();
    }

    private Parameter base(Saved saved) {
        return saved.head() ? model.headWeight() : model.parameters().get(saved.weight());
    }

    private AdapterValues values() {
        return new AdapterValues(layout, parameters, model.architecture().heads());
    }

    /// The adapter's own parameters, to be trained.
    public Parameters parameters() {
        return parameters;
    }

    public AdapterConfig config() {
        return config;
    }

    /// Lets the adapter act.
    public void enable() {
        for (int i = 0; i < adapters.size(); i++) {
            base(layout.groups().get(i)).adapt(adapters.get(i));
        }
        layout.saved().forEach(saved -> base(saved).standIn(parameters.get(saved.copy())));
    }

    /// Makes the model its base again, e.g. to be the reference of a preference loss.
    public void disable() {
        layout.groups().forEach(group -> base(group).adapt(null));
        layout.saved().forEach(saved -> base(saved).standIn(null));
    }

    /// The file's tensors with their most precise values, in the file's form.
    public SequencedMap<AdapterTensor, Tensor> tensors() {
        return values().tensors();
    }

    /// Writes `adapter_config.json` and `adapter_model.safetensors` (float32), as PEFT reads them.
    public void save(Path directory) {
        values().write(directory, config);
    }

    /// Folds the adapter into the base's weights, computed in float32 and rounded once to the
    /// base's type, and takes it off.
    ///
    /// @throws AlignException.Config where a base with a tied head cannot hold separate copies of
    ///     it and the embedding
    public void merge() {
        disable();
        checkTied();
        for (int i = 0; i < adapters.size(); i++) {
            Adapter adapter = adapters.get(i);
            Tensor weight = base(layout.groups().get(i)).weight().master();
            for (Adapter.Part part : adapter.parts()) {
                try (Scope scope = Scope.open()) {
                    weight.narrow(0, part.firstRow(), part.rows()).copy_(adapter.fold(part, weight));
                }
            }
        }
        for (Saved saved : layout.saved()) {
            base(saved).master().copy_(parameters.get(saved.copy()).master());
        }
        model.parameters().refresh();
    }

    /// A tied head is the embedding: a copy of one of them must be a copy of both.
    private void checkTied() {
        if (!model.architecture().tiedHead()) {
            return;
        }
        Tensor base = model.headWeight().master();
        @Nullable Tensor head = null;
        @Nullable Tensor embedding = null;
        for (Saved saved : layout.saved()) {
            if (saved.weight().equals("embed")) {
                Tensor copy = parameters.get(saved.copy()).master();
                head = saved.head() ? copy : head;
                embedding = saved.head() ? embedding : copy;
            }
        }
        try (Scope scope = Scope.open()) {
            Tensor ofHead = Objects.requireNonNullElse(head, base);
            Tensor ofEmbedding = Objects.requireNonNullElse(embedding, base);
            if (ofHead != ofEmbedding && ofHead.sub(ofEmbedding).abs().sum().item() != 0) {
                enable();
                throw new AlignException.Config("merge: the base ties its head to the embedding, and the adapter's"
                        + " modules_to_save makes them differ; use the adapter unmerged");
            }
        }
    }
}
