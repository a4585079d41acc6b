package org.align4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.DataReport;
import org.align4j.data.OnError;
import org.align4j.data.Prompt;
import org.align4j.data.Source;
import org.align4j.data.encode.ChatRenderer;
import org.align4j.data.format.PromptReader;
import org.align4j.data.rows.ReadOptions;
import org.align4j.data.rows.Row;
import org.align4j.data.rows.Rows;
import org.align4j.error.AlignException;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.run.Interruption;
import org.align4j.tensor.Scope;
import org.align4j.tokenizer.ChatTemplate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// `align4j sample`: K outputs for each prompt of a file, to be ranked or scored.
@Command(
        name = "sample",
        description = "Draw several outputs for each prompt of a file.",
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Writes JSONL with prompt, outputs, and the settings that they were drawn with.",
            "Example:",
            "  align4j sample --model runs/sft --data prompts.jsonl --k 4 --output outputs.jsonl"
        })
final class SampleCommand implements Runnable {
    /// Answers that are drawn together.
    private static final int AT_ONCE = 64;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Option(
            names = "--data",
            required = true,
            split = ",",
            paramLabel = "FILE",
            description = "Files with prompts, or data whose prompts are taken.")
    private List<String> data = List.of();

    @Option(
            names = "--column",
            paramLabel = "OURS=THEIRS",
            description = "Where a column comes from, e.g. --column prompt=question.")
    private Map<String, String> columns = Map.of();

    @Option(names = "--k", paramLabel = "K", description = "Outputs for each prompt. Default: ${DEFAULT-VALUE}.")
    private int k = 4;

    @Option(names = "--limit", paramLabel = "N", description = "Prompts at most; 0 for all. Default: 0.")
    private int limit;

    @Option(names = "--raw", description = "Go on from prompts as they are, without the model's chat template.")
    private boolean raw;

    @Option(names = "--on-error", paramLabel = "WHAT", description = "fail or skip: rows without a usable prompt.")
    private OnError onError = OnError.FAIL;

    @Option(names = "--output", required = true, paramLabel = "FILE", description = "Where to write them, as JSONL.")
    private Path output = Path.of("outputs.jsonl");

    /// A prompt as the model reads it.
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Asked(Prompt prompt, Source source, int number, int[] ids, boolean chat) {}

    @Override
    public void run() {
        if (k < 1) {
            throw new AlignException.Config("--k: " + k + " is out of range; give at least 1");
        }
        Interruption interruption = Interruption.onSignals(() -> {});
        try (Scope scope = Scope.open();
                LoadedModel loaded = model.load();
                WholeFile file = WholeFile.create(output);
                ItemProgress progress = ItemProgress.onStandardError()) {
            List<Asked> asked = prompts(loaded);
            progress.started("prompts", asked.size(), 0);
            Generator generator = new Generator(loaded.model(), Optional.of(loaded.tokenizer()), loaded.eosIds());
            int together = Math.max(1, AT_ONCE / k);
            for (int from = 0; from < asked.size() && !interruption.requested(); from += together) {
                List<Asked> part = asked.subList(from, Math.min(asked.size(), from + together));
                List<Generation> answers = draw(loaded, generator, part, interruption);
                if (!interruption.requested()) {
                    for (int i = 0; i < part.size(); i++) {
                        file.line(line(part.get(i), answers.subList(i * k, (i + 1) * k), loaded));
                    }
                    progress.done(part.size());
                }
            }
            if (interruption.requested()) {
                throw new CancellationException("interrupted");
            }
            file.publish();
            PrintWriter out = Align4j.out(spec);
            out.println("Wrote " + asked.size() + " prompts with " + k + " outputs each to " + output);
            out.flush();
        }
    }

    private List<Asked> prompts(LoadedModel loaded) {
        DataReport report = new DataReport();
        PromptReader reader = new PromptReader(columns, report);
        Optional<ChatRenderer> template = raw
                ? Optional.empty()
                : loaded.template().map(chat -> ChatRenderer.of(chat, ChatTemplate.Options.prompt()));
        List<Asked> asked = new ArrayList<>();
        try (Rows rows = Rows.open(data, ReadOptions.DEFAULT, report)) {
            while (rows.hasNext() && (limit == 0 || asked.size() < limit)) {
                Row row = rows.next();
                Optional<Prompt> prompt = reader.read(row);
                if (prompt.isPresent()) {
                    asked.add(asked(prompt.get(), row.source(), asked.size(), template, loaded));
                }
            }
        }
        report.check(onError);
        return asked;
    }

    private static Asked asked(
            Prompt prompt, Source source, int number, Optional<ChatRenderer> template, LoadedModel loaded) {
        String text = template.map(
                        chat -> chat.render(prompt.conversation(), true).text())
                .or(prompt::text)
                .orElseThrow(() -> new AlignException.Model(source
                        + ": a conversation, but the model has no chat template; put a chat_template.jinja into its"
                        + " directory"));
        return new Asked(prompt, source, number, loaded.tokenizer().encodePrompt(text), template.isPresent());
    }

    private List<Generation> draw(
            LoadedModel loaded, Generator generator, List<Asked> asked, Interruption interruption) {
        List<GenerationRequest> requests = new ArrayList<>();
        int room = sampling.maxTokens();
        for (Asked each : asked) {
            room = Prompts.room(loaded, each.ids(), room);
            for (int sample = 0; sample < k; sample++) {
                requests.add(new GenerationRequest(each.ids(), new DrawKey(0, each.number(), sample)));
            }
        }
        try (Scope scope = Scope.open()) {
            return generator.generate(
                    requests,
                    GenerationOptions.of(sampling.sampling(), room),
                    GenerationListener.NONE,
                    interruption::requested);
        }
    }

    private String line(Asked asked, List<Generation> answers, LoadedModel loaded) {
        Map<String, Object> row = new LinkedHashMap<>();
        JsonPrompt.put(row, asked.prompt(), asked.chat());
        row.put(
                "outputs",
                answers.stream()
                        .map(answer -> {
                            Map<String, Object> one = new LinkedHashMap<>();
                            one.put("text", answer.text());
                            one.put("tokens", answer.tokens().length);
                            one.put("finish", answer.finish().name().toLowerCase(java.util.Locale.ROOT));
                            return one;
                        })
                        .toList());
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("model", loaded.source().path().toString());
        settings.put("chat", asked.chat());
        settings.putAll(sampling.record());
        row.put("settings", settings);
        row.put("source", asked.source().toString());
        return JsonMapper.shared().writeValueAsString(row);
    }
}
