package org.align4j.rl.environment;

import java.util.List;
import java.util.Map;
import org.align4j.data.Message;
import org.align4j.rl.verify.Calculation;
import org.align4j.tokenizer.ToolCallForm.Call;

/// A calculator that may be called: `calculator` with an `expression`. A turn without a call is the
/// policy's answer and ends the episode; a call that can't be read or calculated is answered by
/// what is wrong with it. The worked example of an environment.
public final class CalculatorEnvironment implements Environment {
    private static final String NAME = "calculator";
    private static final String ARGUMENT = "expression";

    @Override
    public List<Map<String, Object>> tools() {
        Map<String, Object> expression =
                Map.of("type", "string", "description", "what to calculate, such as (3 + 4) * 2");
        return List.of(Map.of(
                "type",
                "function",
                "function",
                Map.of(
                        "name",
                        NAME,
                        "description",
                        "Calculates the value of an expression.",
                        "parameters",
                        Map.of(
                                "type", "object",
                                "properties", Map.of(ARGUMENT, expression),
                                "required", List.of(ARGUMENT)))));
    }

    @Override
    public Step step(Turn turn) {
        if (turn.said().fault().isPresent()) {
            return answer("error: " + turn.said().fault().get());
        }
        List<Call> calls = turn.said().calls();
        return calls.isEmpty()
                ? Step.done(0)
                : new Step(
                        calls.stream()
                                .map(call -> Message.of("tool", result(call)))
                                .toList(),
                        0,
                        false);
    }

    private static Step answer(String text) {
        return Step.observed(Message.of("tool", text));
    }

    private static String result(Call call) {
        if (!call.name().equals(NAME)) {
            return "error: there is no tool " + call.name();
        }
        return call.argument(ARGUMENT).flatMap(Calculation::of).orElse("error: this cannot be calculated");
    }
}
