package org.align4j.evaluate;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.TokenizedExample;
import org.align4j.evaluate.text.Words;
import org.align4j.generate.Generation;
import org.align4j.generate.GenerationListener;

/// Measures one model on sets. What the model puts out is kept apart from what is computed of it,
/// so that an interrupted evaluation goes on and metrics can be computed again.
public final class Evaluator {
    /// Items between two writes to the disk.
    private static final int PIECE = 128;

    private final LoadedModel model;
    private final String name;
    private final EvaluationSettings settings;
    private final Optional<Path> folder;
    private final EvaluationListener listener;
    private final BooleanSupplier interrupted;

    /// @param name what results call the model
    /// @param folder where outputs are kept and found again, by set; empty: nowhere
    public Evaluator(
            LoadedModel model,
            String name,
            EvaluationSettings settings,
            Optional<Path> folder,
            EvaluationListener listener,
            BooleanSupplier interrupted) {
        this.model = model;
        this.name = name;
        this.settings = settings;
        this.folder = folder;
        this.listener = listener;
        this.interrupted = interrupted;
    }

    /// As above, with nothing kept, nobody listening, never interrupted.
    public Evaluator(LoadedModel model, String name, EvaluationSettings settings) {
        this(model, name, settings, Optional.empty(), EvaluationListener.NONE, () -> false);
    }

    /// Sum of the targets' natural log-probabilities.
    ///
    /// @param logp the sum
    /// @param tokens how many targets there are
    record Likelihood(double logp, int tokens) {}

    /// Summed log-probabilities of a choice's options, `[O]`.
    record OptionLogps(List<Double> logps) {}

    /// Measures the model on a set of at least one item.
    ///
    /// @throws CancellationException when interrupted; what is done is kept
    /// @throws org.align4j.error.AlignException.Data for items that the model has no room for
    public SetResult run(EvaluationSet set) {
        return switch (set) {
            case EvaluationSet.Choices choices -> result(set, choices(choices), List.of());
            case EvaluationSet.Questions questions -> questions(questions);
            case EvaluationSet.Texts texts -> result(set, texts(texts), List.of());
        };
    }

    private SetResult result(EvaluationSet set, List<Measurement> measurements, List<Answer> answers) {
        return new SetResult(name, set.name(), set.items().size(), measurements, answers);
    }

    private List<Measurement> choices(EvaluationSet.Choices set) {
        Continuations continuations = continuations();
        List<Choice> choices = set.items();
        OutputFile<OptionLogps> file = outputs(set, "options", OptionLogps.class);
        inPieces(set.name() + ": options", file, choices.size(), items -> {
            Parts parts = new Parts();
            for (int item : items) {
                Choice choice = choices.get(item);
                parts.add(choice.options().stream()
                        .map(option -> continuations.encode(choice.context(), option, choice.source()))
                        .toList());
            }
            List<List<Double>> logps = logps(parts);
            Map<Integer, OptionLogps> done = new TreeMap<>();
            for (int i = 0; i < items.size(); i++) {
                done.put(items.get(i), new OptionLogps(logps.get(i)));
            }
            return done;
        });
        List<OptionLogps> outputs = file.all();
        List<double[]> likeliest = new ArrayList<>();
        List<double[]> byCharacter = new ArrayList<>();
        List<double[]> byByte = new ArrayList<>();
        for (int i = 0; i < choices.size(); i++) {
            Choice choice = choices.get(i);
            double[] logps = outputs.get(i).logps().stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            likeliest.add(share(choice.likeliest(logps) == choice.right()));
            byCharacter.add(share(choice.likeliestByCharacter(logps) == choice.right()));
            byByte.add(share(choice.likeliestByByte(logps) == choice.right()));
        }
        return List.of(
                Measurement.of("acc", likeliest, Figure.MEAN),
                Measurement.of("acc_norm", byCharacter, Figure.MEAN),
                Measurement.of("acc_bytes", byByte, Figure.MEAN));
    }

    private List<Measurement> texts(EvaluationSet.Texts set) {
        Continuations continuations = continuations();
        Windows windows = settings.windows(model.model().architecture().maxPositions());
        OutputFile<Likelihood> file = outputs(set, "texts " + windows, Likelihood.class);
        inPieces(set.name() + ": texts", file, set.items().size(), items -> {
            Parts parts = new Parts();
            for (int item : items) {
                EvaluationSet.Text text = set.items().get(item);
                int[] ids = model.tokenizer().encode(text.text());
                parts.add(windows.of(continuations.begun(ids, text.source()), text.source()));
            }
            return likelihoods(items, parts);
        });
        List<Likelihood> outputs = file.all();
        List<double[]> byToken = new ArrayList<>();
        List<double[]> byWord = new ArrayList<>();
        List<double[]> byByte = new ArrayList<>();
        for (int i = 0; i < set.items().size(); i++) {
            String text = set.items().get(i).text();
            Likelihood likelihood = outputs.get(i);
            byToken.add(new double[] {likelihood.logp(), likelihood.tokens()});
            byWord.add(new double[] {likelihood.logp(), Words.of(text).size()});
            byByte.add(new double[] {likelihood.logp(), text.getBytes(StandardCharsets.UTF_8).length});
        }
        return List.of(
                Measurement.of("token_perplexity", byToken, Evaluator::perplexity),
                Measurement.of("word_perplexity", byWord, Evaluator::perplexity),
                Measurement.of("byte_perplexity", byByte, Evaluator::perplexity));
    }

    private SetResult questions(EvaluationSet.Questions set) {
        Asking asking = new Asking(model, settings, set, continuations(), interrupted);
        OutputFile<Answer> file = outputs(set, "answers " + settings + asking.maxNewTokens(), Answer.class);
        inPieces(
                set.name() + ": answers",
                file,
                set.items().size(),
                items -> stopIfInterrupted(asking.answers(items, eachFinished())));
        List<Measurement> measurements = new ArrayList<>(AnswerMeasurements.of(set, file.all()));
        if (set.items().stream().allMatch(question -> question.reference().isPresent())) {
            OutputFile<Likelihood> references = outputs(set, "references " + settings.plain(), Likelihood.class);
            inPieces(set.name() + ": references", references, set.items().size(), items -> {
                Parts parts = new Parts();
                items.forEach(item -> parts.add(List.of(asking.reference(item))));
                return likelihoods(items, parts);
            });
            List<double[]> likelihoods = references.all().stream()
                    .map(likelihood -> new double[] {likelihood.logp(), likelihood.tokens()})
                    .toList();
            measurements.add(Measurement.of("reference_perplexity", likelihoods, Evaluator::perplexity));
        }
        return result(set, measurements, file.all());
    }

    private static double perplexity(double[] sums) {
        return Math.exp(-sums[0] / sums[1]);
    }

    private static double[] share(boolean right) {
        return Figure.value(right ? 1 : 0);
    }

    /// The sequences that items are made of.
    private static final class Parts {
        private final List<TokenizedExample> sequences = new ArrayList<>();
        /// By item.
        private final List<Integer> counts = new ArrayList<>();
        /// By sequence, which share of its item it is.
        private final List<Double> shares = new ArrayList<>();

        private void add(List<TokenizedExample> item) {
            sequences.addAll(item);
            counts.add(item.size());
            shares.addAll(Collections.nCopies(item.size(), 1.0 / item.size()));
        }
    }

    /// Log-likelihoods of each item's sequences.
    private List<List<Double>> logps(Parts parts) {
        double[] sums = stopIfInterrupted(
                TargetLogps.sums(model.model(), parts.sequences, i -> listener.done(parts.shares.get(i)), interrupted));
        List<List<Double>> items = new ArrayList<>();
        int at = 0;
        for (int count : parts.counts) {
            items.add(Arrays.stream(sums, at, at + count).boxed().toList());
            at += count;
        }
        return items;
    }

    /// Log-likelihoods of items as wholes.
    private Map<Integer, Likelihood> likelihoods(List<Integer> items, Parts parts) {
        List<List<Double>> logps = logps(parts);
        Map<Integer, Likelihood> likelihoods = new TreeMap<>();
        int at = 0;
        for (int i = 0; i < items.size(); i++) {
            int count = parts.counts.get(i);
            int tokens = parts.sequences.subList(at, at + count).stream()
                    .mapToInt(TokenizedExample::trainedTokens)
                    .sum();
            double sum = logps.get(i).stream().mapToDouble(Double::doubleValue).sum();
            likelihoods.put(items.get(i), new Likelihood(sum, tokens));
            at += count;
        }
        return likelihoods;
    }

    private GenerationListener eachFinished() {
        return new GenerationListener() {
            @Override
            public void finished(int request, String rest, Generation generation) {
                listener.done(1);
            }
        };
    }

    /// What is complete; a piece cut short is not.
    private <T> T stopIfInterrupted(T outputs) {
        if (interrupted.getAsBoolean()) {
            throw new CancellationException("interrupted");
        }
        return outputs;
    }

    private Continuations continuations() {
        return new Continuations(model.tokenizer(), model.model().architecture().maxPositions());
    }

    private <T> OutputFile<T> outputs(EvaluationSet set, String what, Class<T> type) {
        String kind = what.substring(0, (what + " ").indexOf(' '));
        Optional<Path> file = folder.map(path -> path.resolve(set.name() + "." + kind + ".jsonl"));
        return new OutputFile<>(file, OutputKey.of(model, set, what), type);
    }

    /// What computes the outputs of some items.
    private interface Piece<T> {
        Map<Integer, T> of(List<Integer> items);
    }

    private <T> void inPieces(String what, OutputFile<T> file, int items, Piece<T> piece) {
        List<Integer> missing = file.missing(items);
        listener.started(what, items, items - missing.size());
        for (int from = 0; from < missing.size(); from += PIECE) {
            List<Integer> next = missing.subList(from, Math.min(from + PIECE, missing.size()));
            file.add(piece.of(next));
        }
    }
}
