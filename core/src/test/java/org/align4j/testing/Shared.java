package org.align4j.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.tensor.Device;
import org.align4j.tensor.Tensor;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.function.Executable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Where tests find reference results (`-Dalign4j.golden`) and real data (`-Dalign4j.shared`), and
/// what golden tests compute on (`-Dalign4j.device=cuda`).
public final class Shared {
    private Shared() {}

    /// The folder or file `name` of the golden folder; it may be absent.
    public static Path golden(String name) {
        return Path.of(System.getProperty("align4j.golden", "../../shared/golden"))
                .resolve(name);
    }

    /// Where golden tests compute: the CPU unless another device is named.
    public static Device device() {
        return Device.parse(System.getProperty("align4j.device", "cpu"));
    }

    /// A vector there.
    public static Tensor tensor(float... values) {
        return Tensor.of(values).to(device());
    }

    /// A vector there.
    public static Tensor tensor(long... values) {
        return Tensor.of(values).to(device());
    }

    /// A vector there.
    public static Tensor tensor(int... values) {
        return Tensor.of(values).to(device());
    }

    /// Sub-folders of a golden folder that hold `marker`, sorted; none where the folder is absent.
    public static List<Path> goldenFolders(String name, String marker) {
        Path folder = golden(name);
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> Files.exists(child.resolve(marker)))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The parsed JSON file.
    public static JsonNode json(Path file) {
        return JsonMapper.shared().readTree(file.toFile());
    }

    /// One named golden case.
    public static DynamicTest goldenCase(String folder, String name, Executable body) {
        return DynamicTest.dynamicTest(folder + "/" + name, body);
    }

    /// A file of the shared data folder; the calling test is skipped where it is absent.
    public static Path data(String name) {
        Path file = Path.of(System.getProperty("align4j.shared", "../../shared"), "data", name);
        assumeTrue(Files.exists(file), () -> "needs shared data " + name);
        return file;
    }
}
