package org.align4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.error.AlignException;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.run.Interruption;
import org.align4j.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j generate`: answers one prompt. Only the answer goes to standard output.
@Command(
        name = "generate",
        description = "Answer a prompt.",
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  align4j generate --model MODEL --prompt \"Name three rivers.\" --temperature 0"})
final class GenerateCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Option(
            names = "--prompt",
            required = true,
            paramLabel = "P",
            description = "What to answer; - reads it from standard input.")
    private String prompt = "";

    @Option(names = "--system", paramLabel = "S", description = "Instructions that come before the prompt.")
    private Optional<String> system = Optional.empty();

    @Option(names = "--raw", description = "Go on from the prompt as it is, without the model's chat template.")
    private boolean raw;

    @Option(
            names = "--samples",
            paramLabel = "K",
            description = "How many answers; a line of --- stands between two. Default: 1.")
    private int samples = 1;

    @Override
    public void run() {
        if (samples < 1) {
            throw new AlignException.Config("--samples: " + samples + " is out of range; give at least 1");
        }
        String asked = prompt.equals("-") ? standardInput() : prompt;
        Interruption interruption = Interruption.onSignals(() -> {});
        PrintWriter out = Align4j.out(spec);
        try (Scope scope = Scope.open();
                LoadedModel loaded = model.load()) {
            int[] ids = new Prompts(loaded, spec.commandLine().getErr()).generate(asked, system, raw);
            Generator generator = new Generator(loaded.model(), Optional.of(loaded.tokenizer()), loaded.eosIds());
            List<GenerationRequest> requests = IntStream.range(0, samples)
                    .mapToObj(sample -> new GenerationRequest(ids, new DrawKey(0, 0, sample)))
                    .toList();
            GenerationOptions options =
                    GenerationOptions.of(sampling.sampling(), Prompts.room(loaded, ids, sampling.maxTokens()));
            if (samples == 1) {
                generator.generate(requests, options, printer(out), interruption::requested);
            } else {
                printAll(generator.generate(requests, options, GenerationListener.NONE, interruption::requested), out);
            }
        }
        if (interruption.requested()) {
            throw new CancellationException("interrupted");
        }
    }

    private static GenerationListener printer(PrintWriter out) {
        return new GenerationListener() {
            @Override
            public void token(int request, int token, String text) {
                out.print(text);
                out.flush();
            }

            @Override
            public void finished(int request, String rest, Generation generation) {
                out.println(rest);
                out.flush();
            }
        };
    }

    private static void printAll(List<Generation> answers, PrintWriter out) {
        for (int i = 0; i < answers.size(); i++) {
            if (i > 0) {
                out.println("---");
            }
            out.println(answers.get(i).text());
        }
        out.flush();
    }

    private static String standardInput() {
        try {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing();
        } catch (IOException e) {
            throw new AlignException.Data("standard input cannot be read: " + e.getMessage() + "; give --prompt", e);
        }
    }
}
