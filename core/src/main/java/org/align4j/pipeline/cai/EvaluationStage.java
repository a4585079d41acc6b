package org.align4j.pipeline.cai;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.align4j.pipeline.constitution.Constitution;
import org.align4j.pipeline.constitution.Requests;
import org.align4j.pipeline.synthetic.Statistics;
import org.align4j.rating.Vote;
import org.align4j.rl.reward.RewardFunction;
import org.align4j.rl.reward.RewardRule;
import org.align4j.teacher.Question;
import org.align4j.teacher.TeacherConfig;
import org.align4j.tensor.Device;
import org.align4j.tensor.Scope;
import org.align4j.world.gold.Judge;
import org.align4j.world.task.WorldJudge;
import org.jspecify.annotations.Nullable;

/// Measures answers after 0, 1, 2… revisions, and those of the models after each training.
final class EvaluationStage {
    private static final int MOST_TOKENS = 2048;

    private final CaiConfig config;
    private final Models models;
    private final Statistics.Tally tally;

    EvaluationStage(CaiConfig config, Models models, Statistics.Tally tally) {
        this.config = config;
        this.models = models;
        this.tally = tally;
    }

    /// What was measured.
    ///
    /// @param contests `revisions`, and `models on FILE` for each set of prompts
    record Result(List<ContestResult> contests) {}

    /// The figures of a contest and all answers, to be read.
    record ContestResult(String name, List<Contest.Standing> standings, Contest contest) {}

    /// @param contestants models by name, the first one first
    /// @param inputs of the stage that made the models, for the cache
    Result run(List<Chain> chains, Map<String, Path> contestants, String inputs) {
        List<Contest> contests = new ArrayList<>();
        revisions(chains).ifPresent(contests::add);
        for (String set : config.evaluation().prompts()) {
            contests.add(answered(set, contestants, inputs));
        }
        List<ContestResult> results = new ArrayList<>();
        for (Contest contest : contests) {
            results.add(new ContestResult(contest.name(), standings(contest), contest));
        }
        return new Result(results);
    }

    /// Chains that have all revisions.
    private Optional<Contest> revisions(List<Chain> chains) {
        OptionalInt most =
                chains.stream().mapToInt(chain -> chain.steps().size()).max();
        List<Chain> whole = chains.stream()
                .filter(chain -> chain.failure().isEmpty() && chain.steps().size() == most.orElse(0))
                .toList();
        if (whole.isEmpty()) {
            return Optional.empty();
        }
        Map<String, List<String>> answers = new LinkedHashMap<>();
        answers.put("revision 0", whole.stream().map(Chain::response).toList());
        for (int step = 0; step < most.orElse(0); step++) {
            int at = step;
            answers.put(
                    "revision " + (step + 1),
                    whole.stream()
                            .map(chain -> chain.steps().get(at).revision())
                            .toList());
        }
        return Optional.of(new Contest(
                "revisions",
                whole.stream()
                        .map(chain -> new Contest.Asked(chain.id(), chain.prompt(), chain.goldRewards()))
                        .toList(),
                answers));
    }

    /// The models' likeliest answers to prompts that they didn't learn from. A prompt that one of
    /// them gives no answer to is left out for all.
    private Contest answered(String set, Map<String, Path> contestants, String inputs) {
        CaiConfig.Evaluation how = config.evaluation();
        List<RedTeamPrompt> prompts =
                PromptStage.read(List.of(set), how.limit(), config.prompts().longest(), tally);
        List<Question> questions = prompts.stream()
                .map(prompt -> Question.greedy(Requests.response(prompt.prompt()), how.maxTokens()))
                .toList();
        Map<String, List<Asker.Text>> texts = new LinkedHashMap<>();
        contestants.forEach((name, path) -> texts.put(
                name,
                models.asked(
                        config.made(path),
                        name.equals("model") ? "" : inputs,
                        tally,
                        asker -> asker.texts("answers of " + name, Asker.Cut.KEEP, questions))));
        List<Integer> answered = new ArrayList<>();
        for (int i = 0; i < prompts.size(); i++) {
            int at = i;
            if (texts.values().stream().allMatch(each -> each.get(at).text().isPresent())) {
                answered.add(i);
            }
        }
        Map<String, List<String>> answers = new LinkedHashMap<>();
        texts.forEach((name, each) -> answers.put(
                name,
                answered.stream().map(i -> each.get(i).text().orElseThrow()).toList()));
        return new Contest(
                "models on " + how.shown(set),
                answered.stream()
                        .map(prompts::get)
                        .map(prompt -> new Contest.Asked(prompt.id(), prompt.prompt(), prompt.goldRewards()))
                        .toList(),
                answers);
    }

    private List<Contest.Standing> standings(Contest contest) {
        if (contest.prompts().isEmpty()) {
            return List.of();
        }
        Map<String, List<Vote>> votes = votes(contest);
        Optional<Judge> gold =
                contest.prompts().stream().noneMatch(prompt -> prompt.golds().isEmpty())
                        ? Optional.of(WorldJudge.create())
                        : Optional.empty();
        if (config.evaluation().rewardModel().isEmpty()) {
            return contest.standings(gold, Optional.empty(), votes, config.seed());
        }
        RewardRule rule = new RewardRule.Model(config.evaluation().rewardModel().get(), MOST_TOKENS);
        TeacherConfig.Local like = config.made(config.model());
        try (Scope scope = Scope.open();
                RewardFunction reward = rule.function(like.dtype(), Device.parse(like.device()))) {
            return contest.standings(gold, Optional.of(reward), votes, config.seed());
        }
    }

    /// By the judge's constitutions.
    private Map<String, List<Vote>> votes(Contest contest) {
        CaiConfig.Evaluation how = config.evaluation();
        Map<String, List<Vote>> votes = new LinkedHashMap<>();
        if (how.judged() == 0) {
            return votes;
        }
        List<AnswerPair> pairs = contest.pairs(how.judged());
        List<AnswerPair> different = pairs.stream()
                .filter(pair -> !pair.first().equals(pair.second()))
                .toList();
        // equal answers tie, whatever a judge would say
        List<Comparison> equal = pairs.stream()
                .filter(pair -> pair.first().equals(pair.second()))
                .map(pair -> new Comparison(
                        pair.id(), pair.prompt(), pair.first(), pair.second(), List.of(), 0.5, Optional.empty()))
                .toList();
        CaiConfig.Comparisons once = new CaiConfig.Comparisons(1, 1, 1, 1, false, 0, 0, false);
        for (CaiConfig.Principles each : how.constitutions()) {
            Constitution constitution = each.read();
            List<Comparison> comparisons = new ArrayList<>(equal);
            if (!different.isEmpty()) {
                comparisons.addAll(models.asked(
                        how.judge().orElseGet(config::judging),
                        "",
                        tally,
                        asker -> new Feedback(constitution, once, asker, config.seed()).about(different)));
            }
            votes.put("Elo " + each.of(constitution), Contest.votes(comparisons));
        }
        return votes;
    }

    /// The figures as Markdown tables.
    static String markdown(Result result) {
        StringBuilder text = new StringBuilder("# Evaluation\n");
        for (ContestResult contest : result.contests()) {
            text.append("\n## ").append(contest.name()).append("\n\n");
            if (contest.standings().isEmpty()) {
                text.append("No prompt was answered by all.\n");
                continue;
            }
            Set<String> names = new LinkedHashSet<>();
            contest.standings()
                    .forEach(standing -> names.addAll(standing.figures().keySet()));
            text.append("| | answers | ").append(String.join(" | ", names)).append(" |\n|---|---|");
            text.append("---|".repeat(names.size())).append('\n');
            for (Contest.Standing standing : contest.standings()) {
                text.append("| ")
                        .append(standing.contestant())
                        .append(" | ")
                        .append(standing.answers())
                        .append(names.stream()
                                .map(name ->
                                        " | " + cell(name, standing.figures().get(name)))
                                .collect(Collectors.joining()))
                        .append(" |\n");
            }
        }
        return text.append("\nMeans with 95 % intervals (bootstrap over prompts; Elo from the observed information).\n")
                .toString();
    }

    private static String cell(String name, Contest.@Nullable Figure figure) {
        if (figure == null) {
            return "–";
        }
        String format = name.equals("characters") || name.startsWith("Elo") ? "%.0f" : "%.3f";
        return String.format(
                Locale.ROOT, format + " [" + format + ", " + format + "]", figure.mean(), figure.low(), figure.high());
    }
}
