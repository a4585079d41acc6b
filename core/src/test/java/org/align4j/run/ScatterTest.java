package org.align4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.align4j.run.Scatter.Dot;
import org.align4j.run.Scatter.Series;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

class ScatterTest {
    private static Document drawn(List<Series> series) throws Exception {
        String svg = Scatter.svg("a & b", "across", "up", series);
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void higherAndFurtherRightIsDrawnSo() throws Exception {
        Document svg = drawn(List.of(new Series("<one>", List.of(new Dot(1, 0.2), new Dot(3, 0.9)), List.of())));
        // the first circle of a series is its first dot, the last one its mark in the legend
        Element low = (Element) svg.getElementsByTagName("circle").item(0);
        Element high = (Element) svg.getElementsByTagName("circle").item(1);
        assertThat(Double.parseDouble(high.getAttribute("cx")))
                .isGreaterThan(Double.parseDouble(low.getAttribute("cx")));
        assertThat(Double.parseDouble(high.getAttribute("cy"))).isLessThan(Double.parseDouble(low.getAttribute("cy")));
        assertThat(svg.getDocumentElement().getTextContent()).contains("<one>", "across", "up");
        assertThat(svg.getDocumentElement().getAttribute("aria-label")).isEqualTo("a & b");
    }

    @Test
    void nothingAndOnePlaceCanBeDrawn() throws Exception {
        assertThat(drawn(List.of()).getElementsByTagName("circle").getLength()).isZero();
        Document one = drawn(List.of(new Series("one", List.of(new Dot(0, 0)), List.of(new Dot(0, 0)))));
        assertThat(one.getElementsByTagName("circle").getLength()).isEqualTo(2);
        assertThat(one.getDocumentElement().getTextContent()).doesNotContain("NaN");
    }
}
