package org.align4j.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.align4j.data.PackedBatch;
import org.align4j.data.TokenizedExample;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.tensor.Scope;

/// Log-probabilities that a model gives the targets of sequences. Sequences of like lengths are run
/// together.
final class TargetLogps {
    /// Tokens run at once: enough to keep the matrices large, few enough for any machine.
    private static final int BATCH_TOKENS = 4096;

    private TargetLogps() {}

    /// Sum of the natural log-probabilities of each sequence's targets, `[B]`; those not reached
    /// are NaN.
    ///
    /// @param done told the number of each sequence that is done
    /// @param interrupted asked before each batch
    static double[] sums(
            CausalLm model, List<TokenizedExample> sequences, IntConsumer done, BooleanSupplier interrupted) {
        double[] sums = new double[sequences.size()];
        Arrays.fill(sums, Double.NaN);
        for (List<Integer> batch : batches(sequences)) {
            if (interrupted.getAsBoolean()) {
                return sums;
            }
            score(model, sequences, batch, sums);
            batch.forEach(done::accept);
        }
        return sums;
    }

    private static void score(CausalLm model, List<TokenizedExample> sequences, List<Integer> batch, double[] sums) {
        List<TokenizedExample> chosen = batch.stream()
                .map(sequences::get)
                .filter(sequence -> sequence.trainedTokens() > 0)
                .toList();
        if (chosen.isEmpty()) {
            batch.forEach(index -> sums[index] = 0);
            return;
        }
        float[] logps;
        try (Scope scope = Scope.open();
                Tape tape = model.forward(PackedBatch.of(chosen), Wanted.logps(), Recording.NONE)) {
            logps = tape.logps().toFloats();
        }
        int at = 0;
        for (int index : batch) {
            double sum = 0;
            for (int end = at + sequences.get(index).trainedTokens(); at < end; at++) {
                sum += logps[at];
            }
            sums[index] = sum;
        }
    }

    private static List<List<Integer>> batches(List<TokenizedExample> sequences) {
        List<Integer> byLength = IntStream.range(0, sequences.size())
                .boxed()
                .sorted(Comparator.comparingInt(i -> sequences.get(i).length()))
                .toList();
        List<List<Integer>> batches = new ArrayList<>();
        int tokens = BATCH_TOKENS;
        for (int index : byLength) {
            int length = sequences.get(index).length();
            if (tokens + length > BATCH_TOKENS) {
                batches.add(new ArrayList<>());
                tokens = 0;
            }
            batches.getLast().add(index);
            tokens += length;
        }
        return batches;
    }
}
