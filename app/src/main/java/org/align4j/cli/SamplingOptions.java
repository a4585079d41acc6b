package org.align4j.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.align4j.generate.Sampling;
import picocli.CommandLine.Option;

/// How a command chooses tokens.
final class SamplingOptions {
    @Option(
            names = "--max-tokens",
            paramLabel = "N",
            description = "The longest answer, in tokens. Default: ${DEFAULT-VALUE}.")
    private int maxTokens = 512;

    @Option(
            names = "--temperature",
            paramLabel = "T",
            description = "Above 1 bolder, below 1 surer; 0 always takes the best token. Default: ${DEFAULT-VALUE}.")
    private double temperature = 0.7;

    @Option(names = "--top-k", paramLabel = "K", description = "Draw from the K best tokens; 0: all. Default: 50.")
    private int topK = 50;

    @Option(
            names = "--top-p",
            paramLabel = "P",
            description = "Draw from the best tokens that together have this probability. Default: 0.95.")
    private double topP = 0.95;

    @Option(
            names = "--min-p",
            paramLabel = "P",
            description = "Leave out tokens less than P times as probable as the best. Default: 0.")
    private double minP;

    @Option(
            names = "--repetition-penalty",
            paramLabel = "X",
            description = "Above 1, tokens that occurred become less probable. Default: 1.")
    private double repetitionPenalty = 1;

    @Option(names = "--stop", paramLabel = "TEXT", description = "Ends the answer and is left out. May be repeated.")
    private List<String> stops = List.of();

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Answers repeat with their seed; give another for other answers. Default: 0.")
    private long seed;

    int maxTokens() {
        return maxTokens;
    }

    Sampling sampling() {
        return Sampling.defaults().with(changed -> {
            changed.temperature = temperature;
            changed.topK = topK;
            changed.topP = topP;
            changed.minP = minP;
            changed.repetitionPenalty = repetitionPenalty;
            changed.stopStrings = stops;
            changed.seed = seed;
        });
    }

    /// What was asked for, to be recorded beside the answers.
    Map<String, Object> record() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("temperature", temperature);
        settings.put("top_k", topK);
        settings.put("top_p", topP);
        settings.put("min_p", minP);
        settings.put("repetition_penalty", repetitionPenalty);
        settings.put("stop", stops);
        settings.put("max_tokens", maxTokens);
        settings.put("seed", seed);
        return settings;
    }
}
