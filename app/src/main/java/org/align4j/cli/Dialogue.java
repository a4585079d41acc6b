package org.align4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.error.AlignException;
import org.align4j.generate.DrawKey;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;
import org.align4j.generate.GenerationOptions;
import org.align4j.generate.GenerationRequest;
import org.align4j.generate.Generator;
import org.align4j.generate.Sampling;
import org.align4j.generate.Session;
import org.align4j.run.Interruption;
import org.align4j.tokenizer.ChatTemplate;
import tools.jackson.databind.json.JsonMapper;

/// A conversation with a model: the messages so far, and the model's state after them.
final class Dialogue implements AutoCloseable {
    private static final String END_OF_TURN = "<|im_end|>";

    private final LoadedModel model;
    private final Optional<String> system;
    private final SamplingOptions options;
    private final Sampling sampling;
    private final PrintWriter out;
    private final Prompts prompts;
    private final ChatTemplate template;
    private final Session session;
    private final List<Map<String, String>> messages = new ArrayList<>();
    private long turns;

    Dialogue(LoadedModel model, Optional<String> system, SamplingOptions options, PrintWriter out, PrintWriter err) {
        this.model = model;
        this.system = system;
        this.options = options;
        this.out = out;
        prompts = new Prompts(model, err);
        Sampling asked = options.sampling();
        if (model.template().isEmpty()) {
            err.println("align4j: warning: " + model.source().path()
                    + " has no chat template; talking to it in ChatML, which it may not know");
            err.flush();
            List<String> stops = new ArrayList<>(asked.stopStrings());
            stops.add(END_OF_TURN);
            asked = asked.with(changed -> changed.stopStrings = stops);
        }
        sampling = asked;
        template = model.template().orElseGet(ChatTemplate::chatml);
        session = new Generator(model.model(), Optional.of(model.tokenizer()), model.eosIds()).session();
        reset();
    }

    /// Forgets all but the instructions.
    void reset() {
        messages.clear();
        system.ifPresent(text -> messages.add(Prompts.message("system", text)));
    }

    /// Answers, printing the text as it comes. Ctrl-C ends the answer where it is.
    void answer(String said) {
        messages.add(Prompts.message("user", said));
        boolean answered = false;
        try {
            int[] ids = prompts.conversation(messages, template);
            Interruption interruption = Interruption.onCtrlC(() -> {});
            Generation answer = session.answer(
                    // Each turn has draws of its own.
                    new GenerationRequest(ids, new DrawKey(0, turns++, 0)),
                    GenerationOptions.of(sampling, Prompts.room(model, ids, options.maxTokens())),
                    new Printer(),
                    interruption::requested);
            messages.add(Prompts.message("assistant", answer.text()));
            answered = true;
        } finally {
            if (!answered) {
                messages.removeLast();
            }
        }
    }

    private final class Printer implements GenerationListener {
        @Override
        public void token(int request, int token, String text) {
            out.print(text);
            out.flush();
        }

        @Override
        public void finished(int request, String rest, Generation generation) {
            out.print(rest);
            out.println(
                    switch (generation.finish()) {
                        case EOS, STOP -> "";
                        case LENGTH -> " [--max-tokens reached]";
                        case INTERRUPTED -> " [stopped]";
                    });
            out.flush();
        }
    }

    /// Appends the conversation to a file as a line of training data.
    void save(String name) {
        if (name.isEmpty()) {
            throw new AlignException.Config("/save: which file? For example /save talk.jsonl");
        }
        List<Map<String, String>> ordered = new ArrayList<>();
        for (Map<String, String> message : messages) {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("role", message.getOrDefault("role", ""));
            fields.put("content", message.getOrDefault("content", ""));
            ordered.add(fields);
        }
        try {
            Path file = Path.of(name);
            Files.writeString(
                    file,
                    JsonMapper.shared().writeValueAsString(Map.of("messages", ordered)) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            out.println("appended to " + file);
        } catch (IOException | InvalidPathException e) {
            throw new AlignException.Config("/save " + name + ": cannot be written (" + e + "); name another file", e);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
