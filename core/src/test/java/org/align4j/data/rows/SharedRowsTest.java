package org.align4j.data.rows;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.align4j.data.DataReport;
import org.align4j.testing.Shared;
import org.junit.jupiter.api.Test;

class SharedRowsTest {
    private final DataReport report = new DataReport();

    private List<Row> read(String name, ReadOptions options) {
        List<Row> rows = new ArrayList<>();
        try (Rows open = Rows.open(List.of(Shared.data(name).toString()), options, report)) {
            open.forEachRemaining(rows::add);
        }
        assertThat(report.faults()).as(report.summary()).isZero();
        return rows;
    }

    @Test
    void readsGsm8k() {
        List<Row> rows = read("instruction/gsm8k/train.jsonl", ReadOptions.DEFAULT);
        assertThat(rows).hasSize(7473);
        assertThat(rows.getFirst().fields()).containsOnlyKeys("question", "answer");
    }

    @Test
    void readsTheDirectoryOfP3() {
        assertThat(read("instruction/p3", ReadOptions.DEFAULT)).hasSize(44_253);
    }

    @Test
    void readsChainsOfThoughtWithoutHeader() {
        ReadOptions named = ReadOptions.DEFAULT.withHeader(List.of("question", "answer", "rationale"));
        List<Row> rows = read("instruction/cot", named);
        assertThat(rows).hasSize(33_443);
        assertThat(rows)
                .noneMatch(row -> String.valueOf(row.fields().get("question")).contains("\\n"));
    }

    @Test
    void readsNestedParquet() {
        List<Row> rows = read("models/digit_completion/train.parquet", ReadOptions.DEFAULT);
        assertThat(rows).isNotEmpty();
        assertThat(rows.getFirst().fields().toString())
                .as("nested values are plain Java")
                .doesNotContain("Pq");
    }

    @Test
    void readsGzippedTranscripts() {
        assertThat(read("preference/hh_rlhf_harmless/harmless-base.jsonl.gz", ReadOptions.DEFAULT))
                .hasSize(2312);
    }

    @Test
    void partsStoriesAtTheirMark() {
        List<Row> rows = read("corpora/tinystories/mines_tinystories_10k.txt", ReadOptions.DEFAULT);
        assertThat(rows)
                .hasSizeGreaterThan(1700)
                .noneMatch(row -> row.fields().toString().contains("<|endoftext|>"));
    }
}
