package org.align4j.world.story;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// A story as told.
public record Story(Scene scene, List<Beat> beats) {
    public Story {
        beats = List.copyOf(beats);
    }

    /// What a beat is for.
    public enum Part {
        OPENING,
        SETTING,
        WISH,
        PREPARATION,
        TROUBLE,
        ATTEMPT,
        LOW,
        TURN,
        END,
        FEELING,
        CLOSING
    }

    /// One or two sentences.
    public record Beat(Part part, String text) {}

    public String text() {
        return text(part -> true);
    }

    /// The sentences of some parts.
    public String text(Predicate<Part> wanted) {
        return beats.stream()
                .filter(beat -> wanted.test(beat.part()))
                .map(Beat::text)
                .collect(Collectors.joining(" "));
    }

    /// The beats up to and with the trouble.
    public String beginning() {
        return text(part -> part.compareTo(Part.TROUBLE) <= 0);
    }

    /// The beats after the trouble.
    public String rest() {
        return text(part -> part.compareTo(Part.TROUBLE) > 0);
    }
}
