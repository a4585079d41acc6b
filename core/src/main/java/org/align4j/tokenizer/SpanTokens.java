package org.align4j.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.TokenizerJson.PrefixSpace;

/// A text as tokens, with those of given spans (what the assistant said, a completion) marked.
///
/// **The rule.** A generator is given the text up to a boundary and goes on from its tokens.
/// Training must see the same ones before the boundary; otherwise it trains a continuation of
/// tokens that never occur. So:
///
/// 1. The text is encoded whole.
/// 2. A boundary (where a span starts or ends) is *clean* when the whole begins with exactly the
///    tokens that the text before the boundary has alone. That is stricter than "no token
///    straddles it": GPT-2 makes one token of `\n\n` alone, but two of `\n\n` before a letter,
///    and neither of the two straddles.
/// 3. At a boundary that is not clean the text is cut: the part before is encoded alone, as the
///    generator sees it, and the rest anew as its continuation, without a prefix space. Each cut
///    is told in [#cuts].
///
/// Encoding every part alone would be simpler, but not right: after an added token some
/// tokenizers put a prefix space, so that the tokens of a chat's second turn depend on what
/// stands before it. Cutting only where it must be done keeps the tokens that Hugging Face has,
/// and the rule of prompts all the same. After a cut, later boundaries are judged in the
/// remaining text: a chat's history is then what was generated, not what encoding it afresh would
/// give.
///
/// @param ids the tokens, `[N]`
/// @param mask `[N]`; true: the token lies in a span
/// @param cuts the boundaries that were not clean, in order
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record SpanTokens(int[] ids, boolean[] mask, List<Cut> cuts) {
    /// A stretch of a Java string: `text.substring(start, end)`.
    public record Span(int start, int end) {
        public Span {
            if (start < 0 || end < start) {
                throw new AlignException.Data("Span: from " + start + " to " + end + "; expected 0 ≤ start ≤ end");
            }
        }
    }

    /// A boundary at which the text had to be encoded in two parts.
    ///
    /// @param at index into the Java string
    /// @param straddling what the tokens around the boundary would have been
    public record Cut(int at, List<String> straddling) {}

    public SpanTokens {
        cuts = List.copyOf(cuts);
    }

    /// Encodes a text and marks the tokens of its spans.
    ///
    /// @param prompt whether the tokens begin as a prompt's do (see [Tokenizer#encodePrompt]):
    ///     with BOS, not doubled
    /// @param spans in order, not overlapping
    /// @throws AlignException.Data when spans overlap or leave the text
    public static SpanTokens of(Tokenizer tokenizer, String text, List<Span> spans, boolean prompt) {
        return new Marking(tokenizer, text, check(spans, text)).mark(prompt);
    }

    /// How many tokens are marked.
    public int marked() {
        int count = 0;
        for (boolean marked : mask) {
            count += marked ? 1 : 0;
        }
        return count;
    }

    private static List<Span> check(List<Span> spans, String text) {
        int end = 0;
        for (Span span : spans) {
            if (span.start() < end || span.end() > text.length()) {
                throw new AlignException.Data("spans of a text of " + text.length() + " characters: " + spans
                        + "; they must be in order, apart, and inside the text");
            }
            end = span.end();
        }
        return spans;
    }

    /// One text's work: the tokens of a stretch that is encoded whole, and how far boundaries
    /// have been found in it.
    private static final class Marking {
        private final Tokenizer tokenizer;
        private final String text;
        private final List<Span> spans;
        private final List<Cut> cuts = new ArrayList<>();
        /// Where the stretch starts, in characters.
        private int stretch;
        private Encoding encoding;
        private int[] ids = {};
        private boolean[] mask = {};
        private int size;
        /// Tokens of the stretch already taken.
        private int taken;

        Marking(Tokenizer tokenizer, String text, List<Span> spans) {
            this.tokenizer = tokenizer;
            this.text = text;
            this.spans = spans;
            encoding = tokenizer.encodeWithOffsets(text);
        }

        SpanTokens mark(boolean prompt) {
            TreeSet<Integer> boundaries = new TreeSet<>();
            for (Span span : spans) {
                boundaries.add(span.start());
                boundaries.add(span.end());
            }
            boundaries.add(text.length());
            boundaries.remove(0);
            int from = 0;
            for (int to : boundaries) {
                take(from, to, isMarked(from, to));
                from = to;
            }
            int[] own = Arrays.copyOf(ids, size);
            int[] before = prompt ? tokenizer.prefixOf(own) : new int[0];
            int[] all = Arrays.copyOf(before, before.length + size);
            System.arraycopy(own, 0, all, before.length, size);
            boolean[] marks = new boolean[all.length];
            System.arraycopy(mask, 0, marks, before.length, size);
            return new SpanTokens(all, marks, cuts);
        }

        private boolean isMarked(int from, int to) {
            return spans.stream().anyMatch(span -> span.start() <= from && to <= span.end());
        }

        /// Takes the tokens between two boundaries.
        private void take(int from, int to, boolean marked) {
            int clean = to == text.length() ? encoding.size() : cleanCount(to);
            if (clean >= taken) {
                add(Arrays.copyOfRange(encoding.ids(), taken, clean), marked);
                taken = clean;
                return;
            }
            Cut cut = new Cut(to, around(to));
            int[] before = encodeStretch(stretch, to);
            if (Arrays.equals(before, 0, Math.min(taken, before.length), encoding.ids(), 0, taken)) {
                add(Arrays.copyOfRange(before, taken, before.length), marked);
            } else {
                // Without what follows, the boundary before this one is not clean either: it is a cut too.
                cuts.add(new Cut(from, around(from)));
                add(encodeStretch(from, to), marked);
            }
            cuts.add(cut);
            stretch = to;
            taken = 0;
            encoding = tokenizer.encodeContinuationWithOffsets(text.substring(to));
        }

        /// How many tokens of the stretch are those of the text before the boundary; -1 when it
        /// is not clean.
        private int cleanCount(int to) {
            int point = text.codePointCount(stretch, to);
            int count = 0;
            while (count < encoding.size() && encoding.ends()[count] <= point) {
                count++;
            }
            // Text on both sides of an added token is encoded apart, so that no more need be compared.
            if (count > 0 && isAdded(count - 1) && encoding.ends()[count - 1] == point) {
                return count;
            }
            if (count < encoding.size() && isAdded(count) && encoding.starts()[count] == point) {
                return count;
            }
            int last = count - 1;
            while (last >= 0 && !isAdded(last)) {
                last--;
            }
            int[] before = last < 0
                    ? encodeStretch(stretch, to)
                    : encodeAfterAdded(text.offsetByCodePoints(stretch, encoding.ends()[last]), to);
            int start = last + 1;
            boolean same = start + before.length <= encoding.size()
                    && Arrays.equals(before, 0, before.length, encoding.ids(), start, start + before.length);
            return same ? start + before.length : -1;
        }

        private boolean isAdded(int index) {
            return tokenizer.vocabulary().isAdded(encoding.ids()[index]);
        }

        private int[] encodeStretch(int from, int to) {
            String part = text.substring(from, to);
            return from == 0 ? tokenizer.encode(part) : tokenizer.encodeContinuation(part);
        }

        private int[] encodeAfterAdded(int from, int to) {
            String part = text.substring(from, to);
            return tokenizer.prefixSpace() == PrefixSpace.ALWAYS
                    ? tokenizer.encode(part)
                    : tokenizer.encodeContinuation(part);
        }

        /// The tokens that touch the boundary.
        private List<String> around(int to) {
            int point = text.codePointCount(stretch, to);
            List<String> tokens = new ArrayList<>();
            for (int i = 0; i < encoding.size(); i++) {
                if (encoding.starts()[i] <= point && encoding.ends()[i] >= point) {
                    tokens.add(tokenizer.token(encoding.ids()[i]));
                }
            }
            return tokens;
        }

        private void add(int[] more, boolean marked) {
            ids = Arrays.copyOf(ids, size + more.length);
            mask = Arrays.copyOf(mask, size + more.length);
            System.arraycopy(more, 0, ids, size, more.length);
            Arrays.fill(mask, size, size + more.length, marked);
            size += more.length;
        }
    }
}
