package org.align4j.data.format;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.error.AlignException;

/// How rows are read as comparisons.
///
/// @param format the form, or [ComparisonFormat#AUTO]
/// @param columns where the form's columns come from, as in [FormatOptions]
/// @param endMark taken off the end of texts, as in [FormatOptions]
/// @param lowestRating lower ones are faults
/// @param highestRating higher ones are faults
/// @param allowEmpty whether an output may say nothing
public record ComparisonOptions(
        ComparisonFormat format,
        Map<String, String> columns,
        String endMark,
        double lowestRating,
        double highestRating,
        boolean allowEmpty) {
    /// Recognise the form; any finite rating; no empty outputs.
    public static final ComparisonOptions DEFAULT = new ComparisonOptions(
            ComparisonFormat.AUTO,
            Map.of(),
            FormatOptions.DEFAULT.endMark(),
            -Double.MAX_VALUE,
            Double.MAX_VALUE,
            false);

    /// @throws AlignException.Config when `columns` maps to a column that no form has, or no rating
    ///     is allowed
    public ComparisonOptions {
        columns = Collections.unmodifiableMap(new LinkedHashMap<>(columns));
        FormatOptions.checkColumns(columns.keySet(), ComparisonFormat.allColumns());
        if (!(lowestRating < highestRating)) {
            throw new AlignException.Config("data.lowest_rating: " + lowestRating + " isn't below data.highest_rating, "
                    + highestRating + "; correct one of them");
        }
    }

    public ComparisonOptions withEmpty(boolean allowed) {
        return new ComparisonOptions(format, columns, endMark, lowestRating, highestRating, allowed);
    }
}
