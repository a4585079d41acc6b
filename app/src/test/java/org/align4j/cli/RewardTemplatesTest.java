package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.align4j.config.Configuration;
import org.align4j.rl.environment.EnvironmentRule;
import org.align4j.rl.reward.RewardRule;
import org.align4j.rl.reward.StepRule;
import org.align4j.train.policy.GrpoConfig;
import org.junit.jupiter.api.Test;

/// The rewards that `align4j init` shows for commands that learn from them.
class RewardTemplatesTest {
    private static final Pattern REWARD = Pattern.compile("^#   (\\{type: .*?\\})(  .*|$)");

    @Test
    void grpoShowsEveryReward() throws IOException {
        assertThat(rewards("grpo")).containsExactlyInAnyOrder(RewardRule.class.getPermittedSubclasses());
    }

    @Test
    void ppoShowsEveryRewardThatNeedsNoEnvironment() throws IOException {
        assertThat(rewards("ppo"))
                .containsExactlyInAnyOrder(Arrays.stream(RewardRule.class.getPermittedSubclasses())
                        .filter(kind -> kind != RewardRule.Environment.class)
                        .toArray(Class<?>[]::new));
    }

    private static List<Class<?>> rewards(String name) throws IOException {
        GrpoConfig config = parse("rewards: [" + String.join(", ", shown(name, "# ---- rewards", "\nrewards:")) + "]");
        return config.rewarding().rewards().stream()
                .<Class<?>>map(RewardRule::getClass)
                .toList();
    }

    @Test
    void grpoShowsEveryKindOfStepsAndEnvironment() throws IOException {
        assertThat(shown("grpo", "# Rewards of the steps", "\nprocess:").stream()
                        .<Class<?>>map(rule -> parse("rewards: [math]\nprocess: " + rule)
                                .process()
                                .orElseThrow()
                                .getClass()))
                .containsExactlyInAnyOrder(StepRule.class.getPermittedSubclasses());
        assertThat(shown("grpo", "# What the policy talks with", "\nenvironment:").stream()
                        .<Class<?>>map(rule -> parse("rewards: [math]\nenvironment: " + rule)
                                .environment()
                                .orElseThrow()
                                .getClass()))
                .containsExactlyInAnyOrder(EnvironmentRule.class.getPermittedSubclasses());
    }

    /// The variants that comments show between two places of a template.
    private static List<String> shown(String name, String from, String to) throws IOException {
        String template = InitCommand.configuration(name);
        int start = template.indexOf(from);
        return template.substring(start, template.indexOf(to, start))
                .lines()
                .map(REWARD::matcher)
                .filter(Matcher::find)
                .map(matcher -> matcher.group(1))
                .toList();
    }

    private static GrpoConfig parse(String rest) {
        return Configuration.parse(GrpoConfig.class, "model: m\ndata: {train: t}\n" + rest, "grpo.yaml", List.of());
    }
}
