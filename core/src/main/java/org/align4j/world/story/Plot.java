package org.align4j.world.story;

import java.util.ArrayList;
import java.util.List;
import org.align4j.world.grammar.Grammar;
import org.align4j.world.grammar.Phrase;

/// A wish, and the troubles that may come of it.
///
/// @param name one word
/// @param thing what the story is about, as a title names it
/// @param places names of places where it can happen
/// @param weathers when it can happen
/// @param times times of day when it can happen
/// @param wants infinitive phrases that follow "wanted to"
/// @param preparations what the hero does first, as clauses
record Plot(
        String name,
        String thing,
        List<String> places,
        List<String> weathers,
        List<String> times,
        List<Phrase> wants,
        List<Phrase> preparations,
        List<Problem> problems) {

    /// What goes wrong and how it can end, as clauses.
    ///
    /// @param state whether the trouble is so from the start, rather than happening
    /// @param but what goes wrong
    /// @param attempt what the hero tries in vain
    /// @param help what the friend does
    /// @param idea what the hero does alone
    /// @param won the good end
    /// @param lost the bad end
    record Problem(
            String name,
            boolean state,
            Phrase but,
            Phrase attempt,
            Phrase help,
            Phrase idea,
            Phrase won,
            Phrase lost) {}

    /// Reads the wishes of a resource.
    static List<Plot> load(String resource, List<String> allWeathers, List<String> allTimes) {
        List<String> lines = Grammar.lines(Plot.class, resource);
        List<Plot> plots = new ArrayList<>();
        for (int start = 0; start < lines.size(); ) {
            int end = start + 1;
            while (end < lines.size() && !lines.get(end).startsWith("wish:")) {
                end++;
            }
            plots.add(read(lines.subList(start, end), allWeathers, allTimes));
            start = end;
        }
        return plots;
    }

    private static Plot read(List<String> lines, List<String> allWeathers, List<String> allTimes) {
        String[] head = value(lines.getFirst(), "wish").split(" *\\| *", -1);
        List<Phrase> wants = new ArrayList<>();
        List<Phrase> preparations = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        int at = 1;
        for (; !lines.get(at).startsWith("problem:"); at++) {
            if (lines.get(at).startsWith("want:")) {
                wants.add(phrase(lines.get(at), "want"));
            } else {
                preparations.add(phrase(lines.get(at), "prep"));
            }
        }
        for (; at < lines.size(); at += 7) {
            boolean state = lines.get(at + 1).startsWith("is:");
            problems.add(new Problem(
                    value(lines.get(at), "problem"),
                    state,
                    phrase(lines.get(at + 1), state ? "is" : "but"),
                    phrase(lines.get(at + 2), "try"),
                    phrase(lines.get(at + 3), "help"),
                    phrase(lines.get(at + 4), "idea"),
                    phrase(lines.get(at + 5), "won"),
                    phrase(lines.get(at + 6), "lost")));
        }
        return new Plot(
                head[0],
                head[1],
                words(head[2], List.of()),
                words(head[3], allWeathers),
                words(head[4], allTimes),
                wants,
                preparations,
                problems);
    }

    private static List<String> words(String field, List<String> any) {
        return field.equals("any") ? any : List.of(field.split(" *, *", -1));
    }

    private static Phrase phrase(String line, String key) {
        return Phrase.parse(value(line, key));
    }

    private static String value(String line, String key) {
        if (!line.startsWith(key + ": ")) {
            throw new IllegalArgumentException("expected \"" + key + ": …\" but found: " + line);
        }
        return line.substring(key.length() + 2);
    }
}
