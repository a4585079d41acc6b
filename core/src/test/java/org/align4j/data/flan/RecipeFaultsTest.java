package org.align4j.data.flan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.align4j.data.flan.prompt.PromptedExample;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Recipes that cannot be made say where and why.
class RecipeFaultsTest {
    @TempDir
    private Path folder;

    private Fixture fixture = new Fixture(Path.of("."));

    @BeforeEach
    void writeTask() {
        fixture = new Fixture(folder).rendered("a", 4, 2);
    }

    private void assertRefused(Class<? extends AlignException> kind, String recipe, String... parts) {
        assertThatThrownBy(() -> fixture.prompts(recipe)).isInstanceOf(kind).hasMessageContainingAll(parts);
    }

    @Test
    void unknownTemplateFields() {
        fixture.file("own.yaml", "answer: [{prompt: \"{inpt}?\"}]");

        assertRefused(AlignException.Config.class, """
                tasks: {t: {files: DATA/a.jsonl, format: p3, templates: own}}
                templates: {own: DATA/own.yaml}
                """, "t/a", "own", "{inpt}", "did you mean {input}?");
    }

    @Test
    void everyFileOfASetIsLookedAt() {
        fixture.file("own.yaml", "answer: [{prompt: \"{input} {hint}\"}]")
                .file("x/a.jsonl", "{\"q\": \"a\", \"y\": \"b\", \"hint\": \"h\"}\n")
                .file("x/b.jsonl", "{\"q\": \"a\", \"y\": \"b\", \"hnt\": \"h\"}\n");

        assertRefused(AlignException.Config.class, """
                tasks: {t: {files: DATA/x, format: {type: columns, input: q, target: y}, templates: own}}
                templates: {own: DATA/own.yaml}
                """, "t/b: template", "{hint}", "did you mean {hnt}?");
    }

    @Test
    void aColumnThatATemplateNeedsMayComeLate() {
        fixture.file("own.yaml", "answer: [{prompt: \"{input}\"}, {prompt: \"{input} {hint}\", needs: [hint]}]")
                .file(
                        "x.jsonl",
                        "{\"q\": \"a\", \"y\": \"b\"}\n".repeat(150)
                                + "{\"q\": \"a\", \"y\": \"b\", \"hint\": \"late\"}\n".repeat(50));

        assertThat(fixture.prompts("""
                        tasks: {t: {files: DATA/x.jsonl, format: {type: columns, input: q, target: y}, templates: own}}
                        templates: {own: DATA/own.yaml}
                        mixtures: {all: {prompts: {few_shot: 0, inversion: 0}}}
                        """))
                .hasSize(200)
                .anyMatch(example -> example.prompt().contains("late"));
    }

    @Test
    void bracesThatAreNotClosed() {
        fixture.file("own.yaml", "answer:\n  - {prompt: \"{input\"}\n");

        assertRefused(AlignException.Config.class, """
                tasks: {t: {files: DATA/a.jsonl, format: p3, templates: own}}
                templates: {own: DATA/own.yaml}
                """, "own.yaml:2", "never closed");
    }

    @Test
    void unknownSetsOfTemplates() {
        assertRefused(
                AlignException.Config.class,
                "tasks: {t: {files: DATA/a.jsonl, format: p3, templates: qestion}}",
                "did you mean question?");
    }

    @Test
    void cyclicMixtures() {
        assertRefused(AlignException.Config.class, """
                tasks: {t: {files: DATA/a.jsonl, format: p3}}
                mix: x
                mixtures: {x: {parts: {y: 1}}, y: {parts: {x: 1}}}
                """, "mixtures.x", "circle", "x → y → x");
    }

    @Test
    void keysOfMixturesOfTasksBesideParts() {
        assertRefused(
                AlignException.Config.class, """
                tasks: {t: {files: DATA/a.jsonl, format: p3}}
                mix: x
                mixtures: {x: {parts: {y: 1}, except: [sums]}, y: {}}
                """, "recipe.yaml:3", "no except, cap, temperature or prompts of its own");
    }

    @Test
    void patternsThatFitNoTaskAreTold() {
        try (Mixture mixture = fixture.open("""
                tasks:
                  t: {files: DATA/a.jsonl, format: p3, family: sums}
                  u: {files: DATA/none.jsonl, format: p3, optional: true}
                mixtures: {all: {tasks: ["t/*", "u/*"], except: [sum]}}
                """)) {
            assertThat(mixture.notes())
                    .anySatisfy(note -> assertThat(note)
                            .contains("mixtures.all.except: no task or family fits \"sum\"", "did you mean sums?"))
                    .noneSatisfy(note -> assertThat(note).contains("\"u/*\""));
        }
    }

    @Test
    void joinedNaturalInstructions() {
        assertRefused(
                AlignException.Config.class,
                "tasks: {t: {files: DATA/a.jsonl, format: natural_instructions, joined: true}}",
                "recipe.yaml:1",
                "a definition of its own");
    }

    @Test
    void columnsThatOnlySomeExamplesHaveAreKnown() {
        fixture.file("c.jsonl", "{\"q\": \"a\", \"y\": \"b\"}\n{\"q\": \"c\", \"y\": \"d\", \"hint\": \"h\"}\n")
                .file("own.yaml", "answer: [{prompt: \"{input}\"}, {prompt: \"{hint} {input}\", needs: [hint]}]");

        assertThat(fixture.prompts("""
                        examples: 60
                        tasks: {t: {files: DATA/c.jsonl, format: {type: columns, input: q, target: y}, templates: own}}
                        templates: {own: DATA/own.yaml}
                        mixtures: {all: {prompts: {few_shot: 0, inversion: 0}}}
                        """))
                .hasSize(60)
                .extracting(example -> example.prompt().strip())
                .containsOnly("a", "c", "h c");
    }

    @Test
    void fieldsBehindPromptsourceTemplates() {
        fixture.file("raw.jsonl", "{\"text\": \"x\"}\n")
                .file("templates.yaml", "templates: {1: {name: one, jinja: \"{{text}} ||| y\"}}\n")
                .file("own.yaml", "answer: [{prompt: \"{text}\"}]");

        assertRefused(AlignException.Config.class, """
                tasks: {t: {files: DATA/raw.jsonl, format: {type: promptsource, templates: DATA/templates.yaml}, templates: own}}
                templates: {own: DATA/own.yaml}
                """, "t/raw", "{text}");
    }

    @Test
    void unknownMixtures() {
        assertRefused(AlignException.Config.class, """
                tasks: {t: {files: DATA/a.jsonl, format: p3}}
                mix: alll
                """, "no mixture \"alll\"", "did you mean all?");
    }

    @Test
    void weightsThatDoNotAddUp() {
        assertRefused(AlignException.Config.class, """
                tasks: {t: {files: DATA/a.jsonl, format: p3}}
                mix: x
                mixtures: {x: {parts: {y: 0.5, z: 0.4}}, y: {}, z: {}}
                """, "recipe.yaml:3", "must add up to 1, not 0.9");
    }

    @Test
    void shotsBeyondThePool() {
        String recipe = """
                tasks: {t: {files: DATA/a.jsonl, format: p3}}
                mixtures: {all: {prompts: {few_shot: 1, shots: [5], inversion: 0}}}
                """;

        assertRefused(AlignException.Data.class, recipe + "on_error: fail\n", "t/a (4)", "lower shots");
        assertThat(fixture.prompts(recipe)).extracting(PromptedExample::shots).containsOnly(3);
    }

    @Test
    void tasksThatAreEmptyAfterFiltering() {
        fixture.file("b.jsonl", "{\"prompt\": \"a\", \"completion\": \"<|endoftext|>\"}\n");

        assertRefused(
                AlignException.Data.class,
                "tasks: {t: {files: DATA/b.jsonl, format: p3}}",
                "no task with usable examples");
        try (Mixture mixture = fixture.open("tasks: {t: {files: DATA/*.jsonl, format: p3}}")) {
            assertThat(mixture.notes())
                    .anySatisfy(note ->
                            assertThat(note).contains("without a usable row").contains("t/b"))
                    .anySatisfy(note -> assertThat(note)
                            .contains("empty completions: 1 rows")
                            .contains("b.jsonl:1"));
        }
    }

    @Test
    void missingFiles() {
        assertRefused(
                AlignException.Data.class,
                "tasks: {t: {files: \"{data}/none.jsonl\", format: p3}}\ndata: DATA\n",
                "tasks.t",
                "none.jsonl",
                "optional: true");
        List<PromptedExample> prompts = fixture.prompts("""
                tasks:
                  t: {files: DATA/a.jsonl, format: p3}
                  u: {files: DATA/none.jsonl, format: p3, optional: true}
                  v: {files: [DATA/none.jsonl, DATA/a.jsonl], format: p3, optional: true}
                """);
        assertThat(prompts).extracting(PromptedExample::task).containsOnly("t/a", "v/a");
        assertThat(prompts).hasSize(8);
    }

    @Test
    void promptsourceTemplatesThatRaise() {
        fixture.file("raw.jsonl", "{\"text\": \"x\", \"label\": 0}\n{\"text\": \"y\", \"label\": 7}\n")
                .file("templates.yaml", """
                        templates:
                          1: !Template {name: pick, jinja: "{{text}} ||| {{answer_choices[label].strip()}}", answer_choices: "a ||| b"}
                        """);
        String recipe = """
                tasks: {t: {files: DATA/raw.jsonl, format: {type: promptsource, templates: DATA/templates.yaml}}}
                mixtures: {all: {prompts: {few_shot: 0, inversion: 0}}}
                """;

        assertRefused(
                AlignException.Data.class,
                recipe + "on_error: fail\n",
                "raw.jsonl:2",
                "t/raw",
                "templates.yaml \"pick\"",
                "line 1");
        assertThat(fixture.prompts(recipe))
                .extracting(PromptedExample::completion)
                .containsExactly("a");
    }

    @Test
    void unknownKeys() {
        assertRefused(
                AlignException.Config.class,
                "tasks: {t: {files: DATA/a.jsonl, format: p3, famly: x}}",
                "recipe.yaml:1",
                "famly");
    }
}
