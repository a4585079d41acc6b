package org.align4j.data.preference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.align4j.data.Completion;
import org.align4j.data.Prompt;
import org.align4j.data.Sample;
import org.align4j.data.Source;
import org.align4j.error.AlignException;

/// A prompt, outputs for it, and what one labeler says about them.
///
/// @param outputs by id, in the order of the data
public record Comparison(
        Prompt prompt, Map<String, Completion> outputs, Judgement judgement, Annotation annotation, Source source)
        implements Sample {
    /// @throws AlignException.Data when the judgement names an output that isn't there, or leaves
    ///     one out
    public Comparison {
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        Set<String> judged = new TreeSet<>(judgement.outputs());
        Set<String> unknown = new TreeSet<>(judged);
        unknown.removeAll(outputs.keySet());
        if (!unknown.isEmpty()) {
            throw new AlignException.Data("judges " + unknown + ", but the outputs are " + outputs.keySet());
        }
        Set<String> missing = new TreeSet<>(outputs.keySet());
        missing.removeAll(judged);
        if (!missing.isEmpty()) {
            throw new AlignException.Data("doesn't judge " + missing + "; judge every output once");
        }
    }

    /// An output.
    ///
    /// @throws NullPointerException for an id that isn't there
    public Completion output(String id) {
        return Objects.requireNonNull(outputs.get(id), id);
    }

    /// The ids in the order of the data.
    public List<String> ids() {
        return List.copyOf(outputs.keySet());
    }

    /// Every pair that is decided, ties among them.
    public List<PreferencePair> pairs() {
        return judgement.preferences().stream().map(this::pair).toList();
    }

    /// The decided pairs without ties: loses those.
    public List<PreferencePair> strictPairs() {
        return pairs().stream().filter(pair -> !pair.preference().tie()).toList();
    }

    private PreferencePair pair(Preference preference) {
        return new PreferencePair(
                prompt, output(preference.better()), output(preference.worse()), preference, annotation, source);
    }

    /// Outputs that are good or bad, for KTO. Of a strict pair the chosen one is good and the
    /// rejected one bad, which loses that they belong together; other judgements have none.
    public List<Label> labels() {
        return switch (judgement) {
            case Label label -> List.of(label);
            case Preference pair
            when !pair.tie() -> List.of(new Label(pair.better(), true), new Label(pair.worse(), false));
            case Preference tie -> List.of();
            case Ranking ranking -> List.of();
            case Ratings ratings -> List.of();
            case BestOf best -> List.of();
            case Unjudged unjudged -> List.of();
        };
    }

    @Override
    public Object content() {
        return List.of(prompt, new ArrayList<>(outputs.entrySet()), judgement, annotation);
    }

    /// All that is said about one prompt stays together.
    @Override
    public Object group() {
        return prompt;
    }
}
