package org.align4j.rl.verify;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A unit of measurement.
///
/// @param kind what it measures
/// @param factor how many of the kind's first unit it is
record Unit(String kind, Rational factor) {
    private static final Map<String, Unit> KNOWN = new HashMap<>();
    /// square feet, cm^3
    private static final Pattern POWER = Pattern.compile("(?:(square|sq\\.?|cubic) ([a-z]+)|([a-z]+)\\^([23]))");

    static {
        add("time", 1, 1, "second", "seconds", "sec", "secs", "s");
        add("time", 60, 1, "minute", "minutes", "min", "mins");
        add("time", 3600, 1, "hour", "hours", "hr", "hrs", "h");
        add("time", 86_400, 1, "day", "days");
        add("time", 604_800, 1, "week", "weeks");
        add("length", 1, 1000, "millimeter", "millimeters", "millimetre", "millimetres", "mm");
        add("length", 1, 100, "centimeter", "centimeters", "centimetre", "centimetres", "cm");
        add("length", 1, 1, "meter", "meters", "metre", "metres", "m");
        add("length", 1000, 1, "kilometer", "kilometers", "kilometre", "kilometres", "km");
        add("length (imperial)", 1, 1, "inch", "inches", "in");
        add("length (imperial)", 12, 1, "foot", "feet", "ft");
        add("length (imperial)", 36, 1, "yard", "yards", "yd");
        add("length (imperial)", 63_360, 1, "mile", "miles", "mi");
        add("mass", 1, 1000, "milligram", "milligrams", "mg");
        add("mass", 1, 1, "gram", "grams", "g");
        add("mass", 1000, 1, "kilogram", "kilograms", "kg");
        add("mass (imperial)", 1, 1, "ounce", "ounces", "oz");
        add("mass (imperial)", 16, 1, "pound", "pounds", "lb", "lbs");
        add("volume", 1, 1000, "milliliter", "milliliters", "millilitre", "millilitres", "ml");
        add("volume", 1, 1, "liter", "liters", "litre", "litres", "l");
        add("money", 1, 100, "cent", "cents");
        add("money", 1, 1, "dollar", "dollars", "usd");
        add("angle", 1, 1, "degree", "degrees", "deg");
        add("count", 1, 1, "unit", "units");
        add("count", 12, 1, "dozen");
        add("count", 1000, 1, "thousand");
        add("count", 1_000_000, 1, "million");
        add("count", 1_000_000_000, 1, "billion");
    }

    private static void add(String kind, long top, long bottom, String... names) {
        Rational factor = Rational.of(top)
                .times(Rational.of(bottom).inverse().orElseThrow())
                .orElseThrow();
        for (String name : names) {
            KNOWN.put(name, new Unit(kind, factor));
        }
    }

    /// The unit of that name, in any case; of lengths also the square and the cube.
    static Optional<Unit> named(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        Matcher power = POWER.matcher(lower);
        if (!power.matches()) {
            return Optional.ofNullable(KNOWN.get(lower));
        }
        boolean written = power.group(1) != null;
        boolean square =
                written ? !power.group(1).equals("cubic") : power.group(4).equals("2");
        return Optional.ofNullable(KNOWN.get(written ? power.group(2) : power.group(3)))
                .filter(unit -> unit.kind().startsWith("length"))
                .flatMap(unit -> unit.factor()
                        .power(Rational.of(square ? 2 : 3))
                        .map(factor -> new Unit((square ? "square of " : "cube of ") + unit.kind(), factor)));
    }

    /// Whether it only counts, so that amounts without a unit are measured in it.
    boolean isCount() {
        return kind.equals("count");
    }
}
