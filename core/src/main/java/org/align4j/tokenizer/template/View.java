package org.align4j.tokenizer.template;

import java.util.List;

/// What a mapping's `keys()`, `values()` and `items()` give: it can be walked and counted, not
/// indexed.
record View(String type, List<Object> elements) {}
