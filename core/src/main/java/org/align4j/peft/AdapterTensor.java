package org.align4j.peft;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One tensor of an adapter, and what PEFT calls it in `adapter_model.safetensors`.
public sealed interface AdapterTensor {
    /// The name that PEFT writes today.
    default String fileName() {
        return Names.PREFIX
                + switch (this) {
                    case A(String module) -> module + ".lora_A.weight";
                    case B(String module) -> module + ".lora_B.weight";
                    case Magnitude(String module) -> module + ".lora_magnitude_vector";
                    case Saved(String parameter) -> parameter;
                };
    }

    /// The down projection of a module, `[r, inputs]`.
    record A(String module) implements AdapterTensor {}

    /// The up projection of a module, `[outputs, r]`.
    record B(String module) implements AdapterTensor {}

    /// DoRA's magnitudes of a module, `[outputs]`.
    record Magnitude(String module) implements AdapterTensor {}

    /// A whole parameter that takes the base's place.
    ///
    /// @param parameter its name in the base, e.g. `lm_head.weight`
    record Saved(String parameter) implements AdapterTensor {}

    /// What a tensor of that name is; empty for copies of the base that PEFT's older versions
    /// left in the file. Names with the adapter's own name inside (`lora_A.default.weight`), as
    /// older versions and training frameworks write them, are understood.
    static Optional<AdapterTensor> named(String fileName) {
        String name = fileName;
        while (name.startsWith(Names.PREFIX)) {
            name = name.substring(Names.PREFIX.length());
        }
        Matcher matcher = Names.LORA.matcher(name);
        if (matcher.matches()) {
            String module = matcher.group("module");
            return Optional.of(
                    switch (matcher.group("kind")) {
                        case "lora_A" -> new A(module);
                        case "lora_B" -> new B(module);
                        default -> new Magnitude(module);
                    });
        }
        if (Names.ORIGINAL.matcher(name).matches()) {
            return Optional.empty();
        }
        Matcher saved = Names.SAVED.matcher(name);
        return Optional.of(new Saved(saved.matches() ? saved.group("module") + "." + saved.group("parameter") : name));
    }

    /// The forms of names in adapter files.
    final class Names {
        static final String PREFIX = "base_model.model.";
        private static final Pattern LORA = Pattern.compile(
                "(?<module>.+)\\.(?<kind>lora_A(?=\\..*weight)|lora_B(?=\\..*weight)|lora_magnitude_vector)(?:\\.[^.]+){0,2}");
        private static final Pattern SAVED =
                Pattern.compile("(?<module>.+)\\.modules_to_save\\.(?:[^.]+\\.)?(?<parameter>weight|bias)");
        private static final Pattern ORIGINAL = Pattern.compile(".+\\.original_module\\.(?:weight|bias)");

        private Names() {}
    }
}
