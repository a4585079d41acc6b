package org.align4j.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.align4j.checkpoint.HfModel;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.config.Configuration;
import org.align4j.data.Conversation;
import org.align4j.error.AlignException;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;
import org.align4j.model.CausalLm;
import org.align4j.model.HfConfig;
import org.align4j.model.ModelConfig;
import org.align4j.pipeline.TinyWorld.Dialogue;
import org.align4j.pipeline.TinyWorld.Kind;
import org.align4j.run.Interruption;
import org.align4j.run.RunListener;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.BytePairTraining;
import org.align4j.tokenizer.ChatTemplate;
import org.align4j.tokenizer.Tokenizer;
import org.align4j.train.Resume;
import org.align4j.train.SftConfig;
import org.align4j.train.SftTrainer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The whole way from nothing to a model that answers, without network or data: a [TinyWorld], a
/// tokenizer learned on it, a small Llama with random weights, supervised training, and the share
/// of held-out questions that it answers exactly, before and after.
public final class Quickstart {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int ANSWER_TOKENS = 64;

    private final Settings settings;
    private final Path start;

    /// How large the example is.
    ///
    /// @param output folder of the run; what training starts from is made in `start` below it
    /// @param seed of the dialogues, the first weights and the order
    /// @param dialogues to learn from
    /// @param heldOut questions of each kind that are asked
    /// @param epochs passes over the dialogues
    /// @param size of the model
    public record Settings(Path output, long seed, int dialogues, int heldOut, int epochs, Size size) {
        /// What `align4j quickstart` does.
        public static Settings standard(Path output, long seed) {
            return new Settings(output, seed, 24_000, 50, 1, new Size(128, 3, 4, 384));
        }
    }

    /// @param hidden width of the model
    /// @param intermediate width of its MLPs
    public record Size(int hidden, int layers, int heads, int intermediate) {}

    /// Questions asked and answered exactly.
    public record Score(int right, int asked) {
        public double share() {
            return asked == 0 ? 0 : (double) right / asked;
        }
    }

    /// A held-out dialogue and what the trained model answered.
    public record Sample(Dialogue dialogue, String answer) {}

    /// @param before scores of the random weights
    /// @param after scores of the trained ones
    /// @param samples one of each kind
    /// @param parameters of the model
    public record Result(Map<Kind, Score> before, Map<Kind, Score> after, List<Sample> samples, long parameters) {}

    private Quickstart(Settings settings) {
        this.settings = settings;
        start = settings.output().resolve("start");
    }

    /// Makes everything and trains.
    ///
    /// @throws AlignException.Config when the folder holds a run already
    public static Result run(Settings settings, RunListener listener, Interruption interruption) {
        return new Quickstart(settings).run(listener, interruption);
    }

    private Result run(RunListener listener, Interruption interruption) {
        if (Files.exists(settings.output())) {
            throw new AlignException.Config(
                    settings.output() + ": exists already; remove it or name another folder with --output");
        }
        TinyWorld.Lessons lessons = new TinyWorld(settings.seed()).lessons(settings.dialogues(), settings.heldOut());
        Path model = start.resolve("model");
        // 1. texts, a tokenizer that is learned on them, and random weights
        write(start.resolve("train.jsonl"), lessons.train());
        write(start.resolve("held_out.jsonl"), lessons.heldOut());
        long parameters = makeModel(model, lessons.train());
        List<String> before = answers(model, lessons.heldOut());
        // 2. supervised training
        SftTrainer.run(training(model), Resume.FRESH, listener, interruption);
        // 3. the same questions again
        List<String> after = answers(settings.output(), lessons.heldOut());
        return new Result(
                scores(lessons.heldOut(), before),
                scores(lessons.heldOut(), after),
                samples(lessons.heldOut(), after),
                parameters);
    }

    private SftConfig training(Path model) {
        return Configuration.of(
                SftConfig.class,
                List.of(
                        "model=" + JSON.writeValueAsString(model.toString()),
                        "output=" + JSON.writeValueAsString(settings.output().toString()),
                        "data.train="
                                + JSON.writeValueAsString(
                                        start.resolve("train.jsonl").toString()),
                        "data.eval="
                                + JSON.writeValueAsString(
                                        start.resolve("held_out.jsonl").toString()),
                        "seed=" + settings.seed(),
                        "precision=fp32",
                        "batch_size=48",
                        "epochs=" + settings.epochs(),
                        "learning_rate=3e-3",
                        "schedule=cosine",
                        "warmup_steps=20",
                        "weight_decay=0.1",
                        "optimizer_options.beta2=0.95",
                        "keep=1"));
    }

    private long makeModel(Path folder, List<Dialogue> dialogues) {
        List<String> texts = dialogues.stream()
                .limit(2000)
                .flatMap(dialogue -> dialogue.conversation().messages().stream())
                .map(message -> message.role() + "\n" + message.content())
                .toList();
        try (Scope scope = Scope.open();
                Tokenizer tokenizer = BytePairTraining.train(
                        texts, BytePairTraining.Settings.of(560).withSplit("smollm"))) {
            ModelConfig config = HfConfig.parse("quickstart", config(tokenizer));
            CausalLm model = new CausalLm(config.architecture(), DType.FLOAT32, Device.CPU, true);
            model.initialise(config.initializerRange(), settings.seed());
            new HfModel(model, config).save(folder, tokenizer, DType.FLOAT32);
            return model.parameters().size();
        }
    }

    private ObjectNode config(Tokenizer tokenizer) {
        Size size = settings.size();
        int end = tokenizer.eos().orElseThrow().id();
        return HfConfig.newConfig("llama")
                .put("vocab_size", tokenizer.vocabularySize())
                .put("hidden_size", size.hidden())
                .put("num_hidden_layers", size.layers())
                .put("num_attention_heads", size.heads())
                .put("num_key_value_heads", size.heads())
                .put("intermediate_size", size.intermediate())
                .put("max_position_embeddings", 512)
                .put("tie_word_embeddings", true)
                .put("eos_token_id", end)
                .put("pad_token_id", tokenizer.pad().orElseThrow().id())
                .put("bos_token_id", tokenizer.bos().orElseThrow().id());
    }

    private List<String> answers(Path path, List<Dialogue> dialogues) {
        try (Scope scope = Scope.open();
                LoadedModel loaded = LoadedModel.load(path, DType.FLOAT32, Device.CPU, false)) {
            ChatTemplate template = loaded.template().orElseThrow();
            List<GenerationRequest> requests = new ArrayList<>();
            for (Dialogue dialogue : dialogues) {
                String prompt = template.render(fields(dialogue.question()), ChatTemplate.Options.prompt())
                        .text();
                requests.add(new GenerationRequest(loaded.tokenizer().encodePrompt(prompt), DrawKey.ONLY));
            }
            return new Generator(loaded.model(), Optional.of(loaded.tokenizer()), loaded.eosIds())
                    .generate(requests, GenerationOptions.of(Sampling.greedy(), ANSWER_TOKENS)).stream()
                            .map(Generation::text)
                            .toList();
        }
    }

    private static List<Map<String, Object>> fields(Conversation conversation) {
        return conversation.messages().stream()
                .map(message -> Map.<String, Object>of("role", message.role(), "content", message.content()))
                .toList();
    }

    private static Map<Kind, Score> scores(List<Dialogue> dialogues, List<String> answers) {
        Map<Kind, Score> scores = new EnumMap<>(Kind.class);
        for (int i = 0; i < dialogues.size(); i++) {
            int right = answers.get(i).equals(dialogues.get(i).answer()) ? 1 : 0;
            scores.merge(
                    dialogues.get(i).kind(),
                    new Score(right, 1),
                    (a, b) -> new Score(a.right() + b.right(), a.asked() + b.asked()));
        }
        return scores;
    }

    /// The first held-out dialogue of each kind.
    private static List<Sample> samples(List<Dialogue> dialogues, List<String> answers) {
        Map<Kind, Sample> first = new EnumMap<>(Kind.class);
        for (int i = 0; i < dialogues.size(); i++) {
            first.putIfAbsent(dialogues.get(i).kind(), new Sample(dialogues.get(i), answers.get(i)));
        }
        return List.copyOf(first.values());
    }

    private static void write(Path file, List<Dialogue> dialogues) {
        String lines = dialogues.stream()
                .map(dialogue -> JSON.writeValueAsString(Map.of("messages", fields(dialogue.conversation()))))
                .collect(Collectors.joining("\n", "", "\n"));
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, lines);
        } catch (IOException e) {
            throw new AlignException.Data(file + ": cannot be written: " + e.getMessage() + "; name another folder", e);
        }
    }
}
