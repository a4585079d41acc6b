package org.align4j.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.error.AlignException;
import org.align4j.run.Interruption;
import org.align4j.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `align4j chat`: a conversation on the terminal.
@Command(
        name = "chat",
        description = "Talk to a model.",
        mixinStandardHelpOptions = true,
        footer = {"", "In the conversation, /help lists what can be done. Ctrl-C stops an answer."})
final class ChatCommand implements Runnable {
    private static final String HELP = """
            /reset      begin a new conversation
            /save FILE  write the conversation as a line of JSON, as training data has it
            /exit       leave (Ctrl-D, too)
            Ctrl-C stops an answer; twice leaves, with exit code 130.""";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private SamplingOptions sampling = new SamplingOptions();

    @Option(names = "--system", paramLabel = "S", description = "Instructions that the conversation begins with.")
    private Optional<String> system = Optional.empty();

    @Override
    public void run() {
        PrintWriter out = Align4j.out(spec);
        PrintWriter err = spec.commandLine().getErr();
        boolean terminal = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .isPresent();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (Scope scope = Scope.open();
                LoadedModel loaded = model.load();
                Dialogue dialogue = new Dialogue(loaded, system, sampling, out, err)) {
            if (terminal) {
                err.println("Talking to " + loaded.source().path() + ". /help lists commands.");
                err.flush();
            }
            String prompt = terminal ? "> " : "";
            Optional<String> line = read(in, out, prompt);
            while (line.isPresent() && !line.get().equals("/exit")) {
                take(line.get(), dialogue, out, err);
                line = read(in, out, prompt);
            }
            if (terminal && line.isEmpty()) {
                // Ctrl-D leaves the cursor after the prompt
                out.println();
            }
        }
    }

    /// The next line without space around it; absent at the end of the input.
    private static Optional<String> read(BufferedReader in, PrintWriter out, String prompt) {
        out.print(prompt);
        out.flush();
        Interruption.onCtrlC(() -> {
            out.print("\nCtrl-C again or /exit leaves.\n" + prompt);
            out.flush();
        });
        try {
            return Optional.ofNullable(in.readLine()).map(String::strip);
        } catch (IOException e) {
            throw new AlignException.Data("standard input cannot be read: " + e.getMessage(), e);
        }
    }

    private static void take(String line, Dialogue dialogue, PrintWriter out, PrintWriter err) {
        try {
            if (line.equals("/help")) {
                out.println(HELP);
            } else if (line.equals("/reset")) {
                dialogue.reset();
            } else if (line.equals("/save") || line.startsWith("/save ")) {
                dialogue.save(line.substring("/save".length()).strip());
            } else if (line.startsWith("/")) {
                err.println("unknown command " + line + "; /help lists them");
            } else if (!line.isEmpty()) {
                dialogue.answer(line);
            }
        } catch (AlignException e) {
            // The conversation goes on: a file can be named again, a long conversation reset.
            err.println("align4j: " + e.getMessage());
        }
        out.flush();
        err.flush();
    }
}
