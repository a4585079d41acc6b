/// Figures that compare an answer's text with a reference, computed as the tools do that papers
/// quote: sacreBLEU and rouge-score. Pure Java, no model.
@NullMarked
package org.align4j.evaluate.text;

import org.jspecify.annotations.NullMarked;
