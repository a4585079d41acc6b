package org.align4j.evaluate;

import java.util.Optional;
import org.align4j.data.Conversation;
import org.align4j.data.Source;

/// Something that a model is asked.
///
/// @param conversation ends with what is to be answered
/// @param plain the same for a model without a chat template, or one that is not to use it
/// @param reference a right answer, if there is one
public record Question(Conversation conversation, String plain, Optional<String> reference, Source source) {}
