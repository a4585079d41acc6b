package org.align4j.rl.reward;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.align4j.data.Prompt;
import org.jspecify.annotations.Nullable;

/// An answer to be judged.
///
/// @param prompt as the model saw it
/// @param response its answer, without special tokens; of several turns the last
/// @param tokens of the answer
/// @param ended whether the model ended it; otherwise it was cut off
/// @param fields the other columns of the prompt's row, such as the expected answer
/// @param asked the prompt as it is in the data, for judges that write it in their own way
/// @param earned what an environment gave for it; NaN where there is none
public record Attempt(
        String prompt,
        String response,
        int tokens,
        boolean ended,
        Map<String, @Nullable Object> fields,
        Prompt asked,
        double earned) {
    /// Of a prompt that is text.
    public Attempt(String prompt, String response, int tokens, boolean ended, Map<String, @Nullable Object> fields) {
        this(prompt, response, tokens, ended, fields, Prompt.of("", prompt));
    }

    /// Without an environment.
    public Attempt(
            String prompt,
            String response,
            int tokens,
            boolean ended,
            Map<String, @Nullable Object> fields,
            Prompt asked) {
        this(prompt, response, tokens, ended, fields, asked, Double.NaN);
    }

    public Attempt {
        fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    }

    /// A column of the row as text, absent where it isn't there or null.
    public Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name)).map(String::valueOf);
    }
}
