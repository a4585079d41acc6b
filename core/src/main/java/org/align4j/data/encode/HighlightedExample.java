package org.align4j.data.encode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.align4j.data.TokenizedExample;

/// An example's tokens as a person reads them, with the trained ones set off: what to look at
/// before training on anything.
public final class HighlightedExample {
    private static final String TRAINED = "\u001b[30;42m";
    private static final String TRAINED_ALTERNATE = "\u001b[30;46m";
    private static final String GIVEN_ALTERNATE = "\u001b[2m";
    private static final String RESET = "\u001b[0m";

    private final TokenizedExample example;
    private final Function<int[], String> decode;

    /// @param decode ids to text, special tokens spelled out
    public HighlightedExample(TokenizedExample example, Function<int[], String> decode) {
        this.example = example;
        this.decode = decode;
    }

    /// For terminals with colour: trained tokens on green and blue ground in turns, so that each
    /// token's bounds are seen; the others plain and dim in turns.
    public String ansi() {
        StringBuilder text = new StringBuilder(header()).append('\n');
        List<Piece> pieces = pieces();
        for (int i = 0; i < pieces.size(); i++) {
            boolean odd = i % 2 == 1;
            String style = pieces.get(i).trained() ? (odd ? TRAINED_ALTERNATE : TRAINED) : odd ? GIVEN_ALTERNATE : "";
            // A background that runs over a line break colours the rest of the line; a trained line
            // break must be seen.
            String lineBreak = (pieces.get(i).trained() ? "⏎" : "") + (style.isEmpty() ? "" : RESET) + "\n" + style;
            text.append(style)
                    .append(visible(pieces.get(i).text()).replace("\n", lineBreak))
                    .append(style.isEmpty() ? "" : RESET);
        }
        return text.append('\n').toString();
    }

    /// For files and pipes: trained stretches between `⟦` and `⟧`.
    public String plain() {
        StringBuilder text = new StringBuilder(header()).append('\n');
        boolean inside = false;
        for (Piece piece : pieces()) {
            if (piece.trained() != inside) {
                text.append(piece.trained() ? "⟦" : "⟧");
                inside = piece.trained();
            }
            text.append(visible(piece.text()));
        }
        return text.append(inside ? "⟧" : "").append('\n').toString();
    }

    /// One line a token: index, id, `*` where trained, and its text quoted.
    public String table() {
        StringBuilder text = new StringBuilder(header()).append('\n');
        int index = 0;
        for (Piece piece : pieces()) {
            for (int id : piece.ids()) {
                text.append(
                        String.format(java.util.Locale.ROOT, "%5d %7d %s ", index, id, piece.trained() ? "*" : " "));
                text.append('\'')
                        .append(visible(piece.text()).replace("\n", "\\n"))
                        .append("'\n");
                index++;
            }
        }
        return text.toString();
    }

    private String header() {
        return example.toString();
    }

    /// Tokens that have a text of their own. Those that are parts of one character stand together.
    private record Piece(List<Integer> ids, String text, boolean trained) {}

    private List<Piece> pieces() {
        List<Piece> pieces = new ArrayList<>();
        int[] tokens = example.tokens();
        int from = 0;
        for (int t = 0; t < tokens.length; t++) {
            boolean boundary = t + 1 == tokens.length || example.lossMask()[t + 1] != example.lossMask()[t];
            String text = decode.apply(Arrays.copyOfRange(tokens, from, t + 1));
            boolean whole = text.indexOf('\ufffd') < 0 || t - from >= 3;
            if (boundary || whole) {
                List<Integer> ids = Arrays.stream(tokens, from, t + 1).boxed().toList();
                pieces.add(new Piece(ids, text, example.lossMask()[t]));
                from = t + 1;
            }
        }
        return pieces;
    }

    /// Escapes control characters, so that data cannot steer the terminal.
    private static String visible(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\n' || !Character.isISOControl(c)) {
                shown.append(c);
            } else {
                shown.append(String.format(java.util.Locale.ROOT, "\\u%04x", (int) c));
            }
        }
        return shown.toString();
    }
}
