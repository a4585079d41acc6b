package org.align4j.peft;

import java.nio.file.Path;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.checkpoint.ModelSource;
import org.align4j.error.AlignException;
import org.align4j.model.Heads;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// Loads whatever a user names with `--model`: what [LoadedModel] knows, and adapters, whose base
/// is loaded first.
public final class ModelLoading {
    private ModelLoading() {}

    /// A language model for use, not for training. An adapter is attached to the base that its
    /// configuration names.
    ///
    /// @param path a model directory, a GGUF file, a run, or a PEFT adapter directory
    public static LoadedModel load(Path path, DType dtype, Device device) {
        return load(path, dtype, device, Heads.LANGUAGE);
    }

    /// A model for use with the heads that are wanted.
    ///
    /// @param path a model directory, a GGUF file, a run, or a PEFT adapter directory
    public static LoadedModel load(Path path, DType dtype, Device device, Heads heads) {
        Optional<AdapterDirectory> adapter = AdapterDirectory.at(path);
        if (adapter.isEmpty()) {
            return LoadedModel.load(path, dtype, device, false, heads);
        }
        if (!heads.scalar() && adapter.get().config().isScoring()) {
            throw new AlignException.Model(
                    path
                            + ": is an adapter of a reward model, which scores texts and writes none; use it with align4j score");
        }
        Path base = adapter.get().base();
        LoadedModel loaded = LoadedModel.load(base, dtype, device, false, heads);
        try {
            AttachedAdapter.load(loaded.model(), base.toString(), adapter.get().path(), false);
            return loaded;
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /// The file or folder that what `path` names is in.
    public static Path folderOf(Path path) {
        return AdapterDirectory.at(path)
                .map(AdapterDirectory::path)
                .orElseGet(() -> ModelSource.of(path).path());
    }
}
