package org.align4j.data.flan.task;

import java.util.Arrays;
import java.util.Locale;

/// Codes of languages that files name in English.
final class LanguageNames {
    private LanguageNames() {}

    /// The code of `German`, `de`; what is no known name stays as it is, in lower case.
    static String code(String name) {
        return Arrays.stream(Locale.getISOLanguages())
                .filter(code ->
                        Locale.of(code).getDisplayLanguage(Locale.ENGLISH).equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElse(name.strip().toLowerCase(Locale.ROOT));
    }
}
