package org.align4j.data.encode;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.align4j.data.Conversation;
import org.align4j.data.DataReport;
import org.align4j.data.Example;
import org.align4j.data.SkipReason;
import org.align4j.data.Source;
import org.align4j.data.TokenizedExample;
import org.align4j.data.encode.EncodeOptions.LossOn;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.SpanTokens;
import org.align4j.tokenizer.SpecialToken;
import org.align4j.tokenizer.Tokenizer;

/// Makes token ids of examples and marks the trained ones. The boundary between what is given and
/// what is trained is found in the text, then carried over to the tokens. Examples that cannot be
/// used are entered in the report.
///
/// Every example begins as the model's texts do (BOS, if the tokenizer adds one and the chat
/// template has not), as prompts do when the model generates.
public final class ExampleEncoder {
    /// Note in the report: the text was encoded in parts at a boundary, see [SpanTokens].
    public static final String STRADDLING =
            "prompt and completion would share a token: encoded apart, as when the model generates";

    /// Note in the report: the model does not learn to stop there.
    public static final String ENDLESS = "assistant turns without an end token: the model does not learn to stop";

    /// Note in the report: raw prompt and completion without white space between them.
    public static final String GLUED =
            "prompt and completion meet without a space or line break; put one into data.columns if unwanted";

    private final Tokenizer tokenizer;
    private final Optional<ChatRenderer> template;
    private final EncodeOptions options;
    private final DataReport report;
    private final int[] prefix;

    /// @throws AlignException.Config when a chat template is demanded and there is none
    public ExampleEncoder(
            Tokenizer tokenizer, Optional<ChatRenderer> template, EncodeOptions options, DataReport report) {
        if (options.chat().orElse(false) && template.isEmpty()) {
            throw new AlignException.Config(
                    "data.chat: the model has no chat template; put a chat_template.jinja into its directory, or set data.chat: false");
        }
        this.tokenizer = tokenizer;
        this.template = template;
        this.options = options;
        this.report = report;
        this.prefix = tokenizer.encodePrompt("");
    }

    /// The tokens of all examples that can be used, in order.
    public List<TokenizedExample> encodeAll(List<Example> examples) {
        return examples.stream().flatMap(example -> encode(example).stream()).toList();
    }

    /// The tokens of an example, or empty and an entry in the report.
    ///
    /// @throws AlignException.Model when the example is a conversation and the model has no chat
    ///     template
    public Optional<TokenizedExample> encode(Example example) {
        Optional<TokenizedExample> encoded = tokens(example);
        encoded.ifPresent(used -> report.use());
        return encoded;
    }

    /// As [#encode], for what is only a part of a row: doesn't count it as used.
    Optional<TokenizedExample> tokens(Example example) {
        return switch (example) {
            case Example.Chat chat -> conversation(chat.conversation(), chat.source());
            case Example.PromptCompletion pair
            when options.chat().orElse(template.isPresent()) -> conversation(pair.conversation(), pair.source());
            case Example.PromptCompletion pair ->
                raw(
                        pair.system().isEmpty() ? pair.prompt() : pair.system() + "\n\n" + pair.prompt(),
                        pair.completion(),
                        pair.source());
            case Example.Answered answered -> answered(answered);
            case Example.PlainText text ->
                finish(
                        new MarkedText(
                                text.text(), List.of(new TextSpan(0, text.text().length()))),
                        true,
                        text.source());
        };
    }

    private Optional<TokenizedExample> conversation(Conversation conversation, Source source) {
        ChatRenderer renderer = template.orElseThrow(
                () -> new AlignException.Model(
                        source
                                + ": a conversation, but the model has no chat template; put a chat_template.jinja into its directory"));
        try {
            MarkedText text = options.lossOn() == LossOn.ALL
                    ? renderer.render(conversation, false)
                    : AssistantText.of(renderer, conversation);
            return finish(text, false, source);
        } catch (AlignException e) {
            report.skip(SkipReason.TEMPLATE, source, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<TokenizedExample> answered(Example.Answered answered) {
        Optional<String> prompt = answered.prompt().text();
        Optional<String> completion = answered.completion().text();
        boolean chat = options.chat().orElse(template.isPresent());
        return chat || prompt.isEmpty() || completion.isEmpty()
                ? conversation(answered.prompt().answered(answered.completion()), answered.source())
                : raw(prompt.get(), completion.get(), answered.source());
    }

    private Optional<TokenizedExample> raw(String prompt, String completion, Source source) {
        String text = prompt + completion;
        boolean glued = !prompt.isEmpty()
                && !completion.isEmpty()
                && !Character.isWhitespace(prompt.charAt(prompt.length() - 1))
                && !Character.isWhitespace(completion.charAt(0));
        if (glued) {
            report.note(GLUED, source);
        }
        return finish(new MarkedText(text, List.of(new TextSpan(prompt.length(), text.length()))), true, source);
    }

    private Optional<TokenizedExample> finish(MarkedText text, boolean addEos, Source source) {
        List<SpanTokens.Span> spans = text.trained().stream()
                .map(span -> new SpanTokens.Span(span.start(), span.end()))
                .toList();
        SpanTokens encoded = SpanTokens.of(tokenizer, text.text(), spans, true);
        int[] ids = encoded.ids();
        boolean[] mask = encoded.mask();
        int endless = addEos ? 0 : TurnEnds.settle(tokenizer, ids, mask);
        if (addEos) {
            Optional<SpecialToken> eos = tokenizer.eos();
            endless = eos.isPresent() ? 0 : 1;
            if (eos.isPresent()) {
                ids = Arrays.copyOf(ids, ids.length + 1);
                ids[ids.length - 1] = eos.get().id();
                mask = Arrays.copyOf(mask, ids.length);
                // EOS counts: otherwise the model never learns to stop.
                mask[ids.length - 1] = true;
            }
        }
        if (options.lossOn() == LossOn.ALL) {
            Arrays.fill(mask, true);
        }
        if (!encoded.cuts().isEmpty()) {
            report.note(STRADDLING, source);
        }
        if (endless > 0) {
            report.note(ENDLESS, source);
        }
        return fitted(ids, mask, source);
    }

    private Optional<TokenizedExample> fitted(int[] tokens, boolean[] mask, Source source) {
        int max = options.maxLength();
        int kept = startsWith(tokens, prefix) ? prefix.length : 0;
        int over = tokens.length - max;
        if (over > 0 && options.truncate() == EncodeOptions.Truncate.DROP) {
            report.skip(SkipReason.TOO_LONG, source, tokens.length + " tokens, data.max_length is " + max);
            return Optional.empty();
        }
        int[] ids = tokens;
        boolean[] trained = mask;
        if (over > 0) {
            report.note(
                    "longer than data.max_length " + max + ", cut at the "
                            + options.truncate().name().toLowerCase(Locale.ROOT),
                    source);
            boolean atEnd = options.truncate() == EncodeOptions.Truncate.END;
            int head = atEnd ? max : Math.min(kept, max - 1);
            ids = Arrays.copyOf(tokens, max);
            trained = Arrays.copyOf(mask, max);
            System.arraycopy(tokens, tokens.length - (max - head), ids, head, max - head);
            System.arraycopy(mask, mask.length - (max - head), trained, head, max - head);
        }
        if (trained.length > 0) {
            trained[0] = false;
        }
        if (noneOf(trained)) {
            String remedy = over > 0
                    ? "the completion was cut off; raise data.max_length or set data.truncate: start"
                    : "no assistant turn or completion to learn";
            report.skip(SkipReason.NO_TRAINED_TOKEN, source, remedy);
            return Optional.empty();
        }
        return Optional.of(new TokenizedExample(ids, trained, source));
    }

    /// Tokens that stay when the start of an example is cut off: BOS, if it has one.
    int startOf(TokenizedExample example) {
        return startsWith(example.tokens(), prefix) ? prefix.length : 0;
    }

    /// The example without its first `count` tokens after [#startOf].
    TokenizedExample withoutStart(TokenizedExample example, int count) {
        int kept = startOf(example);
        int[] tokens = Arrays.copyOfRange(example.tokens(), count, example.length());
        boolean[] mask = Arrays.copyOfRange(example.lossMask(), count, example.length());
        System.arraycopy(example.tokens(), 0, tokens, 0, kept);
        Arrays.fill(mask, 0, kept, false);
        return new TokenizedExample(tokens, mask, example.source());
    }

    private static boolean startsWith(int[] tokens, int[] prefix) {
        return tokens.length >= prefix.length && Arrays.equals(tokens, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static boolean noneOf(boolean[] mask) {
        for (boolean trained : mask) {
            if (trained) {
                return false;
            }
        }
        return true;
    }
}
