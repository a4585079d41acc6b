package org.align4j.peft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.PackedBatch;
import org.align4j.model.CausalLm;
import org.align4j.model.Heads;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.testing.TinyModelFolder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLoadingTest {
    private static final int[] TOKENS = {72, 101, 108, 108, 111};

    @TempDir
    Path folder;

    private Path base;
    private Path first;
    private Path second;

    @BeforeEach
    void writeAnAdapterAndOneOnTopOfIt() throws IOException {
        base = TinyModelFolder.save(folder.resolve("base"), 1);
        first = adapter(base, "first", 2);
        second = adapter(first, "second", 3);
    }

    @Test
    void foldedAdapterSaysWhatTheAttachedOneDoes() {
        assertThat(whole(first)).containsExactly(attached(first), offset(1e-5f));
        assertThat(whole(first)).isNotEqualTo(whole(base));
    }

    @Test
    void adapterStandsOnAnotherOne() {
        assertThat(whole(second)).containsExactly(attached(second), offset(1e-5f));
        assertThat(whole(second)).isNotEqualTo(whole(first));
    }

    @Test
    void modelComesFromTheAdapterThatWasNamed() {
        try (Scope scope = Scope.open();
                LoadedModel loaded = ModelLoading.whole(first, DType.FLOAT32, Device.CPU, false, Heads.LANGUAGE)) {
            assertThat(loaded.source().path()).isEqualTo(first);
        }
    }

    private Path adapter(Path on, String name, long seed) {
        Path saved = folder.resolve(name);
        AdapterConfig config =
                AdapterConfig.create(on.toString(), 2, 4, 0, new ModuleSelection.AllLinear(), false, false, false);
        try (Scope scope = Scope.open();
                LoadedModel loaded = ModelLoading.whole(on, DType.FLOAT32, Device.CPU, false, Heads.LANGUAGE)) {
            AttachedAdapter adapter = AttachedAdapter.create(loaded.model(), on.toString(), config, seed);
            adapter.parameters().all().forEach(parameter -> parameter.master().add_(0.05));
            adapter.parameters().refresh();
            adapter.save(saved);
        }
        return saved;
    }

    private static float[] whole(Path path) {
        try (Scope scope = Scope.open();
                LoadedModel loaded = ModelLoading.whole(path, DType.FLOAT32, Device.CPU, false, Heads.LANGUAGE)) {
            return logits(loaded.model());
        }
    }

    private static float[] attached(Path path) {
        try (Scope scope = Scope.open();
                LoadedModel loaded = ModelLoading.load(path, DType.FLOAT32, Device.CPU)) {
            return logits(loaded.model());
        }
    }

    private static float[] logits(CausalLm model) {
        return model.logits(model.hidden(PackedBatch.allTrained(List.of(TOKENS))))
                .toFloats();
    }
}
