package org.align4j.world.lesson;

import java.util.List;
import org.align4j.world.grammar.Grammar;

/// An animal of the world: what is true of it is true in every text.
///
/// @param sound what it does when it speaks: `barks`
/// @param size from 1 (an ant) to 20 (a whale)
/// @param move what it does to get about: `run`, `fly`, `swim`…
/// @param legs a number word, or `no`
public record Animal(
        String name, String colour, String home, String food, String sound, int size, String move, String legs) {
    /// All animals of the world.
    public static List<Animal> all() {
        return Grammar.lines(Animal.class, "animals.txt").stream()
                .map(line -> line.split(", ", -1))
                .map(f -> new Animal(f[0], f[1], f[2], f[3], f[4], Integer.parseInt(f[5]), f[6], f[7]))
                .toList();
    }

    /// `a fox` or `an owl`.
    public String withArticle() {
        return ("aeiou".indexOf(name.charAt(0)) >= 0 ? "an " : "a ") + name;
    }

    /// Where it lives: `in a den`, `on a farm`.
    public String place() {
        return switch (home) {
            case "farm", "hill" -> "on a " + home;
            case "lake" -> "on a lake";
            case "ground", "sea" -> "in the " + home;
            default -> "in a" + ("aeiou".indexOf(home.charAt(0)) >= 0 ? "n " : " ") + home;
        };
    }
}
