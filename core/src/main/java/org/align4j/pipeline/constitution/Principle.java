package org.align4j.pipeline.constitution;

import java.util.List;
import org.align4j.error.Require;

/// One principle of a constitution and the three requests that it is made of.
///
/// @param id names it in lineages
/// @param critique asks what is wrong with an answer
/// @param revision asks to write the answer anew
/// @param comparison asks which of two answers is better
/// @param weight how often it is drawn, relative to the others
/// @param tags what it is about, such as `privacy`; a run may use some only
/// @param language of the requests, such as `en`
public record Principle(
        String id,
        String critique,
        String revision,
        String comparison,
        double weight,
        List<String> tags,
        String language) {
    public Principle {
        tags = List.copyOf(tags);
        Require.that(id.matches("[\\w-]+"), "id must be letters, digits, _ and -, got \"" + id + "\"");
        Require.that(!critique.isBlank(), "critique must say what to ask");
        Require.that(!revision.isBlank(), "revision must say what to ask");
        Require.that(!comparison.isBlank(), "comparison must say what to ask");
        Require.that(weight > 0 && Double.isFinite(weight), "weight must be > 0, got " + weight);
        Require.that(!language.isBlank(), "language must be a code such as en");
    }

    /// Of weight 1, without tags, in English.
    public static Principle defaults(String id, String critique, String revision, String comparison) {
        return new Principle(id, critique, revision, comparison, 1, List.of(), "en");
    }
}
