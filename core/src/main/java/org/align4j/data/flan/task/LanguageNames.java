package org.align4j.data.flan.task;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Codes of languages that files name in English, or that folders are called.
final class LanguageNames {
    private LanguageNames() {}

    /// The code that the folder of a file is called, such as `de` or `nso`, if it is one.
    static Optional<String> ofFolder(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().getParent())
                .map(Path::getFileName)
                .map(Path::toString)
                .filter(name -> name.matches("[a-z]{2,3}"))
                .filter(code ->
                        !Locale.of(code).getDisplayLanguage(Locale.ENGLISH).equals(code));
    }

    /// The code of `German`, `de`; what is no known name stays as it is, in lower case.
    static String code(String name) {
        return Arrays.stream(Locale.getISOLanguages())
                .filter(code ->
                        Locale.of(code).getDisplayLanguage(Locale.ENGLISH).equalsIgnoreCase(name.strip()))
                .findFirst()
                .orElse(name.strip().toLowerCase(Locale.ROOT));
    }
}
