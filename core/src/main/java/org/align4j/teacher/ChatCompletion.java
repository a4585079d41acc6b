package org.align4j.teacher;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.data.Message;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Requests and replies of OpenAI's `chat/completions`.
///
/// @param json the server's reply
/// @param choices that the first token is compared with; empty: the text is wanted
record ChatCompletion(JsonNode json, List<String> choices) {
    /// As many as the protocol allows.
    private static final int ALTERNATIVES = 20;

    static ChatCompletion parse(String body) {
        return new ChatCompletion(JsonMapper.shared().readTree(body), List.of());
    }

    static String request(TeacherConfig.Server config, Question question) {
        return body(config, question, question.maxTokens()).toString();
    }

    /// Asks for one token and what else it could have been.
    static String choiceRequest(TeacherConfig.Server config, Question question) {
        ObjectNode body = body(config, question, 1);
        body.put("logprobs", true);
        body.put("top_logprobs", ALTERNATIVES);
        return body.toString();
    }

    private static ObjectNode body(TeacherConfig.Server config, Question question, int maxTokens) {
        ObjectNode body = JsonMapper.shared().createObjectNode();
        body.put("model", config.model());
        ArrayNode messages = body.putArray("messages");
        for (Message message : question.conversation().messages()) {
            messages.addObject().put("role", message.role()).put("content", message.content());
        }
        body.put("max_tokens", maxTokens);
        body.put("temperature", question.temperature());
        body.put("seed", question.seed());
        if (!question.stop().isEmpty()) {
            ArrayNode stop = body.putArray("stop");
            question.stop().forEach(stop::add);
        }
        return body;
    }

    Reply.Usage usage() {
        JsonNode usage = json.path("usage");
        return new Reply.Usage(
                usage.path("prompt_tokens").asLong(0),
                usage.path("completion_tokens").asLong(0));
    }

    Reply reply() {
        JsonNode choice = json.path("choices").path(0);
        return choices.isEmpty() ? answer(choice) : chosen(choice);
    }

    private Reply answer(JsonNode choice) {
        JsonNode content = choice.path("message").path("content");
        if (!content.isString()) {
            return new Reply.Failure("the reply has no choices[0].message.content");
        }
        boolean complete = !choice.path("finish_reason").asString("").equals("length");
        return new Reply.Answer(content.asString(), complete, usage());
    }

    private Reply chosen(JsonNode choice) {
        JsonNode alternatives = choice.path("logprobs").path("content").path(0).path("top_logprobs");
        if (!alternatives.isArray()) {
            return new Reply.Failure("the reply has no log-probabilities; the server must support top_logprobs");
        }
        Map<String, Double> sums = new LinkedHashMap<>();
        for (JsonNode alternative : alternatives) {
            String token = alternative.path("token").asString("").strip();
            double logp = alternative.path("logprob").asDouble(Double.NEGATIVE_INFINITY);
            if (choices.contains(token)) {
                sums.merge(token, Math.exp(logp), Double::sum);
            }
        }
        Map<String, Double> logps = new LinkedHashMap<>();
        sums.forEach((token, probability) -> logps.put(token, Math.log(probability)));
        return new Reply.Choice(logps, usage());
    }
}
