/// Text to token ids and back: tokenizers of Hugging Face directories, SentencePiece models and
/// GGUF files.
@NullMarked
package org.align4j.tokenizer;

import org.jspecify.annotations.NullMarked;
