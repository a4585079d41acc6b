package org.align4j.data.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.data.Completion;
import org.align4j.data.Prompt;
import org.align4j.data.SkipReason;
import org.align4j.data.preference.BestOf;
import org.align4j.data.preference.Ranking;
import org.align4j.data.preference.Ratings;
import org.jspecify.annotations.Nullable;

/// Reads the columns of K outputs and what is said about them.
final class OutputColumns {
    /// Where an output's text stands in an object.
    private static final List<String> TEXTS = List.of("text", "completion", "content");

    private final Columns columns;
    private final EndMark endMark;

    OutputColumns(Columns columns, EndMark endMark) {
        this.columns = columns;
        this.endMark = endMark;
    }

    /// `outputs`: a list of texts, lists of messages or objects with `id` and `text` or `messages`;
    /// or an object of them by id. Without ids they are called A, B, C…
    Map<String, Completion> outputs(Prompt prompt) throws RowFault {
        Object value = required("outputs");
        if (value.equals(List.of()) || value.equals(Map.of())) {
            throw new RowFault(SkipReason.MISSING_COLUMN, "\"outputs\" is empty; give at least one");
        }
        Map<String, Completion> outputs = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> byId) {
            for (Map.Entry<?, ?> entry : byId.entrySet()) {
                String id = String.valueOf(entry.getKey());
                outputs.put(id, completion("outputs." + id, prompt, entry.getValue()));
            }
            return outputs;
        }
        if (!(value instanceof List<?> list)) {
            throw RowFault.type("outputs", value, "a list, or an object by id");
        }
        for (int i = 0; i < list.size(); i++) {
            Object element = list.get(i);
            String id = letters(i);
            if (element instanceof Map<?, ?> object && object.get("id") != null) {
                id = String.valueOf(object.get("id"));
            }
            if (outputs.put(id, completion("outputs[" + i + "]", prompt, element)) != null) {
                throw new RowFault(SkipReason.BAD_JUDGEMENT, "\"outputs\" has the id \"" + id + "\" twice");
            }
        }
        return outputs;
    }

    /// A, B, … Z, AA, AB…
    static String letters(int index) {
        String last = String.valueOf((char) ('A' + index % 26));
        return index < 26 ? last : letters(index / 26 - 1) + last;
    }

    Completion completion(String place, Prompt prompt, @Nullable Object value) throws RowFault {
        return switch (value) {
            case String text -> Completion.of(endMark.off(text));
            case List<?> turns -> Sides.answer(place, prompt, MessageList.of(place, turns));
            case Map<?, ?> object
            when object.get("messages") instanceof List<?> turns ->
                Sides.answer(place, prompt, MessageList.of(place, turns));
            case Map<?, ?> object -> {
                Optional<String> text = TEXTS.stream()
                        .filter(name -> object.get(name) instanceof String)
                        .map(name -> String.valueOf(object.get(name)))
                        .findFirst();
                yield Completion.of(endMark.off(text.orElseThrow(
                        () -> RowFault.type(place, object, "an object with \"text\" or \"messages\""))));
            }
            case null -> throw new RowFault(SkipReason.MISSING_COLUMN, "\"" + place + "\" is null; expected a text");
            default -> throw RowFault.type(place, value, "a text, a list of messages or an object");
        };
    }

    /// `ranking`: a text, a list of ids or groups of ids, or a list of places (the smallest is
    /// best). Numbers that are exactly the ids are ids.
    Ranking ranking(Set<String> ids) throws RowFault {
        Object value = required("ranking");
        if (value instanceof String text) {
            return Ranking.parse(text);
        }
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw RowFault.type("ranking", value, "a text such as D > C > A = B, or a list");
        }
        List<String> texts = list.stream().map(String::valueOf).toList();
        boolean areIds = texts.size() == ids.size() && ids.equals(Set.copyOf(texts));
        if (!areIds && list.stream().allMatch(Number.class::isInstance)) {
            if (texts.stream().anyMatch(ids::contains)) {
                throw new RowFault(
                        SkipReason.BAD_JUDGEMENT,
                        "\"ranking\" is " + list + ", which may be places or some of the ids " + ids
                                + "; write it like \"" + String.join(" > ", ids) + "\"");
            }
            Map<String, Double> places = numbers("ranking", list, ids);
            places.replaceAll((id, place) -> -place);
            return new Ratings(places).ranking();
        }
        List<List<String>> groups = new ArrayList<>();
        for (Object element : list) {
            groups.add(
                    element instanceof List<?> group
                            ? group.stream().map(String::valueOf).toList()
                            : List.of(String.valueOf(element)));
        }
        return new Ranking(groups);
    }

    /// `ratings`: a list of numbers in the order of the outputs, or an object of them by id.
    Ratings ratings(Set<String> ids) throws RowFault {
        Object value = required("ratings");
        if (value instanceof List<?> list) {
            return new Ratings(numbers("ratings", list, ids));
        }
        if (!(value instanceof Map<?, ?> byId)) {
            throw RowFault.type("ratings", value, "a list of numbers, or an object of them by id");
        }
        Map<String, Double> values = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : byId.entrySet()) {
            String id = String.valueOf(entry.getKey());
            values.put(id, Scalars.number("ratings." + id, String.valueOf(entry.getValue())));
        }
        return new Ratings(values);
    }

    private static Map<String, Double> numbers(String column, List<?> list, Set<String> ids) throws RowFault {
        if (list.size() != ids.size()) {
            throw new RowFault(
                    SkipReason.BAD_JUDGEMENT,
                    "\"" + column + "\" has " + list.size() + " values for " + ids.size()
                            + " outputs; give one for each");
        }
        Map<String, Double> values = new LinkedHashMap<>();
        for (String id : ids) {
            values.put(id, Scalars.number(column + "[" + values.size() + "]", String.valueOf(list.get(values.size()))));
        }
        return values;
    }

    /// `best`: an id, or a position from 0.
    BestOf best(Set<String> ids) throws RowFault {
        Object value = required("best");
        List<String> others = new ArrayList<>(ids);
        String best = String.valueOf(value);
        if (value instanceof Number position && !ids.contains(best)) {
            if (position.doubleValue() != position.intValue()
                    || position.intValue() < 0
                    || position.intValue() >= ids.size()) {
                throw new RowFault(
                        SkipReason.BAD_JUDGEMENT,
                        "\"best\" is " + position + ", but there are " + ids.size() + " outputs, counted from 0");
            }
            best = others.get(position.intValue());
        }
        if (!others.remove(best)) {
            throw new RowFault(SkipReason.BAD_JUDGEMENT, "\"best\" is \"" + best + "\", but the outputs are " + ids);
        }
        return new BestOf(best, others);
    }

    private Object required(String column) throws RowFault {
        return columns.value(column)
                .orElseThrow(() ->
                        new RowFault(SkipReason.MISSING_COLUMN, "missing \"" + column + "\"; " + columns.found()));
    }
}
