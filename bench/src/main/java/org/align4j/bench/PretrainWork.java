package org.align4j.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.align4j.checkpoint.HfModel;
import org.align4j.data.PackedBatch;
import org.align4j.loss.TokenLoss;
import org.align4j.model.CausalLm;
import org.align4j.model.CausalLm.Recording;
import org.align4j.model.Tape;
import org.align4j.model.Wanted;
import org.align4j.optim.LrSchedule;
import org.align4j.optim.OptimizerConfig;
import org.align4j.tensor.DType;
import org.align4j.tensor.Scope;
import org.align4j.tensor.Tensor;
import org.align4j.train.Optimization;

/// Pretraining a small model on made-up tokens: 32 windows of 256 a step, 12 steps, as
/// `pretrain_peer.py` does it.
final class PretrainWork {
    private static final int STEPS = 24;
    private static final int WARM = 12;
    private static final int BATCH = 32;
    private static final int CONTEXT = 256;

    private final long vocabulary;
    private long state = 1;

    private PretrainWork(long vocabulary) {
        this.vocabulary = vocabulary;
    }

    static Map<String, Object> run(Path modelFolder, DType precision) {
        double[] seconds = new double[STEPS];
        double[] cpu = new double[STEPS];
        double[] losses = new double[STEPS];
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (Scope scope = Scope.open()) {
            CausalLm model =
                    HfModel.load(modelFolder, precision, Bench.device(), true).model();
            PretrainWork work = new PretrainWork(model.architecture().vocabularySize());
            LrSchedule schedule = LrSchedule.named("constant", 1e-3, 0, STEPS, Map.of());
            OptimizerConfig adamw = OptimizerConfig.named("adamw", Map.of("beta2", 0.95));
            try (Optimization optimization = new Optimization(model.parameters(), adamw, 0.1, schedule, 1.0)) {
                for (int step = 0; step < STEPS; step++) {
                    PackedBatch batch = work.batch();
                    long start = System.nanoTime();
                    long cpuStart = system.getProcessCpuTime();
                    losses[step] = step(model, optimization, batch, step);
                    seconds[step] = (System.nanoTime() - start) / 1e9;
                    cpu[step] = (system.getProcessCpuTime() - cpuStart) / 1e9;
                }
            }
        }
        return Map.of(
                "step_seconds",
                SftWork.median(Arrays.copyOfRange(seconds, WARM, STEPS)),
                "cpu_seconds",
                SftWork.median(Arrays.copyOfRange(cpu, WARM, STEPS)),
                "all_seconds",
                seconds,
                "tokens_per_step",
                BATCH * CONTEXT,
                "losses",
                losses);
    }

    private PackedBatch batch() {
        List<int[]> windows = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            int[] window = new int[CONTEXT];
            for (int t = 0; t < CONTEXT; t++) {
                state = (state * 1103515245L + 12345) % (1L << 31);
                window[t] = (int) ((state >> 8) % vocabulary);
            }
            windows.add(window);
        }
        return PackedBatch.allTrained(windows);
    }

    private static double step(CausalLm model, Optimization optimization, PackedBatch batch, int step) {
        double loss;
        optimization.startWindow();
        try (Scope scope = Scope.open();
                Tape tape = model.forward(batch, Wanted.logps(), Recording.KEEP)) {
            Tensor mean = TokenLoss.negativeLogLikelihood(tape.logps(), batch.trainedTokens());
            loss = mean.item();
            mean.backward();
            tape.backward();
        }
        optimization.step(step);
        return loss;
    }
}
