package org.align4j.pipeline.constitution;

/// A critique and a revision as they should be: shown to the model before the answer that it is to
/// criticise.
///
/// @param prompt what was asked
/// @param response how it was answered
/// @param principle whose requests are shown, by its id
/// @param critique of the response
/// @param revision of the response
public record Demonstration(String prompt, String response, String principle, String critique, String revision) {}
