package org.align4j.tokenizer.template;

/// Python's `None`: templates know it, Java's null stays outside.
enum None {
    NONE
}
