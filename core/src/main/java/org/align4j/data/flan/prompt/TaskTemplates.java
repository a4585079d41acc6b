package org.align4j.data.flan.prompt;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.align4j.data.flan.template.PromptTemplate;
import org.align4j.data.flan.template.Promptsource;
import org.align4j.data.flan.template.TemplateSet;
import org.align4j.data.flan.template.TemplateSet.Direction;

/// The templates of a task, ready to be filled.
///
/// @param jinja make input and target of raw columns; none: the data has them
public record TaskTemplates(String setName, TemplateSet set, List<Promptsource> jinja) {
    public TaskTemplates {
        jinja = List.copyOf(jinja);
    }

    Map<Direction, List<Wording>> wordings() {
        Map<Direction, List<Wording>> wordings = new EnumMap<>(Direction.class);
        for (Direction direction : Direction.values()) {
            List<Wording> ready = new ArrayList<>();
            for (PromptTemplate template : set.of(direction)) {
                String name = setName + "/" + direction.name().toLowerCase(Locale.ROOT) + "/" + ready.size();
                ready.add(Wording.of(template, name));
            }
            wordings.put(direction, ready);
        }
        return wordings;
    }
}
