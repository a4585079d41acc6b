package org.align4j.world.story;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.align4j.world.grammar.Draws;
import org.align4j.world.grammar.Grammar;

/// A list of the world's words, of which a star marks those held out.
///
/// @param common what training instructions may name
/// @param rare what they never name
/// @param all both
record Lists(List<String> common, List<String> rare, List<String> all) {
    Lists {
        common = List.copyOf(common);
        rare = List.copyOf(rare);
        all = List.copyOf(all);
    }

    Lists(List<String> common, List<String> rare) {
        this(common, rare, Stream.concat(common.stream(), rare.stream()).toList());
    }

    static Lists of(Grammar grammar, String rule) {
        List<String> common = new ArrayList<>();
        List<String> rare = new ArrayList<>();
        for (String line : grammar.list(rule)) {
            (line.contains("*") ? rare : common).add(line.replace("*", ""));
        }
        return new Lists(common, rare);
    }

    String draw(Range range, Draws draws) {
        List<String> from = switch (range) {
            case ANY -> all;
            case COMMON -> common;
            case RARE -> rare.isEmpty() ? common : rare;
        };
        return draws.pick(from);
    }
}
