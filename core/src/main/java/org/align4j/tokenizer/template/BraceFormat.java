package org.align4j.tokenizer.template;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Python's `str.format` with the fields `{}`, `{0}` and `{name}`; format specifications are
/// refused.
final class BraceFormat {
    private static final Pattern FIELD = Pattern.compile("\\{\\{|}}|\\{(\\w*)}|[{}]", Pattern.UNICODE_CHARACTER_CLASS);

    private BraceFormat() {}

    static Object format(String format, Arguments arguments) {
        StringBuilder text = new StringBuilder();
        Matcher field = FIELD.matcher(format);
        int taken = 0;
        int start = 0;
        while (field.find()) {
            text.append(format, start, field.start());
            start = field.end();
            String name = field.group(1);
            if (name != null) {
                Object value = name.isEmpty() ? position(arguments, taken++) : named(arguments, name);
                text.append(PythonText.str(value));
            } else if (field.group().length() == 2) {
                text.append(format.charAt(field.start()));
            } else {
                throw new Fault("format() here takes {}, {0} and {name} only, got " + PythonText.repr(format));
            }
            Limits.text(text.length());
        }
        return text.append(format.substring(start)).toString();
    }

    private static Object position(Arguments arguments, int index) {
        if (index >= arguments.positional().size()) {
            throw new Fault("Replacement index " + index + " out of range for positional args tuple");
        }
        return arguments.positional().get(index);
    }

    private static Object named(Arguments arguments, String name) {
        if (name.length() < 10 && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return position(arguments, Integer.parseInt(name));
        }
        Map<String, Object> keywords = arguments.keywords();
        Object value = keywords.get(name);
        if (value == null) {
            throw new Fault("format() misses the argument '" + name + "'");
        }
        return value;
    }
}
