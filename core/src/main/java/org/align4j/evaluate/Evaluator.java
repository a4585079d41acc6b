package org.align4j.evaluate;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.data.TokenizedExample;
import org.align4j.evaluate.text.Words;

/// Measures one model on sets. What the model puts out is kept apart from what is computed of it, so that an
/// interrupted evaluation goes on and metrics can be computed again.
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
        List<Measurement> measurements = switch (set) {
            case EvaluationSet.Choices choices -> choices(choices);
            case EvaluationSet.Questions questions -> questions(questions);
            case EvaluationSet.Texts texts -> texts(texts);
        };
        return new SetResult(name, set.name(), set.items().size(), measurements);
    }

    private List<Measurement> choices(EvaluationSet.Choices set) {
        Continuations continuations = continuations();
        List<Choice> choices = set.items();
        OutputFile<OptionLogps> file = outputs(set, "options", OptionLogps.class);
        inPieces(set.name() + ": options", file, choices.size(), items -> {
            List<TokenizedExample> sequences = items.stream()
                    .flatMap(item -> choices.get(item).options().stream()
                            .map(option -> continuations.encode(
                                    choices.get(item).context(),
                                    option,
                                    choices.get(item).source())))
                    .toList();
            double[] sums = logps(sequences);
            Map<Integer, OptionLogps> done = new TreeMap<>();
            int at = 0;
            for (int item : items) {
                int end = at + choices.get(item).options().size();
                done.put(
                        item,
                        new OptionLogps(
                                IntStream.range(at, end).mapToObj(i -> sums[i]).toList()));
                at = end;
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
            List<TokenizedExample> sequences = new ArrayList<>();
            int[] counts = new int[items.size()];
            for (int i = 0; i < counts.length; i++) {
                EvaluationSet.Text text = set.items().get(items.get(i));
                int[] ids = model.tokenizer().encode(text.text());
                List<TokenizedExample> cut = windows.of(continuations.begun(ids, text.source()), text.source());
                counts[i] = cut.size();
                sequences.addAll(cut);
            }
            return likelihoods(items, sequences, counts);
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

    private List<Measurement> questions(EvaluationSet.Questions set) {
        Asking asking = new Asking(model, settings, set, continuations(), interrupted);
        OutputFile<Answer> file = outputs(set, "answers " + settings + asking.maxNewTokens(), Answer.class);
        inPieces(set.name() + ": answers", file, set.items().size(), items -> stopIfInterrupted(asking.answers(items)));
        List<Measurement> measurements = new ArrayList<>(AnswerMeasurements.of(set, file.all()));
        if (set.items().stream().allMatch(question -> question.reference().isPresent())) {
            OutputFile<Likelihood> references =
                    outputs(set, "references " + settings.plain(), Likelihood.class);
            inPieces(set.name() + ": references", references, set.items().size(), items -> {
                List<TokenizedExample> sequences =
                        items.stream().map(asking::reference).toList();
                int[] ones = new int[items.size()];
                Arrays.fill(ones, 1);
                return likelihoods(items, sequences, ones);
            });
            List<double[]> parts = references.all().stream()
                    .map(likelihood -> new double[] {likelihood.logp(), likelihood.tokens()})
                    .toList();
            measurements.add(Measurement.of("reference_perplexity", parts, Evaluator::perplexity));
        }
        return measurements;
    }

    private static double perplexity(double[] sums) {
        return Math.exp(-sums[0] / sums[1]);
    }

    private static double[] share(boolean right) {
        return Figure.value(right ? 1 : 0);
    }

    /// Likelihoods of items that are `counts` sequences each.
    private Map<Integer, Likelihood> likelihoods(List<Integer> items, List<TokenizedExample> sequences, int[] counts) {
        double[] sums = logps(sequences);
        Map<Integer, Likelihood> likelihoods = new TreeMap<>();
        int at = 0;
        for (int i = 0; i < counts.length; i++) {
            double sum = 0;
            int tokens = 0;
            for (int end = at + counts[i]; at < end; at++) {
                sum += sums[at];
                tokens += sequences.get(at).trainedTokens();
            }
            likelihoods.put(items.get(i), new Likelihood(sum, tokens));
        }
        return likelihoods;
    }

    private double[] logps(List<TokenizedExample> sequences) {
        return stopIfInterrupted(TargetLogps.sums(model.model(), sequences, interrupted));
    }

    /// What is complete; a piece cut short is not.
    private <T> T stopIfInterrupted(T outputs) {
        if (interrupted.getAsBoolean()) {
            throw new CancellationException("interrupted");
        }
        return outputs;
    }

    private Continuations continuations() {
        return new Continuations(
                model.tokenizer(), model.model().architecture().maxPositions());
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
            listener.done(next.size());
        }
    }
}
