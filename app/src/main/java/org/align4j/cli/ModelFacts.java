package org.align4j.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.align4j.checkpoint.ModelDescription;
import org.align4j.checkpoint.ModelSource;
import org.align4j.error.AlignException;
import org.align4j.model.Architecture;
import org.align4j.model.RopeScaling;
import org.align4j.model.WeightLayout;
import org.align4j.peft.AdapterConfig;
import org.align4j.peft.AdapterDirectory;
import org.align4j.peft.ModuleSelection;
import org.align4j.pipeline.MemoryEstimate;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.SpecialToken;
import org.align4j.tokenizer.Tokenizer;

/// Prints what a model is.
final class ModelFacts {
    private static final List<Map<String, Object>> EXAMPLE = List.of(
            Map.of("role", "user", "content", "What is 2 + 2?"),
            Map.of("role", "assistant", "content", "4"),
            Map.of("role", "user", "content", "And 3 + 3?"));

    private final PrintWriter out;

    ModelFacts(PrintWriter out) {
        this.out = out;
    }

    /// Prints what an adapter is, before its base.
    void print(AdapterDirectory adapter) {
        AdapterConfig config = adapter.config();
        line("adapter", adapter.path().toString());
        line(
                "  kind",
                (config.dora() ? "DoRA" : config.rankStabilised() ? "rsLoRA" : "LoRA") + " of rank " + config.rank()
                        + ", α " + config.alpha() + ", dropout " + config.dropout());
        line("  modules", modules(config.targets()));
        line("  base", config.baseModel().orElse("not named"));
        out.println();
    }

    private static String modules(ModuleSelection targets) {
        return switch (targets) {
            case ModuleSelection.Named(List<String> names) -> String.join(", ", names);
            case ModuleSelection.Matching matching -> matching.pattern().pattern();
            case ModuleSelection.AllLinear() -> "all linear layers";
        };
    }

    void print(ModelDescription model) {
        Architecture architecture = model.config().architecture();
        line("model", source(model.source()));
        line("family", architecture.family());
        line("layers", String.valueOf(architecture.layers().size()));
        line("hidden size", number(architecture.hiddenSize()));
        line(
                "heads",
                architecture.heads() + " of " + architecture.headSize() + ", keys and values "
                        + architecture.kvHeads());
        line("MLP", mlp(architecture));
        line("positions", number(architecture.maxPositions()) + ", " + positions(architecture));
        windows(architecture).ifPresent(windows -> line("windows", windows));
        line(
                "vocabulary",
                number(architecture.vocabularySize()) + " rows" + (architecture.tiedHead() ? ", head tied" : ""));
        parameters(model.layout());
        line("stored as", stored(model.stored()));
        out.println();
        memory(MemoryEstimate.of(model.layout()));
        out.println();
        tokenizer(model.tokenizer());
        template(model);
    }

    private void line(String name, String value) {
        out.printf("%-14s %s%n", name, value);
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String source(ModelSource source) {
        return switch (source) {
            case ModelSource.Directory directory -> directory.path() + " (Hugging Face directory)";
            case ModelSource.GgufFile file -> file.path() + " (GGUF)";
            case ModelSource.Run run -> run.path() + " (newest checkpoint of the run " + run.run() + ")";
        };
    }

    private static String mlp(Architecture architecture) {
        String widths = architecture.layers().stream()
                .map(layer -> number(layer.intermediateSize()))
                .distinct()
                .collect(Collectors.joining(" or "));
        String experts = architecture
                .experts()
                .map(e -> ", " + e.count() + " experts, " + e.perToken() + " a token")
                .orElse("");
        return widths + ", " + (architecture.gatedMlp() ? "gated " : "")
                + architecture.activation().name().toLowerCase(Locale.ROOT) + experts;
    }

    private static String positions(Architecture architecture) {
        if (architecture.learnedPositions()) {
            return "learned";
        }
        return architecture.ropes().stream()
                .map(rope -> "rope θ " + String.format(Locale.ROOT, "%,.0f", rope.theta()) + " on " + rope.size()
                        + " of " + architecture.headSize() + scaling(rope.scaling()))
                .collect(Collectors.joining("; "));
    }

    private static String scaling(RopeScaling scaling) {
        return scaling instanceof RopeScaling.None ? "" : ", scaling " + scaling;
    }

    private static Optional<String> windows(Architecture architecture) {
        String windows = architecture.layers().stream()
                .collect(Collectors.groupingBy(Architecture.Layer::window, LinkedHashMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> entry.getValue() + " layers see "
                        + (entry.getKey() == 0 ? "all" : number(entry.getKey()) + " keys"))
                .collect(Collectors.joining(", "));
        return architecture.layers().stream().anyMatch(layer -> layer.window() > 0)
                ? Optional.of(windows)
                : Optional.empty();
    }

    private void parameters(WeightLayout layout) {
        line("parameters", number(layout.size()));
        Map<String, Long> kinds = new LinkedHashMap<>();
        layout.weights().forEach(weight -> kinds.merge(kind(weight.name()), weight.size(), Long::sum));
        kinds.forEach((kind, size) ->
                out.printf(Locale.ROOT, "  %-12s %s (%.1f %%)%n", kind, number(size), 100.0 * size / layout.size()));
    }

    private static String kind(String weight) {
        if (weight.contains("norm")) {
            return "norms";
        }
        if (!weight.startsWith("layers.")) {
            return weight.equals("head") ? "head" : "embedding";
        }
        if (weight.contains(".experts.") || weight.contains(".router")) {
            return "experts";
        }
        return weight.contains(".qkv") || weight.contains(".attention_out") ? "attention" : "MLP";
    }

    private static String stored(Map<String, Long> types) {
        return types.entrySet().stream()
                .map(entry -> entry.getKey() + " (" + number(entry.getValue()) + ")")
                .collect(Collectors.joining(", "));
    }

    private void memory(MemoryEstimate memory) {
        out.println("memory in bf16, without activations");
        out.printf(
                "  %-12s %s, and %s for each token of context%n",
                "inference", bytes(memory.inference()), bytes(memory.cachePerToken()));
        out.printf("  %-12s %s with AdamW%n", "full SFT", bytes(memory.fullTraining()));
        out.printf(
                "  %-12s %s with AdamW: %s parameters of rank %d on every linear layer%n",
                "LoRA", bytes(memory.adapterTraining()), number(memory.adapterParameters()), MemoryEstimate.RANK);
    }

    private static String bytes(long bytes) {
        if (bytes < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f kB", bytes / 1e3);
        }
        return bytes < 1_000_000_000
                ? String.format(Locale.ROOT, "%.0f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    private void tokenizer(Tokenizer tokenizer) {
        line(
                "tokenizer",
                number(tokenizer.vocabularySize()) + " tokens" + (tokenizer.addsPrefix() ? ", adds BOS" : ""));
        special("BOS", tokenizer.bos());
        special("EOS", tokenizer.eos());
        special("padding", tokenizer.pad());
        special("unknown", tokenizer.unk());
        line(
                "  ends answers",
                tokenizer.eosIds().stream()
                        .map(id -> tokenizer.token(id) + " (" + id + ")")
                        .collect(Collectors.joining(", ")));
    }

    private void special(String role, Optional<SpecialToken> token) {
        token.ifPresent(found -> line("  " + role, found.text() + " (" + found.id() + ")"));
    }

    private void template(ModelDescription model) {
        if (model.template().isEmpty()) {
            line("chat template", "none: prompts and completions are joined as they are");
            return;
        }
        ChatTemplate template = model.template().get();
        line(
                "chat template",
                template.hasGenerationSpans() ? "marks the assistant's turns" : "doesn't mark the assistant's turns");
        try {
            template.render(EXAMPLE, ChatTemplate.Options.prompt())
                    .text()
                    .lines()
                    .forEach(text -> out.println("  | " + text));
        } catch (AlignException e) {
            out.println("  refuses a conversation of three turns: " + e.getMessage());
        }
    }
}
