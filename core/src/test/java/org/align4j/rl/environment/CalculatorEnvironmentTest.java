package org.align4j.rl.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.rl.environment.Environment.Step;
import org.align4j.tokenizer.ToolCallForm;
import org.junit.jupiter.api.Test;

class CalculatorEnvironmentTest {
    private static Step step(String said) {
        return new CalculatorEnvironment()
                .step(new Environment.Turn(
                        Conversation.of(Message.user("?"), Message.assistant(said)),
                        ToolCallForm.TAGGED.read(said),
                        Map.of()));
    }

    private static String call(String expression) {
        return "<tool_call>{\"name\": \"calculator\", \"arguments\": {\"expression\": \"" + expression
                + "\"}}</tool_call>";
    }

    private static List<String> observed(String said) {
        assertThat(step(said).done()).isFalse();
        return step(said).observation().stream().map(Message::content).toList();
    }

    @Test
    void callsAreCalculated() {
        assertThat(observed(call("74 + 29"))).containsExactly("103");
        assertThat(observed(call("(3 + 4.5) * 2"))).containsExactly("15");
        assertThat(observed(call("1 / 8"))).containsExactly("0.125");
        assertThat(observed(call("2 / 3"))).containsExactly("0.6666666667");
        assertThat(observed(call("sqrt(2)"))).containsExactly("1.414213562");
        assertThat(observed(call("1 + 1") + call("2 + 2"))).containsExactly("2", "4");
        assertThat(step(call("1 + 1")).observation().getFirst().role()).isEqualTo("tool");
    }

    @Test
    void whatCannotBeCalculatedIsSaid() {
        assertThat(observed(call("x + 1"))).containsExactly("error: this cannot be calculated");
        assertThat(observed(call("1 / 0"))).containsExactly("error: this cannot be calculated");
        assertThat(observed(call("9^9^9^9"))).containsExactly("error: this cannot be calculated");
        assertThat(observed("<tool_call>{\"name\": \"clock\", \"arguments\": {}}"))
                .containsExactly("error: there is no tool clock");
        assertThat(observed("<tool_call>3 + 4")).hasSize(1).allMatch(text -> text.startsWith("error: a call"));
    }

    @Test
    void turnsWithoutACallEnd() {
        assertThat(step("The answer is 103.")).isEqualTo(Step.done(0));
    }
}
