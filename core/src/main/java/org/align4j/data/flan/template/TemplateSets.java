package org.align4j.data.flan.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// Sets of templates by name: those that come with Align4J, and a recipe's own.
public final class TemplateSets {
    /// Sets that come with Align4J.
    private static final List<String> BUILT_IN = List.of(
            "rendered",
            "plain",
            "question",
            "math",
            "claim",
            "classification",
            "instruction",
            "definition",
            "dialogue",
            "multilingual",
            "bilingual");

    private TemplateSets() {}

    /// The set called `name`.
    ///
    /// @param own a recipe's sets: name and file
    /// @throws AlignException.Config when there is none of that name, or its file has faults
    public static TemplateSet find(String name, Map<String, Path> own) {
        if (own.containsKey(name)) {
            return Configuration.read(TemplateSet.class, own.get(name), List.of());
        }
        if (!BUILT_IN.contains(name)) {
            List<String> known = new java.util.ArrayList<>(BUILT_IN);
            known.addAll(own.keySet());
            throw new AlignException.Config("templates: no set \"" + name + "\""
                    + Problems.nearest(name, known)
                            .map(near -> "; did you mean " + near + "?")
                            .orElse("; known: " + String.join(", ", known)));
        }
        try (InputStream resource = TemplateSets.class.getResourceAsStream(name + ".yaml")) {
            if (resource == null) {
                throw new IllegalStateException("the templates " + name + " are missing from the program");
            }
            String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            return Configuration.parse(TemplateSet.class, text, "templates " + name, List.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The names of the sets that come with Align4J.
    public static List<String> builtIn() {
        return BUILT_IN;
    }
}
