package org.align4j.tokenizer;

import static org.align4j.tokenizer.TokenizerSpec.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// How byte-level BPE splits text before merging, by the name that GGUF files give it
/// (`tokenizer.ggml.pre`).
///
/// The expressions are those of the models' own `tokenizer.json`, written for Oniguruma; each is
/// applied to what the one before left.
///
/// @param expressions what pieces look like, in order
/// @param ignoreMerges whether a piece that is a token is taken without merging
/// @param addsBos whether BOS comes first when the file doesn't say
record PreTokenizer(List<String> expressions, boolean ignoreMerges, boolean addsBos) {
    private static final String ANY_CASE_ENDINGS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private static final String LINES_AND_SPACES = "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    private static final String GPT2 =
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String BEFORE_WORD = "[^\\r\\n\\p{L}\\p{N}]?";
    private static final String PATH_SYMBOLS = "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*";

    private static final Map<String, PreTokenizer> BY_NAME = byName();

    /// The pre-tokenizer of a name.
    ///
    /// @param place what the message calls the file
    /// @throws AlignException.Model when the name is not known
    static PreTokenizer of(String name, String place) {
        PreTokenizer found = BY_NAME.get(name);
        if (found == null) {
            Optional<String> nearest = Problems.nearest(name, BY_NAME.keySet());
            throw new AlignException.Model(place + ": tokenizer.ggml.pre \"" + name + "\" is unknown"
                    + nearest.map(known -> " (nearest: \"" + known + "\")").orElse("")
                    + "; use the model's Hugging Face directory, whose tokenizer.json says how to split");
        }
        return found;
    }

    /// The names that are known.
    static Set<String> names() {
        return BY_NAME.keySet();
    }

    /// The steps of a `tokenizer.json`: splits, then bytes.
    List<Map<String, Object>> steps() {
        List<Map<String, Object>> steps = new ArrayList<>();
        for (String expression : expressions) {
            steps.add(step("Split", "pattern", Map.of("Regex", expression), "behavior", "Isolated", "invert", false));
        }
        steps.add(step("ByteLevel", "add_prefix_space", false, "trim_offsets", true, "use_regex", false));
        return steps;
    }

    private static Map<String, PreTokenizer> byName() {
        PreTokenizer gpt2 = plain(GPT2);
        PreTokenizer digitsApart = plain("\\p{N}", GPT2);
        PreTokenizer qwen2 = plain(words(1));
        PreTokenizer dbrx = plain(words(3));
        PreTokenizer llama3 = new PreTokenizer(List.of(words(3)), true, true);
        PreTokenizer gpt4o = plain(cased(ANY_CASE_ENDINGS + "?", "\\p{N}{1,3}"));
        PreTokenizer tekken = new PreTokenizer(List.of(cased("", "\\p{N}")), true, true);
        return Map.ofEntries(
                Map.entry("gpt-2", gpt2),
                Map.entry("gpt2", gpt2),
                Map.entry("phi-2", gpt2),
                Map.entry("mpt", gpt2),
                Map.entry("olmo", gpt2),
                Map.entry("jais", gpt2),
                Map.entry("default", plain("[\\p{P}\\$\\+<=>\\^~\\|]+", GPT2, "\\p{N}+", "[0-9][0-9][0-9]")),
                Map.entry("falcon", plain("[\\p{P}\\$\\+<=>\\^~\\|`]+", GPT2, "[0-9][0-9][0-9]")),
                Map.entry("smollm", digitsApart),
                Map.entry("starcoder", digitsApart),
                Map.entry("refact", digitsApart),
                Map.entry("command-r", digitsApart),
                Map.entry("codeshell", digitsApart),
                Map.entry("exaone", digitsApart),
                Map.entry("qwen2", qwen2),
                Map.entry("deepseek-r1-qwen", qwen2),
                Map.entry("stablelm2", qwen2),
                Map.entry("hunyuan", qwen2),
                Map.entry("dbrx", dbrx),
                Map.entry("smaug-bpe", dbrx),
                Map.entry("chatglm-bpe", dbrx),
                Map.entry("llama-bpe", llama3),
                Map.entry("llama3", llama3),
                Map.entry("llama-v3", llama3),
                Map.entry("falcon3", llama3),
                Map.entry("pixtral", llama3),
                Map.entry("gpt-4o", gpt4o),
                Map.entry("llama4", gpt4o),
                Map.entry("tekken", tekken));
    }

    private static PreTokenizer plain(String... expressions) {
        return new PreTokenizer(List.of(expressions), false, false);
    }

    /// Words with one sign before, at most `digits` digits, other signs with the line ends after
    /// them, spaces.
    private static String words(int digits) {
        String numbers = digits == 1 ? "\\p{N}" : "\\p{N}{1," + digits + "}";
        return ANY_CASE_ENDINGS + "|" + BEFORE_WORD + "\\p{L}+|" + numbers + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                + LINES_AND_SPACES;
    }

    /// As [#words], with a word ending where a lower-case letter is followed by an upper-case one.
    private static String cased(String endings, String numbers) {
        return BEFORE_WORD + UPPER + "*" + LOWER + "+" + endings + "|" + BEFORE_WORD + UPPER + "+" + LOWER + "*"
                + endings + "|" + numbers + PATH_SYMBOLS + LINES_AND_SPACES;
    }
}
