package org.align4j.bench.flan;

/// Drawings of pages as files of their own.
final class Plot {
    /// Colours that pages define.
    private static final String STYLE = "<style>svg{--rule:#e0e4ea;--c0:#1f6feb;--c1:#d9480f;--c2:#2b8a3e;--c3:#9c36b5;"
            + "background:#fff}text{fill:#5d6877;font:13px sans-serif}</style>";

    private Plot() {}

    static String standalone(String svg) {
        return svg.replaceFirst("<svg ", "<svg xmlns=\"http://www.w3.org/2000/svg\" ")
                .replaceFirst(">", ">" + STYLE);
    }
}
