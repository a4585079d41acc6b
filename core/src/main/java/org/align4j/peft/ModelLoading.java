package org.align4j.peft;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.checkpoint.ModelSource;
import org.align4j.error.AlignException;
import org.align4j.model.Heads;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// Loads whatever a user names as a model: what [LoadedModel] knows, and adapters, whose base is
/// loaded first.
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
        return load(path, dtype, device, false, heads, attached -> {});
    }

    /// A whole model, to train further or to measure against: an adapter is folded into its base,
    /// which may be an adapter on another.
    ///
    /// @param path a model directory, a GGUF file, a run, or a PEFT adapter directory
    /// @param trained whether the weights are to be trained
    public static LoadedModel whole(Path path, DType dtype, Device device, boolean trained, Heads heads) {
        return load(path, dtype, device, trained, heads, AttachedAdapter::merge);
    }

    private static LoadedModel load(
            Path path, DType dtype, Device device, boolean trained, Heads heads, Consumer<AttachedAdapter> then) {
        Optional<AdapterDirectory> adapter = AdapterDirectory.at(path);
        if (adapter.isEmpty()) {
            return LoadedModel.load(path, dtype, device, trained, heads);
        }
        if (!heads.scalar() && adapter.get().config().isScoring()) {
            throw new AlignException.Model(
                    path
                            + ": is an adapter of a reward model, which scores texts and writes none; use it with align4j score");
        }
        Path base = adapter.get().base();
        LoadedModel loaded = whole(base, dtype, device, trained, heads);
        try {
            then.accept(AttachedAdapter.load(
                    loaded.model(), base.toString(), adapter.get().path(), false));
            return loaded.from(new ModelSource.Directory(adapter.get().path()));
        } catch (RuntimeException e) {
            loaded.close();
            throw e;
        }
    }

    /// Whether what `path` names scores texts: a directory of transformers' class for that, an
    /// adapter of one, or a run that made either.
    public static boolean isScoring(Path path) {
        Path folder = folderOf(path);
        return AdapterDirectory.at(path)
                .map(adapter -> adapter.config().isScoring())
                .orElseGet(() -> Files.isDirectory(folder) && HfModel.isScoring(folder));
    }

    /// The file or folder that what `path` names is in.
    public static Path folderOf(Path path) {
        return AdapterDirectory.at(path)
                .map(AdapterDirectory::path)
                .orElseGet(() -> ModelSource.of(path).path());
    }
}
