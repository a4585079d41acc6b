package org.align4j.peft;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Adapters that PEFT saved: every tensor is resolved, and the copy written here is the same.
class LoraFilesGoldenTest {
    @TempDir
    Path folder;

    @TestFactory
    List<DynamicTest> adaptersOfPeftSurviveReadingAndWriting() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path adapter : Shared.goldenFolders("lora", AdapterConfigFile.NAME)) {
            String name = adapter.getFileName().toString();
            tests.add(Shared.goldenCase("lora", name + " files", () -> {
                AdapterConfig config = AdapterConfigFile.read(adapter.resolve(AdapterConfigFile.NAME));
                String base = JsonMapper.shared()
                        .readTree(Shared.golden("lora/info.json").toFile())
                        .get("base_model")
                        .stringValue();
                BaseShapes shapes = Bases.of(Shared.golden(base), config.fanInFanOut());
                assertThat(config.unmatched(shapes)).isEmpty();
                AdapterCopies.checkCopy(adapter, folder.resolve(name), shapes);
            }));
        }
        return tests;
    }
}
