package org.align4j.evaluate;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// GSM8K's rule (Cobbe et al. 2021): an answer says what its last number says. Commas inside
/// numbers and currency signs don't count, 18.00 is 18, and a minus is one only where nothing
/// stands right before it, as in "10-4".
public final class LastNumber {
    private static final Pattern NUMBER =
            Pattern.compile("((?<![\\w)])-)?\\$?((?:\\d{1,3}(?:,\\d{3})+(?!\\d)|\\d+)(?:\\.\\d+)?|(?<!\\d)\\.\\d+)");

    private LastNumber() {}

    /// The last number of a text; empty where it has none.
    public static Optional<BigDecimal> of(String text) {
        Matcher matcher = NUMBER.matcher(text);
        Optional<BigDecimal> last = Optional.empty();
        while (matcher.find()) {
            String digits = matcher.group(2).replace(",", "");
            BigDecimal number = new BigDecimal(digits);
            last = Optional.of(matcher.group(1) == null ? number : number.negate());
        }
        return last;
    }

    /// Whether two texts end in the same number.
    public static boolean agree(String answer, String reference) {
        Optional<BigDecimal> said = of(answer);
        Optional<BigDecimal> right = of(reference);
        return said.isPresent() && right.isPresent() && said.get().compareTo(right.get()) == 0;
    }
}
