package org.align4j.tokenizer.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static String render(String source) {
        return render(source, Map.of());
    }

    private static String render(String source, Map<String, Object> variables) {
        return Template.parse(source).render(variables).text();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            quoteCharacter = '`',
            value = {
                "{{ 2 ** 3 ** 2 }} => 64",
                "{{ -7 // 2 }} {{ -7 % 3 }} {{ 7 / 2 }} => -4 2 3.5",
                "{{ 1e16 }} {{ 0.1 + 0.2 }} {{ 1e-5 }} {{ 100.0 }} => 1e+16 0.30000000000000004 1e-05 100.0",
                "{{ 1 < 2 < 2 }} {{ 1 == 1.0 }} {{ (1, 2) == [1, 2] }} => False True False",
                "{{ 'smile 😀!'[6] }} {{ '😀é'|length }} {{ 'a😀b'[::-1] }} => 😀 2 b😀a",
                "{{ 'x y  z '.split(none, 1) }} => ['x', 'y  z ']",
                "{{ [1, none, true, 'q\"', (2,)] }} => [1, None, True, 'q\"', (2,)]",
                "{{ {'b': 1, 'a': {}}|tojson }} => {\"b\": 1, \"a\": {}}",
                "{{ '<é>'|tojson }} {{ 'é'|tojson(ensure_ascii=true) }} => \"<é>\" \"\\u00e9\"",
                "{{ '%05.1f|%-3s|%%' % (2.25, 'a') }} => 002.2|a  |%",
                "{{ 'yes' if missing is defined else 'no' }} {{ missing|default('d') }} => no d",
                "{{ not false and 1 in [1] and 2 not in [1] }} => True",
                "{{ 'a' ~ 1 ~ none ~ true }} => a1NoneTrue",
                "{{ -2|abs }} {{ 2.5|round }} {{ 'b2'|int(16) }} => 2 2.0 16",
                "{% set a, (b, c) = 1, (2, 3) %}{{ a + b * c }} => 7",
            })
    void computesAsPythonDoes(String source, String expected) {
        assertThat(render(source)).isEqualTo(expected);
    }

    @Test
    void trimsTheNewlineAfterATagAndTheBlanksBeforeIt() {
        assertThat(render("a\n  {% if true %}\n  b\n  {% endif %}\nc")).isEqualTo("a\n  b\nc");
        assertThat(render("a\n  {%+ if true %}b{% endif +%}\nc")).isEqualTo("a\n  b\nc");
        assertThat(render("a \n {%- if true -%} \n b {%- endif %} c")).isEqualTo("ab c");
    }

    @Test
    void loopVariablesEndWithTheLoopAndNamespacesStay() {
        String source = "{% set x = 0 %}{% set ns = namespace(x=0) %}"
                + "{% for i in [1, 2] %}{% set x = i %}{% set ns.x = i %}{% endfor %}{{ x }}{{ ns.x }}";
        assertThat(render(source)).isEqualTo("02");
    }

    @Test
    void breaksOnlyTheInnerLoop() {
        String source =
                "{% for i in [1, 2] %}{% for j in [1, 2, 3] %}{% if j == 2 %}{% break %}{% endif %}{{ i }}{{ j }};"
                        + "{% endfor %}{% endfor %}";
        assertThat(render(source)).isEqualTo("11;21;");
    }

    @Test
    void callsARecursiveLoopAndAMacroWithACaller() {
        Map<String, Object> tree =
                Map.of("tree", List.of(Map.of("n", 1, "c", List.of(Map.of("n", 2, "c", List.of())))));
        assertThat(render("{% for t in tree recursive %}{{ t.n }}({{ loop(t.c) }}){% endfor %}", tree))
                .isEqualTo("1(2())");
        assertThat(render("{% macro b(n) %}<{{ caller(n) }}>{% endmacro %}{% call(x) b(4) %}{{ x }}{% endcall %}"))
                .isEqualTo("<4>");
    }

    @Test
    void walksAGeneratorOnce() {
        assertThat(render("{% set g = [1]|map('string') %}{{ g|list }}{{ g|list }}"))
                .isEqualTo("['1'][]");
    }

    @Test
    void keepsTheOrderOfMappings() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("z", 1);
        map.put("a", null);
        assertThat(render("{{ m }}", Map.of("m", map))).isEqualTo("{'z': 1, 'a': None}");
    }

    @Test
    void marksWhatGenerationBlocksWriteInUtf16() {
        Rendered rendered =
                Template.parse("😀{% generation %}ab{% endgeneration %}c").render(Map.of());
        assertThat(rendered.text()).isEqualTo("😀abc");
        assertThat(rendered.generation()).containsExactly(new Span(2, 4));
    }

    @Test
    void marksGenerationInsideAPrintedMacro() {
        Rendered rendered = Template.parse(
                        "{% macro m() %}<{% generation %}x{% endgeneration %}>{% endmacro %}a{{ m() }}")
                .render(Map.of());
        assertThat(rendered.generation())
                .extracting(span -> rendered.text().substring(span.start(), span.end()))
                .containsExactly("x");
    }

    @Test
    void refusesGenerationWhosePlaceIsLost() {
        assertThatThrownBy(() -> render("{% set x %}{% generation %}x{% endgeneration %}{% endset %}abc{{ x }}"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("line 1")
                .hasMessageContaining("its place is unknown");
    }

    @Test
    void namesTheLineOfAFailure() {
        assertThatThrownBy(() -> Template.parse("a\n\n{{ 1 + }}"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageStartingWith("chat template, line 3: ");
        String nested = "{% macro m(x) %}\n{{ x.y.z }}\n{% endmacro %}\n\n{{ m({}) }}";
        assertThatThrownBy(() -> render(nested))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageStartingWith("chat template, line 2: 'dict object' has no attribute 'y'");
    }

    @Test
    void tellsARefusalFromAFailure() {
        assertThatThrownBy(() -> render("{{ raise_exception('roles must alternate') }}"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("refused: roles must alternate");
    }

    @Test
    void knowsTheDateOnlyWhenGivenOne() {
        String source = "{{ strftime_now('%d %B %Y') if strftime_now is defined else 'no date' }}";
        LocalDateTime noon = LocalDateTime.of(2024, 2, 9, 12, 0);
        assertThat(render(source)).isEqualTo("no date");
        assertThat(Template.parse(source).render(Map.of(), Optional.of(noon)).text())
                .isEqualTo("09 February 2024");
        assertThatThrownBy(() -> render("{{ strftime_now('%Y') }}"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("writes the date and none was given");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{{ list.append(1) }}",
                "{{ map.update({'b': 1}) }}",
                "{{ 'x'.__class__.__mro__ }}",
                "{{ ''.getClass().forName('java.lang.Runtime') }}",
            })
    void reachesNothingThatChangesValuesOrLeavesTheSandbox(String source) {
        Map<String, Object> variables = Map.of("list", new ArrayList<>(List.of(1)), "map", Map.of("a", 1));
        assertThatThrownBy(() -> render(source, variables)).isInstanceOf(AlignException.Model.class);
    }

    @Test
    void refusesVariablesThatAreNotPlainData() {
        assertThatThrownBy(() -> render("x", Map.of("thread", Thread.currentThread())))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("not plain data");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}",
                "{% set ns = namespace() %}{% set ns.self = ns %}{{ ns }}",
                "{% set ns = namespace(l=[]) %}{% for i in range(9999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l|tojson }}",
                "{% set ns = namespace(g=['a']) %}{% for i in range(99999) %}"
                        + "{% set ns.g = ns.g|map('upper') %}{% endfor %}{{ ns.g|list }}",
                "{{ 'x' * 99999999999 }}",
                "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
                "{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
                "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}",
                "{{ range(10 ** 12) }}",
                "{{ 10 ** 40 }}",
                "{{ 'a'.center(10 ** 12) }}",
                "{{ '%999999999d' % 1 }}",
            })
    void stopsWhatWouldNotEnd(String source) {
        assertThatThrownBy(() -> render(source)).isInstanceOf(AlignException.Model.class);
    }

    @Test
    void stopsNestingBeforeTheStackEnds() {
        int deep = 50_000;
        for (String source : List.of(
                "{{ " + "(".repeat(deep) + "1" + ")".repeat(deep) + " }}",
                "{{ " + "[".repeat(deep) + "]".repeat(deep) + " }}",
                "{{ " + "not ".repeat(deep) + "1 }}",
                "{{ " + "-".repeat(deep) + "1 }}",
                "{% if 1 %}".repeat(deep))) {
            assertThatThrownBy(() -> Template.parse(source))
                    .isInstanceOf(AlignException.Model.class)
                    .hasMessageContaining("nested deeper");
        }
        assertThatThrownBy(() -> render("{{ 1" + " + 1".repeat(50_000) + " }}"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("nested deeper");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% if x %}",
                "{% endfor %}",
                "{% break %}",
                "{% macro m() %}{% break %}{% endmacro %}",
                "{{ 'open }}",
                "{{ (1 }}",
                "{# open",
                "{% raw %}",
                "{{ x|nothing }}",
                "{{ x is nothing }}",
                "{% include 'x' %}",
                "{{ 99999999999999999999 }}",
                "{{ '\\u12' }}",
                "{% set none = 1 %}",
                "{{ x is defined is defined }}",
            })
    void refusesBrokenSources(String source) {
        assertThatThrownBy(() -> Template.parse(source))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("line 1");
    }
}
