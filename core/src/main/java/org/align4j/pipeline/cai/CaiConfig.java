package org.align4j.pipeline.cai;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.align4j.error.Require;
import org.align4j.pipeline.constitution.Constitution;
import org.align4j.teacher.TeacherConfig;

/// Settings of a whole run of constitutional AI.
///
/// @param model that is aligned: helpful already, with a chat template
/// @param output folder of the run, a folder a stage
/// @param generator that answers, criticises and revises; empty: `model`
/// @param feedback that compares answers; empty: the generator
/// @param constitution whose principles are used
/// @param prompts that tempt it to do harm
/// @param revisions stage 1: critiques and revisions
/// @param supervised learning from them
/// @param comparisons stage 2: pairs and AI feedback
/// @param preferences learning a reward from them
/// @param reinforcement learning by the reward, or by the feedback itself
/// @param evaluation of revisions and models
/// @param retries of a question whose answer can't be used, each with other draws
/// @param seed of everything drawn
public record CaiConfig(
        Path model,
        Path output,
        Optional<TeacherConfig> generator,
        Optional<TeacherConfig> feedback,
        Principles constitution,
        Prompts prompts,
        Revisions revisions,
        Supervised supervised,
        Comparisons comparisons,
        Preferences preferences,
        Reinforcement reinforcement,
        Evaluation evaluation,
        int retries,
        long seed) {
    public CaiConfig {
        Require.atLeast("retries", retries, 0);
    }

    /// The defaults that `align4j init cai` shows.
    public static CaiConfig defaults(Path model, Prompts prompts) {
        return new CaiConfig(
                model,
                Path.of("runs/cai"),
                Optional.empty(),
                Optional.empty(),
                Principles.defaults(),
                prompts,
                Revisions.defaults(),
                Supervised.defaults(),
                Comparisons.defaults(),
                Preferences.defaults(),
                Reinforcement.Ppo.defaults(),
                Evaluation.defaults(),
                1,
                42);
    }

    /// Who answers, criticises and revises.
    TeacherConfig generating() {
        return generator.orElseGet(() -> TeacherConfig.Local.defaults(model));
    }

    /// A model that the run made, in the type and on the device of the generator where that is a
    /// model of this machine.
    TeacherConfig.Local made(Path run) {
        return generating() instanceof TeacherConfig.Local local
                ? new TeacherConfig.Local(run, local.dtype(), local.device())
                : TeacherConfig.Local.defaults(run);
    }

    /// Who compares.
    TeacherConfig judging() {
        return feedback.orElseGet(this::generating);
    }

    /// Which principles.
    ///
    /// @param source `harmlessness`, `helpfulness`, `honesty`, `world`, or a YAML file
    /// @param tags principles with one of these only; empty: all
    /// @param language principles in it only; empty: all
    public record Principles(String source, List<String> tags, String language) {
        public Principles {
            tags = List.copyOf(tags);
        }

        public static Principles defaults() {
            return new Principles("harmlessness", List.of(), "");
        }

        /// What a figure by them is called.
        String of(Constitution constitution) {
            List<String> selected = new ArrayList<>(tags);
            if (!language.isEmpty()) {
                selected.add(language);
            }
            return constitution.name() + (selected.isEmpty() ? "" : " (" + String.join(", ", selected) + ")");
        }

        /// @throws org.align4j.error.AlignException.Config for a file with faults, or when nothing
        ///     is left
        Constitution read() {
            return Constitution.of(source).selected(tags, language);
        }
    }

    /// Prompts that tempt a model to do harm.
    ///
    /// @param files of rows with `prompt`, `messages`, or transcripts as in hh-rlhf, whose first
    ///     turn is taken
    /// @param limit used at most, from the start; 0: all
    /// @param longest in characters; longer ones are left out
    /// @param written more prompts that the generator writes after the others (few-shot)
    public record Prompts(List<String> files, int limit, int longest, int written) {
        public Prompts {
            files = List.copyOf(files);
            Require.that(!files.isEmpty(), "files must name at least one");
            Require.atLeast("limit", limit, 0);
            Require.atLeast("longest", longest, 1);
            Require.atLeast("written", written, 0);
        }

        public static Prompts defaults(List<String> files) {
            return new Prompts(files, 0, 2000, 0);
        }
    }

    /// What happens to a chain of revisions whose next text can't be had.
    public enum OnFailure {
        /// It is left out of what follows, and counted.
        DROP,
        /// It ends with the last revision that there is; without one it is left out.
        KEEP,
        /// The run ends.
        FAIL
    }

    /// Critiques and revisions.
    ///
    /// @param count of each response, 1 to 4 in Bai et al. 2022
    /// @param critique whether a critique comes before each revision
    /// @param demonstrations of the form that are shown
    /// @param maxTokens of each text
    /// @param temperature of responses, critiques and revisions; 0: the likeliest
    /// @param onFailure when a text stays unusable
    public record Revisions(
            int count, boolean critique, int demonstrations, int maxTokens, double temperature, OnFailure onFailure) {
        public Revisions {
            Require.atLeast("count", count, 1);
            Require.atLeast("demonstrations", demonstrations, 0);
            Require.atLeast("max_tokens", maxTokens, 1);
            Require.atLeast("temperature", temperature, 0);
        }

        public static Revisions defaults() {
            return new Revisions(2, true, 2, 256, 0.7, OnFailure.DROP);
        }
    }

    /// Supervised learning from revisions.
    ///
    /// @param every whether every revision is learned from, as in Bai et al. 2022; otherwise the
    ///     last one
    /// @param helpful files of helpful examples, as `align4j sft` reads them
    /// @param helpfulShare of helpful examples in the data
    /// @param settings of `align4j sft`, such as `{learning_rate: 1e-5, epochs: 1}`
    public record Supervised(boolean every, List<String> helpful, double helpfulShare, Map<String, Object> settings) {
        public Supervised {
            helpful = List.copyOf(helpful);
            Require.that(helpfulShare >= 0 && helpfulShare < 1, "helpful_share must be in [0, 1), got " + helpfulShare);
        }

        public static Supervised defaults() {
            return new Supervised(true, List.of(), 0.5, Map.of());
        }
    }

    /// Pairs of answers and what the feedback model says about them.
    ///
    /// @param pairs for each prompt
    /// @param maxTokens of an answer, and of a chain of thought
    /// @param temperature of the answers
    /// @param principles asked about each pair, whose probabilities are averaged
    /// @param thoughts whether the feedback model thinks first
    /// @param clamp bounds probabilities to [clamp, 1 − clamp] after thoughts; 0.4 in Bai et al.
    /// @param leastMass of probability on the letters or marks; below, the model didn't choose
    /// @param marks whether each answer is marked alone, without a principle, and the marks are
    ///     compared: for feedback models too small to weigh two answers
    public record Comparisons(
            int pairs,
            int maxTokens,
            double temperature,
            int principles,
            boolean thoughts,
            double clamp,
            double leastMass,
            boolean marks) {
        public Comparisons {
            Require.atLeast("pairs", pairs, 1);
            Require.atLeast("max_tokens", maxTokens, 1);
            Require.that(
                    temperature > 0, "temperature must be > 0: greedy answers are all the same; got " + temperature);
            Require.atLeast("principles", principles, 1);
            Require.that(clamp >= 0 && clamp <= 0.5, "clamp must be in [0, 0.5], got " + clamp);
            Require.that(leastMass >= 0 && leastMass < 1, "least_mass must be in [0, 1), got " + leastMass);
            Require.that(!(marks && thoughts), "thoughts are about two answers: set marks or thoughts, not both");
        }

        public static Comparisons defaults() {
            return new Comparisons(1, 256, 1, 4, false, 0.4, 0.01, false);
        }
    }

    /// The preference data and the model of it.
    ///
    /// @param helpful files of human comparisons of helpfulness, as `align4j reward` reads them
    /// @param helpfulShare of human comparisons in the data
    /// @param settings of `align4j reward`
    public record Preferences(List<String> helpful, double helpfulShare, Map<String, Object> settings) {
        public Preferences {
            helpful = List.copyOf(helpful);
            Require.that(helpfulShare >= 0 && helpfulShare < 1, "helpful_share must be in [0, 1), got " + helpfulShare);
        }

        public static Preferences defaults() {
            return new Preferences(List.of(), 0.5, Map.of());
        }
    }

    /// What says how good an answer is while a policy learns.
    public enum RewardSource {
        /// The preference model.
        PREFERENCE_MODEL,
        /// The feedback model's ratings: direct RLAIF (Lee et al. 2023, section 2.2.2).
        FEEDBACK
    }

    /// How the policy learns in the end.
    public sealed interface Reinforcement {
        /// Settings of the trainer's command.
        Map<String, Object> settings();

        /// Not at all.
        record None() implements Reinforcement {
            @Override
            public Map<String, Object> settings() {
                return Map.of();
            }
        }

        /// Direct preference optimisation on the soft labels, without a preference model.
        record Dpo(Map<String, Object> settings) implements Reinforcement {
            public static Dpo defaults() {
                return new Dpo(Map.of());
            }
        }

        /// @param reward where it comes from
        record Grpo(RewardSource reward, Map<String, Object> settings) implements Reinforcement {
            public static Grpo defaults() {
                return new Grpo(RewardSource.PREFERENCE_MODEL, Map.of());
            }
        }

        /// @param reward where it comes from
        record Ppo(RewardSource reward, Map<String, Object> settings) implements Reinforcement {
            public static Ppo defaults() {
                return new Ppo(RewardSource.PREFERENCE_MODEL, Map.of());
            }
        }

        /// Whether a preference model is trained.
        default boolean needsPreferenceModel() {
            return switch (this) {
                case None _, Dpo _ -> false;
                case Grpo(RewardSource reward, Map<String, Object> _) -> reward == RewardSource.PREFERENCE_MODEL;
                case Ppo(RewardSource reward, Map<String, Object> _) -> reward == RewardSource.PREFERENCE_MODEL;
            };
        }
    }

    /// How revisions and models are measured.
    ///
    /// @param prompts files of prompts that the models answer, each a set with figures of its own:
    ///     best others than were learned from; empty: the models aren't asked
    /// @param limit of a set's prompts; 0: all
    /// @param maxTokens of an answer
    /// @param rewardModel that scores texts, held out from training
    /// @param judge that compares for Elo ratings; empty: the feedback model
    /// @param judged prompts whose answers are compared; 0: none
    /// @param constitutions of the judge, a rating each, held out from training where they can be
    public record Evaluation(
            List<String> prompts,
            int limit,
            int maxTokens,
            Optional<Path> rewardModel,
            Optional<TeacherConfig> judge,
            int judged,
            List<Principles> constitutions) {
        public Evaluation {
            prompts = List.copyOf(prompts);
            constitutions = List.copyOf(constitutions);
            Require.that(limit >= 0 && judged >= 0, "limit and judged must be ≥ 0");
            Require.that(Set.copyOf(prompts).size() == prompts.size(), "prompts must name each set once");
            Require.that(
                    Set.copyOf(constitutions).size() == constitutions.size(),
                    "constitutions must name each choice of principles once");
            Require.atLeast("max_tokens", maxTokens, 1);
        }

        /// A set as tables name it: by its file, or in full where others have that name too.
        String shown(String set) {
            String name = file(set);
            boolean others = prompts.stream()
                    .anyMatch(other -> !other.equals(set) && file(other).equals(name));
            return others ? set : name;
        }

        private static String file(String set) {
            return String.valueOf(Path.of(set).getFileName());
        }

        public static Evaluation defaults() {
            return new Evaluation(
                    List.of(),
                    100,
                    256,
                    Optional.empty(),
                    Optional.empty(),
                    50,
                    List.of(
                            new Principles("harmlessness", List.of(), ""),
                            new Principles("helpfulness", List.of(), "")));
        }
    }
}
