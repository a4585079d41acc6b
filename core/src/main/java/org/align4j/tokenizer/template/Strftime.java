package org.align4j.tokenizer.template;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// C's `strftime` in English, for the `strftime_now` of templates that write a date.
final class Strftime {
    private Strftime() {}

    static String format(LocalDateTime time, String format) {
        StringBuilder text = new StringBuilder();
        int i = 0;
        while (i < format.length()) {
            char c = format.charAt(i++);
            if (c != '%' || i == format.length()) {
                text.append(c);
                continue;
            }
            // %-d and the like: without the leading zero
            boolean bare = format.charAt(i) == '-' && i + 1 < format.length();
            i += bare ? 1 : 0;
            char directive = format.charAt(i++);
            if (directive == '%') {
                text.append('%');
                continue;
            }
            String field = DateTimeFormatter.ofPattern(pattern(directive), Locale.ENGLISH)
                    .format(time);
            text.append(bare ? field.replaceFirst("^0+(?=\\d)", "") : field);
        }
        return text.toString();
    }

    private static String pattern(char directive) {
        return switch (directive) {
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'b', 'h' -> "MMM";
            case 'B' -> "MMMM";
            case 'd' -> "dd";
            case 'e' -> "ppd";
            case 'D' -> "MM/dd/yy";
            case 'F' -> "yyyy-MM-dd";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'j' -> "DDD";
            case 'm' -> "MM";
            case 'M' -> "mm";
            case 'p' -> "a";
            case 'S' -> "ss";
            case 'T' -> "HH:mm:ss";
            case 'y' -> "yy";
            case 'Y' -> "yyyy";
            default -> throw new Fault("strftime_now does not know %" + directive);
        };
    }
}
