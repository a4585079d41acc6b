package org.align4j.tokenizer.template;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The variable `loop` of a running `for`.
final class LoopState {
    private final List<Object> elements;
    private final int depth;
    private final Optional<TemplateFunction> again;
    private int place = -1;
    private @Nullable Object lastChecked;

    /// @param depth how many recursive calls of the loop are at work, from 0
    /// @param again runs the loop on other elements, where it is recursive
    LoopState(List<Object> elements, int depth, Optional<TemplateFunction> again) {
        this.elements = elements;
        this.depth = depth;
        this.again = again;
    }

    boolean advance() {
        return ++place < elements.size();
    }

    Object element() {
        return elements.get(place);
    }

    int index() {
        return place + 1;
    }

    int length() {
        return elements.size();
    }

    TemplateFunction again() {
        return again.orElseThrow(
                () -> new Fault("The loop must have the 'recursive' marker to be called recursively."));
    }

    Optional<Object> attribute(String name) {
        int length = elements.size();
        return switch (name) {
            case "index" -> Optional.of(place + 1L);
            case "index0" -> Optional.of((long) place);
            case "revindex" -> Optional.of((long) length - place);
            case "revindex0" -> Optional.of(length - place - 1L);
            case "first" -> Optional.of(place == 0);
            case "last" -> Optional.of(place == length - 1);
            case "length" -> Optional.of((long) length);
            case "depth" -> Optional.of(depth + 1L);
            case "depth0" -> Optional.of((long) depth);
            case "previtem" -> Optional.of(neighbour(place - 1, "there is no previous item"));
            case "nextitem" -> Optional.of(neighbour(place + 1, "there is no next item"));
            case "cycle" -> Optional.of((TemplateFunction) this::cycle);
            case "changed" -> Optional.of((TemplateFunction) this::changed);
            default -> Optional.empty();
        };
    }

    private Object neighbour(int index, String reason) {
        return index >= 0 && index < elements.size() ? elements.get(index) : new Undefined(reason);
    }

    private Object cycle(Arguments arguments) {
        if (arguments.positional().isEmpty()) {
            throw new Fault("no items for cycling given");
        }
        return arguments.positional().get(place % arguments.positional().size());
    }

    /// Whether the values differ from those of the call before.
    private Object changed(Arguments arguments) {
        Object values = new Tuple(arguments.positional());
        boolean changed = lastChecked == null || !Ordering.equal(lastChecked, values);
        lastChecked = values;
        return changed;
    }
}
