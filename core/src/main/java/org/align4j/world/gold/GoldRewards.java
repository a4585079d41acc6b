package org.align4j.world.gold;

import java.util.List;
import java.util.Map;
import org.align4j.data.rows.Row;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;
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
        return of(row.fields(), row.source().toString());
    }

    /// The gold rewards in a row's columns.
    ///
    /// @param place of the row, for messages
    /// @throws AlignException.Data when the row has none or one can't be understood
    public static List<GoldReward> of(Map<String, ? extends @Nullable Object> fields, String place) {
        if (!(fields.get(COLUMN) instanceof List<?> list) || list.isEmpty()) {
            throw new AlignException.Data(
                    place + ": no \"" + COLUMN + "\"; write the file with align4j world instructions");
        }
        try {
            return JsonMapper.shared().convertValue(list, LIST);
        } catch (JacksonException e) {
            throw new AlignException.Data(
                    place + ": \"" + COLUMN + "\" is not understood: " + e.getOriginalMessage()
                            + "; write the file with align4j world instructions",
                    e);
        }
    }
}
