package org.align4j.tokenizer;

import static org.align4j.tokenizer.TokenizerSpec.step;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.align4j.tokenizer.SentencePieceModel.Normalization;
import org.align4j.tokenizer.SentencePieceModel.Piece;
import org.align4j.tokenizer.SentencePieceModel.PieceType;
import org.align4j.tokenizer.TokenizerSpec.AddedToken;
import org.align4j.tokenizer.TokenizerSpec.Bpe;
import org.align4j.tokenizer.TokenizerSpec.Merge;
import org.align4j.tokenizer.TokenizerSpec.Unigram;

/// A SentencePiece model as a `tokenizer.json`, much as transformers converts it.
///
/// Departs from SentencePiece itself where Hugging Face does: control pieces spelled out in the
/// text are recognised, and each stretch of text between them gets its own prefix space.
final class SentencePieceConversion {
    private static final String SPACE = "\u2581";

    private SentencePieceConversion() {}

    /// @param addBos whether every text begins with BOS
    /// @param addEos whether every text ends with EOS
    static TokenizerSpec convert(SentencePieceModel model, boolean addBos, boolean addEos) {
        List<Piece> pieces = model.pieces();
        List<String> texts = pieces.stream().map(Piece::text).toList();
        OptionalInt unk = first(pieces, PieceType.UNKNOWN);
        boolean prefixSpace = model.normalization().prefixSpace();
        return new TokenizerSpec(
                added(pieces),
                normalizer(model.normalization()),
                List.of(),
                addBos ? token(pieces, model.bos()) : List.of(),
                addEos ? token(pieces, model.eos()) : List.of(),
                decoder(prefixSpace),
                switch (model.kind()) {
                    case BPE -> new Bpe(texts, merges(pieces), text(pieces, unk), model.byteFallback(), false);
                    case UNIGRAM -> new Unigram(texts, scores(pieces), unk, model.byteFallback());
                });
    }

    /// The configuration with the roles that the model knows and it leaves open.
    static TokenizerConfig complete(TokenizerConfig config, SentencePieceModel model) {
        List<Piece> pieces = model.pieces();
        return new TokenizerConfig(
                config.bos().or(() -> text(pieces, model.bos())),
                config.eos().or(() -> text(pieces, model.eos())),
                config.pad().or(() -> text(pieces, model.pad())),
                config.unk().or(() -> text(pieces, first(pieces, PieceType.UNKNOWN))),
                config.eosIds(),
                config.chatTemplates(),
                config.fields());
    }

    private static Optional<String> text(List<Piece> pieces, OptionalInt id) {
        return id.isEmpty()
                ? Optional.empty()
                : Optional.of(pieces.get(id.getAsInt()).text());
    }

    /// Turns tokens back into text: ▁ into spaces, bytes into characters, the prefix space away.
    private static List<Map<String, Object>> decoder(boolean prefixSpace) {
        List<Map<String, Object>> steps = new ArrayList<>();
        steps.add(step("Replace", "pattern", Map.of("String", SPACE), "content", " "));
        steps.add(step("ByteFallback"));
        steps.add(step("Fuse"));
        if (prefixSpace) {
            steps.add(step("Strip", "content", " ", "start", 1, "stop", 0));
        }
        return steps;
    }

    private static List<Map<String, Object>> normalizer(Normalization normalization) {
        List<Map<String, Object>> steps = new ArrayList<>();
        if (normalization.charsMap().length > 0) {
            steps.add(step(
                    "Precompiled",
                    "precompiled_charsmap",
                    Base64.getEncoder().encodeToString(normalization.charsMap())));
        }
        if (normalization.removeExtraSpaces()) {
            steps.add(step("Replace", "pattern", Map.of("Regex", "^ +| +$"), "content", ""));
            steps.add(step("Replace", "pattern", Map.of("Regex", " {2,}"), "content", " "));
        }
        if (normalization.prefixSpace()) {
            steps.add(step("Prepend", "prepend", SPACE));
        }
        steps.add(step("Replace", "pattern", Map.of("String", " "), "content", SPACE));
        return steps;
    }

    /// Control, unknown and user-defined pieces are found in the text before it is normalised. A
    /// user-defined piece with ▁ in it (Gemma's runs of spaces) could not be: such pieces are
    /// reached by merges instead.
    private static List<AddedToken> added(List<Piece> pieces) {
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            switch (piece.type()) {
                case CONTROL, UNKNOWN -> added.add(new AddedToken(id, piece.text(), true));
                case USER_DEFINED -> {
                    if (!piece.text().contains(SPACE)) {
                        added.add(new AddedToken(id, piece.text(), false));
                    }
                }
                case NORMAL, UNUSED, BYTE -> {}
            }
        }
        return added;
    }

    private static List<AddedToken> token(List<Piece> pieces, OptionalInt id) {
        return id.isEmpty()
                ? List.of()
                : List.of(
                        new AddedToken(id.getAsInt(), pieces.get(id.getAsInt()).text(), true));
    }

    private static OptionalInt first(List<Piece> pieces, PieceType type) {
        for (int id = 0; id < pieces.size(); id++) {
            if (pieces.get(id).type() == type) {
                return OptionalInt.of(id);
            }
        }
        return OptionalInt.empty();
    }

    /// SentencePiece joins the neighbours whose union scores best: every way to make a piece of
    /// two others is a merge, in the order of the scores of what they make. Pieces of equal score
    /// keep the order of their ids, and the merges that make one piece that of the ids they join,
    /// as transformers has it.
    private static List<Merge> merges(List<Piece> pieces) {
        Map<String, Integer> ids = HashMap.newHashMap(pieces.size());
        for (int id = 0; id < pieces.size(); id++) {
            if (isJoined(pieces.get(id).type())) {
                ids.put(pieces.get(id).text(), id);
            }
        }
        record Candidate(float score, int made, int left, int right) {}
        List<Candidate> candidates = new ArrayList<>();
        for (int id = 0; id < pieces.size(); id++) {
            Piece piece = pieces.get(id);
            String text = piece.text();
            if (!isJoined(piece.type())) {
                continue;
            }
            for (int cut = text.offsetByCodePoints(0, text.isEmpty() ? 0 : 1); cut < text.length(); ) {
                Integer left = ids.get(text.substring(0, cut));
                Integer right = left == null ? null : ids.get(text.substring(cut));
                if (left != null && right != null) {
                    candidates.add(new Candidate(piece.score(), id, left, right));
                }
                cut += Character.charCount(text.codePointAt(cut));
            }
        }
        candidates.sort(Comparator.comparingDouble((Candidate candidate) -> -candidate.score())
                .thenComparingInt(Candidate::made)
                .thenComparingInt(Candidate::left)
                .thenComparingInt(Candidate::right));
        return candidates.stream()
                .map(candidate -> new Merge(
                        pieces.get(candidate.left()).text(),
                        pieces.get(candidate.right()).text()))
                .toList();
    }

    private static boolean isJoined(PieceType type) {
        return switch (type) {
            case NORMAL, USER_DEFINED, UNUSED -> true;
            case UNKNOWN, CONTROL, BYTE -> false;
        };
    }

    /// Byte and unused pieces must not be chosen for text that is spelled like them: they score
    /// below any other way to spell it, character by character.
    private static double[] scores(List<Piece> pieces) {
        double lowest = pieces.stream()
                .filter(piece -> piece.type() == PieceType.NORMAL)
                .mapToDouble(Piece::score)
                .min()
                .orElse(0);
        return pieces.stream()
                .mapToDouble(piece -> switch (piece.type()) {
                    case NORMAL, USER_DEFINED, UNKNOWN, CONTROL -> piece.score();
                    case BYTE, UNUSED -> (lowest - 10) * (piece.text().length() + 2);
                })
                .toArray();
    }
}
