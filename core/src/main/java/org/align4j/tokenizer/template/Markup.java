package org.align4j.tokenizer.template;

/// A string that counts as HTML, as `safe` and `escape` give it: a plain string added to it is
/// escaped.
record Markup(String text) {
    static Markup escaped(Object value) {
        if (value instanceof Markup markup) {
            return markup;
        }
        return new Markup(PythonText.str(value)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("'", "&#39;")
                .replace("\"", "&#34;"));
    }
}
