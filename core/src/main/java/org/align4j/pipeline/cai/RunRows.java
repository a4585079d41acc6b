package org.align4j.pipeline.cai;

/// Names in stages' folders.
final class RunRows {
    /// [RedTeamPrompt]s.
    static final String PROMPTS = "prompts.jsonl";
    /// [Chain]s.
    static final String CHAINS = "chains.jsonl";
    /// What a trainer reads.
    static final String DATA = "data.jsonl";
    /// [AnswerPair]s.
    static final String PAIRS = "pairs.jsonl";
    /// [Comparison]s.
    static final String COMPARISONS = "comparisons.jsonl";
    /// [EvaluationStage.Result].
    static final String FIGURES = "figures.json";
    /// The same for people.
    static final String TABLE = "figures.md";

    /// A trainer's run.
    static final String RUN = "run";

    private RunRows() {}
}
