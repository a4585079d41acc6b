package org.align4j.pipeline.synthetic;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.align4j.evaluate.text.Rouge;

/// Which instructions join the pool (Wang et al. 2023, section 2.2, step 4): new ones that a model
/// of text can follow.
final class InstructionFilter {
    private static final double LIKE = 0.7;
    private static final int SHORTEST = 3;
    private static final int LONGEST = 150;

    /// What no model of text can see or make.
    private static final Pattern UNSUITABLE = Pattern.compile("\\b(image|images|picture|pictures|photo|photos|graph"
            + "|graphs|file|files|map|maps|draw|plot|go to|video|audio|music|flowchart|diagram)\\b");

    private final Rouge rouge = new Rouge(false);
    private final List<Known> pool = new ArrayList<>();

    /// @param words how many
    private record Known(String instruction, int words) {
        static Known of(String instruction) {
            return new Known(instruction, instruction.strip().split("\\s+").length);
        }
    }

    /// Why an instruction is thrown away; empty: it joins the pool.
    Optional<String> refuse(String instruction) {
        Known fresh = Known.of(instruction);
        Optional<String> reason = fault(instruction, fresh);
        if (reason.isEmpty()) {
            pool.add(fresh);
        }
        return reason;
    }

    /// Takes a seed into the pool as it is.
    void know(String instruction) {
        pool.add(Known.of(instruction));
    }

    private Optional<String> fault(String instruction, Known fresh) {
        if (fresh.words() < SHORTEST || fresh.words() > LONGEST) {
            return Optional.of("instruction too short or too long");
        }
        if (!Character.isLetterOrDigit(instruction.codePointAt(0))) {
            return Optional.of("instruction begins with punctuation");
        }
        if (UNSUITABLE.matcher(instruction.toLowerCase(Locale.ROOT)).find()) {
            return Optional.of("instruction asks for what isn't text");
        }
        return pool.stream().anyMatch(known -> alike(known, fresh))
                ? Optional.of("instruction like another (ROUGE-L ≥ 0.7)")
                : Optional.empty();
    }

    private boolean alike(Known known, Known fresh) {
        // no common subsequence is longer than the shorter text
        double most = 2.0 * Math.min(known.words(), fresh.words()) / (known.words() + fresh.words());
        return most >= LIKE
                && rouge.longest(fresh.instruction(), known.instruction()).f1() >= LIKE;
    }
}
