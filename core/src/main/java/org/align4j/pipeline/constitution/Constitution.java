package org.align4j.pipeline.constitution;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.random.CounterRandom;

/// Written principles, demonstrations of how they are used, and the words around them. A YAML file;
/// unknown and missing keys are errors.
///
/// @param name for people
/// @param principles at least one
/// @param demonstrations shown in their order; a run takes the first few
/// @param wording of comparisons and ratings
public record Constitution(
        String name, List<Principle> principles, List<Demonstration> demonstrations, Wording wording) {
    /// Those that come with the project.
    public static final List<String> BUILT_IN = List.of("harmlessness", "helpfulness", "honesty", "world");

    public Constitution {
        principles = List.copyOf(principles);
        demonstrations = List.copyOf(demonstrations);
        if (principles.isEmpty()) {
            throw new IllegalArgumentException("principles must be at least one");
        }
        Set<String> ids = new HashSet<>();
        for (Principle principle : principles) {
            if (!ids.add(principle.id())) {
                throw new IllegalArgumentException(
                        "principles: the id \"" + principle.id() + "\" is there twice; ids must differ");
            }
        }
        for (Demonstration demonstration : demonstrations) {
            if (!ids.contains(demonstration.principle())) {
                throw new IllegalArgumentException("demonstrations: no principle has the id \""
                        + demonstration.principle() + "\""
                        + Problems.nearest(demonstration.principle(), ids)
                                .map(near -> "; did you mean " + near + "?")
                                .orElse(""));
            }
        }
    }

    /// Without demonstrations, in the usual words.
    public static Constitution defaults(String name, List<Principle> principles) {
        return new Constitution(name, principles, List.of(), Wording.defaults());
    }

    /// The constitution that `source` names: one of [#BUILT_IN], or a file.
    ///
    /// @throws AlignException.Config naming every fault with its line
    public static Constitution of(String source) {
        if (BUILT_IN.contains(source)) {
            return Configuration.parse(Constitution.class, builtIn(source), source + ".yaml", List.of());
        }
        Path file = Path.of(source);
        if (!Files.exists(file)) {
            throw new AlignException.Config(source + ": no such file, and no constitution of that name; there are "
                    + String.join(", ", BUILT_IN));
        }
        return Configuration.read(Constitution.class, file, List.of());
    }

    /// The YAML of one that comes with the project.
    public static String builtIn(String name) {
        return resource(name + ".yaml");
    }

    /// A JSON schema of constitutions, which editors check files with.
    public static String schema() {
        return resource("schema.json");
    }

    private static String resource(String name) {
        try (InputStream in = Constitution.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is not in the application");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The principles in `language` that have one of `tags`; empty ones select all.
    ///
    /// @throws AlignException.Config when none is left
    public Constitution selected(List<String> tags, String language) {
        List<Principle> left = principles.stream()
                .filter(each -> tags.isEmpty() || each.tags().stream().anyMatch(tags::contains))
                .filter(each -> language.isEmpty() || each.language().equals(language))
                .toList();
        if (left.isEmpty()) {
            Set<String> known = new TreeSet<>();
            principles.forEach(each -> known.addAll(each.tags()));
            throw new AlignException.Config("constitution: no principle of \"" + name + "\" has language \"" + language
                    + "\" and one of the tags " + tags + "; its tags are " + known);
        }
        Set<String> ids = new HashSet<>();
        left.forEach(each -> ids.add(each.id()));
        List<Demonstration> shown = demonstrations.stream()
                .filter(each -> ids.contains(each.principle()))
                .toList();
        return new Constitution(name, left, shown, wording);
    }

    /// What is allowed and looks like a mistake.
    public List<String> doubts() {
        List<String> doubts = new ArrayList<>();
        Map<String, String> known = new HashMap<>();
        for (Principle principle : principles) {
            String text = (principle.critique() + principle.revision() + principle.comparison())
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("\\W+", " ");
            Optional.ofNullable(known.put(text, principle.id()))
                    .ifPresent(twin -> doubts.add(principle.id() + " says the same as " + twin));
        }
        double total = principles.stream().mapToDouble(Principle::weight).sum();
        principles.stream()
                .filter(principle -> principles.size() > 1 && principle.weight() > total / 2)
                .forEach(principle ->
                        doubts.add(principle.id() + " is drawn more often than all others together: its weight"));
        if (demonstrations.isEmpty()) {
            doubts.add("no demonstrations: small models won't know what a critique looks like");
        }
        return doubts;
    }

    /// The principle of an id.
    public Principle principle(String id) {
        return principles.stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /// A principle by its weight.
    ///
    /// @param draws whose only number is used
    public Principle draw(CounterRandom draws) {
        double total = principles.stream().mapToDouble(Principle::weight).sum();
        double left = draws.uniform(0) * total;
        for (Principle principle : principles) {
            left -= principle.weight();
            if (left < 0) {
                return principle;
            }
        }
        return principles.getLast();
    }

    /// Different principles by their weights: drawn without putting back (Efraimidis and Spirakis
    /// 2006, the largest u^(1/w) first).
    ///
    /// @param count at most; there may be fewer principles
    public List<Principle> draw(int count, CounterRandom draws) {
        record Keyed(Principle principle, double key) {}
        return IntStream.range(0, principles.size())
                .mapToObj(i -> new Keyed(
                        principles.get(i),
                        Math.log(Math.max(draws.uniform(i), Double.MIN_NORMAL))
                                / principles.get(i).weight()))
                .sorted(Comparator.comparingDouble(Keyed::key).reversed())
                .limit(count)
                .map(Keyed::principle)
                .toList();
    }
}
