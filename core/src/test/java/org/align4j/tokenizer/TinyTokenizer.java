package org.align4j.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.align4j.tokenizer.SentencePieceModel.Kind;
import org.align4j.tokenizer.SentencePieceModel.Normalization;
import org.align4j.tokenizer.SentencePieceModel.Piece;
import org.align4j.tokenizer.SentencePieceModel.PieceType;
import org.align4j.tokenizer.TokenizerSpec.AddedToken;
import org.align4j.tokenizer.TokenizerSpec.Merge;

/// Small tokenizers for tests, made without any file.
public final class TinyTokenizer {
    public static final String BOS = "<s>";
    public static final String EOS = "</s>";

    /// Roles of the two special tokens.
    private static final TokenizerConfig CONFIG = new TokenizerConfig(
            Optional.of(BOS), Optional.of(EOS), Optional.of(EOS), Optional.empty(), Set.of(), Map.of(), Map.of());

    private TinyTokenizer() {}

    /// Byte-level BPE, split as GPT-2 does: 256 bytes, what `merges` make, then `<s>` and `</s>`.
    ///
    /// @param merges as in `merges.txt`, in the byte-level alphabet (`Ġ` is a space, `Ċ` a line
    ///     end)
    public static Tokenizer bytes(String... merges) {
        return Tokenizer.ofJson(byteSpec(false, merges).toJson(), CONFIG, "tiny");
    }

    /// As [#bytes], and every text begins with `<s>`.
    public static Tokenizer bytesWithBos(String... merges) {
        return Tokenizer.ofJson(byteSpec(true, merges).toJson(), CONFIG, "tiny");
    }

    static TokenizerSpec byteSpec(boolean addBos, String... merges) {
        Set<String> tokens = new LinkedHashSet<>(byteAlphabet());
        List<Merge> pairs = new ArrayList<>();
        for (String line : merges) {
            Merge merge = ByteLevelConversion.merge(line, "tiny");
            pairs.add(merge);
            tokens.add(merge.left() + merge.right());
        }
        tokens.add(BOS);
        tokens.add(EOS);
        List<String> all = List.copyOf(tokens);
        AddedToken bos = new AddedToken(all.indexOf(BOS), BOS, true);
        AddedToken eos = new AddedToken(all.indexOf(EOS), EOS, true);
        return ByteLevelConversion.convert(
                all,
                pairs,
                List.of(bos, eos),
                PreTokenizer.of("gpt-2", "tiny"),
                addBos ? List.of(bos) : List.of(),
                List.of());
    }

    /// SentencePiece BPE with a prefix space and byte fallback: `<unk>`, `<s>`, `</s>`, 256
    /// bytes, then `pieces`, the earlier the better. Every text begins with `<s>`.
    public static Tokenizer pieces(String... pieces) {
        return Tokenizer.ofSentencePiece(pieceModel(Kind.BPE, pieces), TokenizerConfig.EMPTY, "tiny");
    }

    static SentencePieceModel pieceModel(Kind kind, String... texts) {
        List<Piece> pieces = new ArrayList<>();
        pieces.add(new Piece("<unk>", 0, PieceType.UNKNOWN));
        pieces.add(new Piece(BOS, 0, PieceType.CONTROL));
        pieces.add(new Piece(EOS, 0, PieceType.CONTROL));
        for (int value = 0; value < 256; value++) {
            pieces.add(new Piece("<0x%02X>".formatted(value), 0, PieceType.BYTE));
        }
        for (int i = 0; i < texts.length; i++) {
            pieces.add(new Piece(texts[i], -1 - i, PieceType.NORMAL));
        }
        return new SentencePieceModel(
                kind,
                pieces,
                new Normalization(new byte[0], true, false),
                true,
                OptionalInt.of(1),
                OptionalInt.of(2),
                OptionalInt.empty());
    }

    /// GPT-2's printable stand-ins for the 256 bytes, by byte.
    private static List<String> byteAlphabet() {
        List<String> alphabet = new ArrayList<>();
        int stranger = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = value > 32 && value < 127 || value > 160 && value != 173;
            alphabet.add(Character.toString(printable ? value : stranger++));
        }
        return alphabet;
    }
}
