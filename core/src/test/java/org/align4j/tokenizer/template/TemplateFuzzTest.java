package org.align4j.tokenizer.template;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;

/// Broken templates fail with a message, never otherwise.
class TemplateFuzzTest {
    private static final int ROUNDS = 3_000;

    private static final List<String> SEEDS = List.of(
            "{%- for m in messages %}{{ '<' + m['role'] + '>' }}\n{%- if m.role == 'assistant' %}{% generation %}"
                    + "{{ m.content|trim }}{% endgeneration %}{% endif %}{% endfor %}",
            "{% macro show(x, deep=false) %}{% if x is mapping %}{% for k, v in x|dictsort %}{{ k }}: {{ show(v) }}"
                    + "{% endfor %}{% elif x is string %}{{ x|tojson }}{% else %}{{ x }}{% endif %}{% endmacro %}"
                    + "{{ show(messages[0]) }}",
            "{% set ns = namespace(n=0, s='') %}{% for m in messages[::-1] if m.role != 'x' %}{% set ns.n = ns.n + 1 %}"
                    + "{% if loop.last %}{% break %}{% endif %}{% set ns.s = ns.s ~ '%s-%d' % (m.role, ns.n) %}"
                    + "{% endfor %}{{ ns.s.split('-', 1)[0].upper() }}",
            "{% set x %}{% filter upper %}a{# note #}b{% endfilter %}{% endset %}{% raw %}{{ }}{% endraw %}"
                    + "{{ messages|map(attribute='content')|join(', ') }}{{ 1.5 // 2 ** -1 if x else none }}"
                    + "{% with a = [1, 2][-1:], b = {'k': (1,)} %}{{ a|sum }}{{ b.k|first|round }}{% endwith %}");

    private static final List<String> PIECES = List.of(
            "{{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#}",
            "-",
            "+",
            "*",
            "**",
            "/",
            "//",
            "%",
            "~",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            ".",
            ",",
            ":",
            "|",
            "=",
            "==",
            "<",
            "'",
            "\"",
            "\\",
            "\n",
            " ",
            "0",
            "1",
            "-1",
            "9999999999",
            "1e308",
            "😀",
            "\ud800",
            "none",
            "true",
            "messages",
            "loop",
            "m",
            "x",
            "ns",
            "not ",
            " in ",
            " is ",
            " if ",
            " else ",
            "for ",
            "endfor",
            "set ",
            "macro ",
            "caller",
            "tojson",
            "sort",
            "list",
            "map",
            "join",
            "range",
            "items()");

    private static final Map<String, Object> VARIABLES = Map.of(
            "messages",
            List.of(
                    Map.of("role", "user", "content", "Hi 😀"),
                    Map.of("role", "assistant", "content", " Hello "),
                    Map.of("role", "tool", "content", List.of(Map.of("type", "text", "n", 1.5)))));

    @Test
    void mutatedTemplatesRenderOrFailWithAMessage() {
        Random random = new Random(20_261_122);
        int rendered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String source = mutated(SEEDS.get(random.nextInt(SEEDS.size())), random);
            try {
                Template.parse(source).render(VARIABLES);
                rendered++;
            } catch (AlignException.Model e) {
                assertThat(e).hasMessageStartingWith("chat template");
            } catch (RuntimeException | Error e) {
                throw new AssertionError("round " + round + ": " + source, e);
            }
        }
        // Both outcomes must be reached for the test to mean anything
        assertThat(rendered).isBetween(ROUNDS / 100, ROUNDS - ROUNDS / 100);
    }

    private static String mutated(String seed, Random random) {
        StringBuilder source = new StringBuilder(seed);
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            int start = random.nextInt(source.length() + 1);
            int end = Math.min(source.length(), start + random.nextInt(6));
            switch (random.nextInt(4)) {
                case 0 -> source.delete(start, end);
                case 1 -> source.insert(start, source.substring(start, end));
                case 2 -> source.replace(start, end, piece(random));
                default -> source.insert(start, piece(random));
            }
        }
        return source.toString();
    }

    private static String piece(Random random) {
        return PIECES.get(random.nextInt(PIECES.size()));
    }
}
