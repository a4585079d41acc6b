package org.align4j.world.story;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.align4j.world.grammar.Slots;

/// A question about a story, and its answer.
///
/// @param kind what is asked
/// @param question ends in a question mark
/// @param key the words that a right answer must have
/// @param answer one sentence
/// @param reasons what leads to the answer, as sentences; empty where it is simply told
public record Query(Kind kind, String question, String key, String answer, String reasons) {
    /// What can be asked.
    public enum Kind {
        WHO,
        WHERE,
        WISH,
        TROUBLE,
        HELPER,
        DEED,
        WHY,
        MOOD
    }

    /// All questions that the story answers.
    public static List<Query> of(Story story) {
        Scene scene = story.scene();
        Slots slots = scene.slots();
        String hero = scene.hero().name();
        String wished = hero + " wanted to " + slots.get("want") + ".";
        String trouble = capital(slots.get("but")) + ".";
        String mood = scene.happy() ? "happy" : "sad";
        List<Query> queries = new ArrayList<>();
        queries.add(new Query(Kind.WHO, "Who wanted to " + slots.get("want") + "?", hero, wished, ""));
        queries.add(new Query(
                Kind.WHERE,
                "Where was " + hero + "?",
                scene.place().name(),
                hero + " was " + scene.place().at() + ".",
                ""));
        queries.add(new Query(Kind.WISH, "What did " + hero + " want to do?", slots.get("want"), wished, ""));
        queries.add(new Query(Kind.TROUBLE, "What went wrong?", slots.get("but"), trouble, ""));
        String deed = scene.happy() ? capital(scene.deed()) + "." : "Nothing helped.";
        if (scene.happy()) {
            String helper = scene.helped() ? scene.friend().name() : "nobody";
            queries.add(new Query(
                    Kind.HELPER,
                    "Who helped " + hero + "?",
                    helper,
                    capital(helper) + " helped " + hero + ".",
                    trouble + " " + deed));
            String doer = scene.helped() ? scene.friend().name() : hero;
            queries.add(new Query(Kind.DEED, "What did " + doer + " do in the end?", scene.deed(), deed, ""));
        }
        queries.add(new Query(
                Kind.WHY,
                "Why was " + hero + " " + mood + " in the end?",
                scene.end(),
                hero + " was " + mood + " because " + scene.end() + ".",
                wished + " But " + slots.get("but") + ". " + deed));
        queries.add(new Query(
                Kind.MOOD,
                "Was " + hero + " happy or sad in the end?",
                mood,
                hero + " was " + mood + ".",
                wished + " In the end " + scene.end() + "."));
        return queries;
    }

    /// The answer after its reasons, where it has some.
    public String reasoned() {
        if (reasons.isEmpty()) {
            return answer;
        }
        return reasons + " So " + (answer.startsWith("Nobody") ? "n" + answer.substring(1) : answer);
    }

    static String capital(String clause) {
        return clause.substring(0, 1).toUpperCase(Locale.ROOT) + clause.substring(1);
    }
}
