package org.align4j.data.doctor;

import java.util.ArrayList;
import java.util.List;

/// Something that the doctor looks for, and where it is.
///
/// @param count examples concerned
/// @param places the first of them, `file:line` and what is wrong
public record Finding(Check check, long count, List<String> places) {
    /// Places kept.
    private static final int KEPT = 10;

    public Finding {
        places = List.copyOf(places);
    }

    /// How bad it is.
    public enum Severity {
        /// The data should not be trained on.
        FAULT,
        /// To be looked at: may be as it should.
        WARNING
    }

    /// What is looked for.
    public enum Check {
        UNREADABLE("rows that cannot be used", Severity.FAULT),
        EMPTY("empty targets", Severity.FAULT),
        DUPLICATE("exact duplicates", Severity.FAULT),
        OVERLAP("overlap with evaluation data: 13 words in a row", Severity.FAULT),
        MARKS("unrendered template marks", Severity.FAULT),
        NEAR_DUPLICATE("near duplicates", Severity.WARNING),
        TRUNCATED("targets that seem cut off", Severity.WARNING),
        LEAKED("targets of eight words or more that stand in their prompt", Severity.WARNING),
        ONE_CLASS("tasks with one answer in nine of ten examples", Severity.WARNING);

        private final String title;
        private final Severity severity;

        Check(String title, Severity severity) {
            this.title = title;
            this.severity = severity;
        }

        public String title() {
            return title;
        }

        public Severity severity() {
            return severity;
        }
    }

    static Finding none(Check check) {
        return new Finding(check, 0, List.of());
    }

    Finding plus(String place) {
        if (places.size() >= KEPT) {
            return new Finding(check, count + 1, places);
        }
        List<String> more = new ArrayList<>(places);
        more.add(place);
        return new Finding(check, count + 1, more);
    }
}
