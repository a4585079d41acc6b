package org.align4j.pipeline.cai;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.align4j.data.Conversation;
import org.align4j.error.AlignException;
import org.align4j.pipeline.constitution.Constitution;
import org.align4j.pipeline.constitution.Principle;
import org.align4j.pipeline.constitution.Requests;
import org.align4j.random.CounterRandom;
import org.align4j.teacher.Question;

/// Stage 1 (Bai et al. 2022, section 3.1): responses, then so many times a principle is drawn, the
/// last answer criticised and revised. The prompts of a step are asked together.
final class RevisionStage {
    private final CaiConfig config;
    private final Constitution constitution;
    private final Requests requests;
    private final Asker asker;
    private final List<Chain> chains;

    private RevisionStage(CaiConfig config, List<RedTeamPrompt> prompts, Asker asker) {
        this.config = config;
        this.constitution = config.constitution().read();
        this.requests = new Requests(
                constitution,
                config.revisions().demonstrations(),
                config.revisions().critique());
        this.asker = asker;
        this.chains = new ArrayList<>(prompts.stream().map(Chain::of).toList());
    }

    static List<Chain> run(CaiConfig config, List<RedTeamPrompt> prompts, Asker asker) {
        RevisionStage stage = new RevisionStage(config, prompts, asker);
        stage.respond();
        for (int round = 1; round <= config.revisions().count(); round++) {
            stage.revise(round);
        }
        return stage.chains;
    }

    private void respond() {
        List<Asker.Text> texts = asked(
                "responses", 0, i -> true, i -> Requests.response(chains.get(i).prompt()));
        for (int i = 0; i < chains.size(); i++) {
            Chain chain = chains.get(i);
            Asker.Text text = texts.get(i);
            chains.set(
                    i,
                    text.text().map(chain::responding).orElseGet(() -> failed(chain, "no response: " + text.reason())));
        }
    }

    private void revise(int round) {
        List<Principle> principles = IntStream.range(0, chains.size())
                .mapToObj(i -> constitution.draw(CounterRandom.of(config.seed(), "principle of a revision")
                        .at(i, round)))
                .toList();
        // a chain that ended early keeps what it has
        IntPredicate live =
                i -> chains.get(i).failure().isEmpty() && chains.get(i).steps().size() == round - 1;
        // 1. critiques
        List<Asker.Text> critiques = config.revisions().critique()
                ? asked(
                        "critiques " + round,
                        2 * round - 1,
                        live,
                        i -> requests.critique(
                                chains.get(i).prompt(), chains.get(i).answer(), principles.get(i)))
                : List.of();
        boolean[] criticised = new boolean[chains.size()];
        for (int i = 0; i < chains.size(); i++) {
            criticised[i] = live.test(i)
                    && (critiques.isEmpty() || critiques.get(i).text().isPresent());
            if (live.test(i) && !criticised[i]) {
                chains.set(
                        i,
                        failed(chains.get(i), "no critique: " + critiques.get(i).reason()));
            }
        }
        // 2. revisions
        IntFunction<String> critique =
                i -> critiques.isEmpty() ? "" : critiques.get(i).text().orElse("");
        List<Asker.Text> revisions = asked(
                "revisions " + round,
                2 * round,
                i -> criticised[i],
                i -> requests.revision(
                        chains.get(i).prompt(), chains.get(i).answer(), principles.get(i), critique.apply(i)));
        for (int i = 0; i < chains.size(); i++) {
            if (criticised[i]) {
                Chain chain = chains.get(i);
                Asker.Text text = revisions.get(i);
                String id = principles.get(i).id();
                String said = critique.apply(i);
                chains.set(
                        i,
                        text.text()
                                .map(revision -> chain.with(new Chain.Step(id, said, revision)))
                                .orElseGet(() -> failed(chain, "no revision: " + text.reason())));
            }
        }
    }

    /// Asks about the chains for which `which` holds; the others have no text.
    private List<Asker.Text> asked(String what, int step, IntPredicate which, IntFunction<Conversation> conversation) {
        List<Integer> asked = new ArrayList<>();
        List<Question> questions = new ArrayList<>();
        for (int i = 0; i < chains.size(); i++) {
            if (which.test(i)) {
                asked.add(i);
                questions.add(new Question(
                        conversation.apply(i),
                        config.revisions().maxTokens(),
                        config.revisions().temperature(),
                        List.of(),
                        config.seed() * 1_000_003 + (long) i * 64 + step));
            }
        }
        List<Asker.Text> all = new ArrayList<>();
        chains.forEach(chain -> all.add(new Asker.Text(java.util.Optional.empty(), "not asked")));
        List<Asker.Text> texts = questions.isEmpty() ? List.of() : asker.texts(what, Asker.Cut.TRIM, questions);
        for (int i = 0; i < texts.size(); i++) {
            all.set(asked.get(i), texts.get(i));
        }
        return all;
    }

    private Chain failed(Chain chain, String reason) {
        return switch (config.revisions().onFailure()) {
            case DROP -> chain.without(reason);
            // what wasn't revised at all is no lesson
            case KEEP -> chain.steps().isEmpty() ? chain.without(reason) : chain;
            case FAIL ->
                throw new AlignException.Data(
                        chain.id() + ": " + reason + "; mend it, or set revisions.on_failure: drop");
        };
    }
}
