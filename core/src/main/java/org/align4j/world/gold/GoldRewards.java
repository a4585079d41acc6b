package org.align4j.world.gold;

import java.util.List;
import org.align4j.data.Source;
import org.align4j.data.rows.Row;
import org.align4j.error.AlignException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Gold rewards in the rows of files: the column `gold_rewards` holds a list of objects.
public final class GoldRewards {
    /// The column's name.
    public static final String COLUMN = "gold_rewards";

    private static final TypeReference<List<GoldReward>> LIST = new TypeReference<>() {};

    private GoldRewards() {}

    /// The gold rewards of a row.
    ///
    /// @throws AlignException.Data when the row has none or one can't be understood
    public static List<GoldReward> of(Row row) {
        Source place = row.source();
        Object value = row.fields().get(COLUMN);
        if (!(value instanceof List<?> list) || list.isEmpty()) {
            throw new AlignException.Data(
                    place + ": no \"" + COLUMN + "\"; write the file with align4j world instructions");
        }
        try {
            return JsonMapper.shared().convertValue(value, LIST);
        } catch (JacksonException e) {
            throw new AlignException.Data(
                    place + ": \"" + COLUMN + "\" is not understood: " + e.getOriginalMessage()
                            + "; write the file with align4j world instructions",
                    e);
        }
    }
}
