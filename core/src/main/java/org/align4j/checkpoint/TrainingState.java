package org.align4j.checkpoint;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.align4j.error.AlignException;
import org.align4j.optim.Optimizer;
import org.align4j.optim.OptimizerState;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/// What a run must remember beside its weights so that it goes on bit-exactly: the folder
/// `training_state` of a checkpoint, with `state.json` and `optimizer.safetensors`.
///
/// @param step optimiser steps done
/// @param numbers whatever else the trainer counts
/// @param environment where it ran: kind of machine, threads, versions; another one computes other
///     last digits
public record TrainingState(long step, Map<String, Double> numbers, Map<String, String> environment) {
    private static final String FOLDER = "training_state";

    public TrainingState {
        numbers = Map.copyOf(numbers);
        environment = Map.copyOf(environment);
    }

    /// Writes into the checkpoint's folder.
    public void save(Path checkpoint, Optimizer optimizer) throws IOException {
        Path folder = Files.createDirectories(checkpoint.resolve(FOLDER));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("step", step);
        json.put("optimizer_step", optimizer.state().step());
        json.put("numbers", new TreeMap<>(numbers));
        json.put("environment", new TreeMap<>(environment));
        Files.write(
                folder.resolve("state.json"),
                JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
        SequencedMap<String, TensorSource> tensors = new LinkedHashMap<>();
        optimizer.state().tensors().forEach((name, tensor) -> tensors.put(name, source(tensor)));
        SafetensorsWriter.write(folder.resolve("optimizer.safetensors"), tensors, Map.of());
    }

    private static TensorSource source(Tensor tensor) {
        return new DeferredTensor(ElementType.F32, tensor.shape(), sink -> {
            try (Scope scope = Scope.open()) {
                sink.write(tensor.to(Device.CPU).contiguous().segment());
            }
        });
    }

    /// Reads a checkpoint's numbers.
    ///
    /// @throws AlignException.Checkpoint where there are none, or they are damaged
    public static TrainingState read(Path checkpoint) {
        State state = state(checkpoint);
        return new TrainingState(state.step(), state.numbers(), state.environment());
    }

    /// Gives the optimiser back what it remembered.
    public static void restore(Path checkpoint, Optimizer optimizer) {
        State state = state(checkpoint);
        Path file = checkpoint.resolve(FOLDER).resolve("optimizer.safetensors");
        try (Scope scope = Scope.open();
                WeightFile tensors = WeightFile.open(file)) {
            SequencedMap<String, Tensor> moments = new LinkedHashMap<>();
            for (String name : tensors.names()) {
                Tensor tensor = Tensor.empty(DType.FLOAT32, Device.CPU, tensors.shape(name));
                MemorySegment values = tensor.segment();
                tensors.readFloats(name, values);
                moments.put(name, tensor);
            }
            optimizer.load(new OptimizerState(state.optimizerStep(), moments));
        }
    }

    /// `state.json` as it is written.
    private record State(long step, long optimizerStep, Map<String, Double> numbers, Map<String, String> environment) {}

    private static State state(Path checkpoint) {
        Path file = checkpoint.resolve(FOLDER).resolve("state.json");
        try {
            return JsonMapper.builder()
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .build()
                    .readValue(Files.readAllBytes(file), State.class);
        } catch (IOException | JacksonException e) {
            throw new AlignException.Checkpoint(
                    file + ": cannot be read (" + e.getMessage() + "); resume from another checkpoint", e);
        }
    }
}
