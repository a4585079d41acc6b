package org.align4j.rl.reward;

/// Reasoning and answer between tags.
final class TaggedForm {
    private TaggedForm() {}

    /// Whether `text` is `<reasoning>…</reasoning>` and `<answer>…</answer>`, each tag once, with
    /// white space around.
    static boolean holds(String text, String reasoning, String answer) {
        int at = 0;
        String stripped = text.strip();
        for (String tag :
                new String[] {"<" + reasoning + ">", "</" + reasoning + ">", "<" + answer + ">", "</" + answer + ">"}) {
            int found = stripped.indexOf(tag);
            boolean closing = tag.startsWith("</");
            // an opening tag follows what was before it at once
            if (found < at
                    || stripped.indexOf(tag, found + 1) >= 0
                    || (!closing && !stripped.substring(at, found).isBlank())) {
                return false;
            }
            at = found + tag.length();
        }
        return at == stripped.length();
    }
}
