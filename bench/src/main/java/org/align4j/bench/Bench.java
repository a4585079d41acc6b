package org.align4j.bench;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.align4j.run.ProcessMemory;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import tools.jackson.databind.json.JsonMapper;

/// `WORK PRECISION MODEL_DIR DATA_DIR`: does one piece of the peers' work in this process and
/// prints one JSON line with the fields that the peers print.
public final class Bench {
    private Bench() {}

    /// What the work is done on: the CPU unless `-Dalign4j.device=cuda` says otherwise.
    static Device device() {
        return Device.parse(System.getProperty("align4j.device", "cpu"));
    }

    public static void main(String[] arguments) {
        if (arguments.length != 4) {
            System.err.println("usage: bench/run WORK PRECISION MODEL_DIR DATA_DIR\n"
                    + "  WORK: sft sft-lora reward dpo dpo-cached grpo grpo-lora rloo ppo ppo-shared, each also"
                    + " with -lean; generate; cai; pretrain; PRECISION: fp32 bf16");
            System.exit(2);
        }
        String work = arguments[0];
        DType precision = switch (arguments[1]) {
            case "fp32" -> DType.FLOAT32;
            case "bf16" -> DType.BFLOAT16;
            default -> throw new IllegalArgumentException("PRECISION is fp32 or bf16, not " + arguments[1]);
        };
        Path model = Path.of(arguments[2]);
        Path data = Path.of(arguments[3]);
        boolean lean = work.endsWith("-lean");
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("work", work);
        result.put("precision", arguments[1]);
        switch (lean ? work.substring(0, work.length() - "-lean".length()) : work) {
            case "sft" -> result.putAll(SftWork.run(model, data, precision, lean, false));
            case "sft-lora" -> result.putAll(SftWork.run(model, data, precision, lean, true));
            case "pretrain" -> result.putAll(PretrainWork.run(model, precision));
            case "reward" -> result.putAll(RewardWork.run(model, data, precision, lean));
            case "dpo" -> result.putAll(DpoWork.run(model, data, precision, lean, false));
            case "dpo-cached" -> result.putAll(DpoWork.run(model, data, precision, lean, true));
            case "grpo" -> result.putAll(GrpoWork.run("grpo", model, data, precision, lean, false));
            case "grpo-lora" -> result.putAll(GrpoWork.run("grpo", model, data, precision, lean, true));
            case "rloo" -> result.putAll(GrpoWork.run("rloo", model, data, precision, lean, false));
            case "ppo" -> result.putAll(PpoWork.run(model, data, precision, lean, false));
            case "ppo-shared" -> result.putAll(PpoWork.run(model, data, precision, lean, true));
            case "cai" -> result.putAll(CaiWork.run(model, data, precision));
            case "generate" -> result.putAll(GenerateWork.run(model, data, precision));
            default -> throw new IllegalArgumentException("unknown WORK " + work);
        }
        result.put("peak_rss", ProcessMemory.peakRss().orElse(0));
        System.out.println(JsonMapper.shared().writeValueAsString(result));
    }
}
