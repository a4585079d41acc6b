package org.align4j.data.flan;

import java.io.OutputStream;
import org.align4j.data.flan.prompt.PromptedExample;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Prompts as JSON, one a line, in the columns that `align4j sft` reads.
final class PromptLines implements PromptFile {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().rootValueSeparator("").build();

    private final JsonGenerator json;

    PromptLines(OutputStream out) {
        this.json = FACTORY.createGenerator(ObjectWriteContext.empty(), out);
    }

    @Override
    public void write(PromptedExample example) {
        json.writeStartObject();
        json.writeStringProperty("prompt", example.prompt());
        json.writeStringProperty("completion", example.completion());
        json.writeStringProperty("task", example.task());
        json.writeStringProperty("family", example.family());
        json.writeStringProperty("language", example.language());
        json.writeStringProperty("prompt_type", example.type().label());
        json.writeStringProperty("method", example.method().label());
        json.writeStringProperty("template", example.template());
        json.writeNumberProperty("shots", example.shots());
        json.writeStringProperty("source", example.source().toString());
        json.writeEndObject();
        json.writeRaw('\n');
    }

    @Override
    public void close() {
        json.close();
    }
}
