package org.align4j.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.align4j.error.AlignException;
import org.align4j.model.CausalLm;
import org.align4j.model.WeightLayout;
import org.align4j.model.WeightLayout.Part;
import org.align4j.model.WeightLayout.Weight;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;

/// Moves weights between files and a model's parameters. Tensors are converted by several threads; only this one
/// touches the model.
final class WeightLoader {
    /// Values converted ahead of the copy into the model, at most this many bytes at a time.
    private static final long AHEAD = 512L << 20;

    private WeightLoader() {}

    /// Fills every parameter of `model` from `file`.
    ///
    /// @param place of the file, for messages
    static void load(CausalLm model, WeightFile file, String place) {
        Map<String, long[]> shapes = new HashMap<>();
        file.names().forEach(name -> shapes.put(name, file.shape(name)));
        Map<String, String> names = model.layout().match(place, shapes);
        try (ExecutorService pool =
                Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
            List<Weight> window = new ArrayList<>();
            long bytes = 0;
            for (Weight weight : model.layout().weights()) {
                window.add(weight);
                bytes += weight.size() * 4;
                if (bytes > AHEAD) {
                    load(model, window, file, names, pool);
                    window.clear();
                    bytes = 0;
                }
            }
            load(model, window, file, names, pool);
        }
        model.parameters().refresh();
    }

    private static void load(
            CausalLm model, List<Weight> weights, WeightFile file, Map<String, String> names, ExecutorService pool) {
        try (Arena arena = Arena.ofShared();
                Scope scope = Scope.open()) {
            List<Future<?>> conversions = new ArrayList<>();
            List<Runnable> copies = new ArrayList<>();
            for (Weight weight : weights) {
                for (Part part : weight.parts()) {
                    Tensor rows = rows(model.parameters().get(weight.name()).master(), part);
                    String name = Objects.requireNonNull(names.get(part.huggingFaceName()));
                    boolean direct = part.form() == WeightLayout.Form.AS_IS
                            && rows.dtype() == DType.FLOAT32
                            && rows.device().equals(Device.CPU);
                    Tensor source = direct
                            ? rows
                            : Tensor.empty(
                                    DType.FLOAT32,
                                    Device.CPU,
                                    weight.fileShape(part).stream()
                                            .mapToLong(Long::longValue)
                                            .toArray());
                    MemorySegment destination = shared(source.segment(), arena);
                    conversions.add(pool.submit(() -> file.readFloats(name, destination)));
                    if (!direct) {
                        copies.add(() -> rows.copy_(FileForm.toRows(
                                source, part.form(), model.architecture().heads())));
                    }
                }
            }
            conversions.forEach(WeightLoader::await);
            copies.forEach(Runnable::run);
        }
    }

    private static MemorySegment shared(MemorySegment segment, Arena arena) {
        return MemorySegment.ofAddress(segment.address()).reinterpret(segment.byteSize(), arena, null);
    }

    private static void await(Future<?> conversion) {
        try {
            conversion.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AlignException.Checkpoint("interrupted while loading weights", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AlignException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    static Tensor rows(Tensor whole, Part part) {
        return whole.narrow(0, part.firstRow(), part.rows());
    }
}
