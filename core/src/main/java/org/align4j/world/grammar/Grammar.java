package org.align4j.world.grammar;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Rules that turn slots and draws into text. A file of rules has `@name` lines, each followed by
/// the rule's alternatives, one a line in the notation of [Phrase]; `//` begins a comment line.
public final class Grammar {
    private final Map<String, List<String>> lines;
    private final Map<String, Phrase> rules;

    private Grammar(Map<String, List<String>> lines) {
        this.lines = new LinkedHashMap<>();
        lines.forEach((name, alternatives) -> this.lines.put(name, List.copyOf(alternatives)));
        this.rules = new LinkedHashMap<>();
        lines.forEach((name, alternatives) -> rules.put(
                name, new Phrase.Choice(alternatives.stream().map(Phrase::parse).toList())));
    }

    /// Reads resources of `owner`'s package.
    ///
    /// @throws IllegalArgumentException for a rule defined twice or a phrase that can't be read
    public static Grammar load(Class<?> owner, String... resources) {
        Map<String, List<String>> lines = new LinkedHashMap<>();
        for (String resource : resources) {
            read(owner, resource, lines);
        }
        return new Grammar(lines);
    }

    private static void read(Class<?> owner, String resource, Map<String, List<String>> lines) {
        List<String> alternatives = new ArrayList<>();
        for (String line : lines(owner, resource)) {
            if (line.startsWith("@")) {
                alternatives = new ArrayList<>();
                if (lines.put(line.substring(1), alternatives) != null) {
                    throw new IllegalArgumentException(resource + ": rule " + line + " is defined twice");
                }
            } else {
                alternatives.add(line);
            }
        }
    }

    /// The lines of a resource of `owner`'s package, without empty ones and comments.
    public static List<String> lines(Class<?> owner, String resource) {
        InputStream stream = owner.getResourceAsStream(resource);
        if (stream == null) {
            throw new IllegalArgumentException(resource + ": no such resource of " + owner.getName());
        }
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("//"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The alternatives of a rule as they are written: how lists are kept.
    public List<String> list(String rule) {
        List<String> alternatives = lines.get(rule);
        if (alternatives == null) {
            throw new IllegalArgumentException("no rule named " + rule);
        }
        return alternatives;
    }

    public boolean has(String rule) {
        return rules.containsKey(rule);
    }

    /// One or more sentences of a rule, begun with a capital.
    public String sentence(String rule, Slots slots, Draws draws) {
        Phrase phrase = rules.get(rule);
        if (phrase == null) {
            throw new IllegalArgumentException("no rule named " + rule);
        }
        return sentence(phrase, slots, draws);
    }

    /// One or more sentences, begun with a capital.
    public String sentence(Phrase phrase, Slots slots, Draws draws) {
        Writer writer = new Writer(slots, draws, true);
        writer.write(phrase);
        return writer.text();
    }

    /// Part of a sentence, begun as it is written.
    public String clause(Phrase phrase, Slots slots, Draws draws) {
        Writer writer = new Writer(slots, draws, false);
        writer.write(phrase);
        return writer.text();
    }

    /// Writes phrases one after the other, capitals and articles put right.
    private final class Writer {
        private final StringBuilder text = new StringBuilder(80);
        private final Slots slots;
        private final Draws draws;
        private boolean capital;

        Writer(Slots slots, Draws draws, boolean capital) {
            this.slots = slots;
            this.draws = draws;
            this.capital = capital;
        }

        void write(Phrase phrase) {
            switch (phrase) {
                case Phrase.Text(String written) -> append(written);
                case Phrase.Slot(String name) -> slot(name);
                case Phrase.Choice(List<Phrase> alternatives) -> write(draws.pick(alternatives));
                case Phrase.Sequence(List<Phrase> parts) -> parts.forEach(this::write);
                case Phrase.Capital() -> capital = true;
            }
        }

        private void slot(String name) {
            String value = slots.find(name).orElse(null);
            if (value != null) {
                append(value);
                return;
            }
            Phrase rule = rules.get(name);
            if (rule == null) {
                throw new IllegalArgumentException("no slot or rule named " + name);
            }
            write(rule);
        }

        /// A sentence begins after `. `, `! ` or `? `; after a quote's end the grammar says it with
        /// `^`.
        private void append(String written) {
            for (int i = 0; i < written.length(); i++) {
                char c = written.charAt(i);
                if (capital && Character.isLetterOrDigit(c)) {
                    c = Character.toUpperCase(c);
                    capital = false;
                }
                if (soundsAsVowel(written, i)) {
                    article();
                }
                text.append(c);
                if (c == ' ' && text.length() > 1 && ".!?".indexOf(text.charAt(text.length() - 2)) >= 0) {
                    capital = true;
                }
            }
        }

        /// Turns a lone "a" before a vowel into "an".
        private void article() {
            int end = text.length();
            boolean alone = end >= 2
                    && text.charAt(end - 1) == ' '
                    && (text.charAt(end - 2) == 'a' || text.charAt(end - 2) == 'A')
                    && (end == 2 || !Character.isLetterOrDigit(text.charAt(end - 3)));
            if (alone) {
                text.insert(end - 1, 'n');
            }
        }

        private static boolean soundsAsVowel(String written, int at) {
            return "aeiouAEIOU".indexOf(written.charAt(at)) >= 0
                    || written.startsWith("honest", at)
                    || written.startsWith("hour", at);
        }

        String text() {
            return text.toString();
        }
    }
}
