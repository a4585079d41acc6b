package org.align4j.tokenizer;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.SentencePieceModel.Normalization;
import org.align4j.tokenizer.SentencePieceModel.Piece;
import org.align4j.tokenizer.SentencePieceModel.PieceType;
import org.align4j.tokenizer.TokenizerSpec.AddedToken;
import org.align4j.tokenizer.TokenizerSpec.Merge;

/// The vocabulary in a GGUF file's metadata: `gpt2` (byte-level BPE), `llama` (SentencePiece BPE
/// with scores; Gemma's too) or `t5` (SentencePiece unigram).
///
/// @param model which of these
/// @param pre how text is split first, for `gpt2`
/// @param tokens texts by id
/// @param scores by id, for `llama` and `t5`
/// @param types by id, 1 to 6 as in SentencePiece; empty: all normal
/// @param merges two tokens with a space between, for `gpt2`
/// @param bos id of the token that begins a text
/// @param eos id of the token that ends one
/// @param pad id of the padding token
/// @param unk id of the unknown token
/// @param moreEos ids of other tokens that end an answer (end of turn, end of message)
/// @param addBos whether every text begins with BOS; absent: as usual for the model
/// @param addEos whether every text ends with EOS
/// @param addSpacePrefix whether a space is put before the text
/// @param removeExtraSpaces whether outer spaces go and inner runs become one
/// @param charsMap compiled table of replacements, empty for none
/// @param chatTemplates Jinja sources by name
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, compared by nobody
public record GgufVocabulary(
        String model,
        Optional<String> pre,
        List<String> tokens,
        float[] scores,
        int[] types,
        List<String> merges,
        OptionalInt bos,
        OptionalInt eos,
        OptionalInt pad,
        OptionalInt unk,
        Set<Integer> moreEos,
        Optional<Boolean> addBos,
        boolean addEos,
        Optional<Boolean> addSpacePrefix,
        boolean removeExtraSpaces,
        byte[] charsMap,
        Map<String, String> chatTemplates) {
    public GgufVocabulary {
        tokens = List.copyOf(tokens);
        merges = List.copyOf(merges);
    }

    /// Takes the vocabulary out of a GGUF file's metadata.
    ///
    /// @param metadata all keys and values: numbers, strings, booleans; arrays as lists or Java
    ///     arrays
    /// @param place what messages call the file
    /// @throws AlignException.Model when there is none or it is broken
    public static GgufVocabulary of(Map<String, ?> metadata, String place) {
        return new GgufMetadata(metadata, place).vocabulary();
    }

    /// The tokenizer of this vocabulary.
    ///
    /// @throws AlignException.Model when the model or the way text is split is not known
    public Tokenizer tokenizer(String place) {
        return Tokenizer.of(spec(place), config(), place);
    }

    TokenizerSpec spec(String place) {
        return switch (model) {
            case "gpt2" -> byteLevel(place);
            case "llama" -> sentencePiece(SentencePieceModel.Kind.BPE, place);
            case "t5" -> sentencePiece(SentencePieceModel.Kind.UNIGRAM, place);
            default ->
                throw new AlignException.Model(place + ": tokenizer.ggml.model \"" + model
                        + "\" is not supported; expected gpt2, llama or t5");
        };
    }

    private TokenizerSpec byteLevel(String place) {
        PreTokenizer preTokenizer = PreTokenizer.of(pre.orElse("default"), place);
        List<AddedToken> added = new ArrayList<>();
        for (int id = 0; id < tokens.size(); id++) {
            switch (type(id, place)) {
                case CONTROL, UNKNOWN -> added.add(new AddedToken(id, tokens.get(id), true));
                case USER_DEFINED -> added.add(new AddedToken(id, tokens.get(id), false));
                case NORMAL, UNUSED, BYTE -> {}
            }
        }
        List<Merge> pairs = merges.stream()
                .map(line -> ByteLevelConversion.merge(line, place))
                .toList();
        return ByteLevelConversion.convert(
                tokens,
                pairs,
                added,
                preTokenizer,
                addBos.orElse(preTokenizer.addsBos()) ? token(bos) : List.of(),
                addEos ? token(eos) : List.of());
    }

    private TokenizerSpec sentencePiece(SentencePieceModel.Kind kind, String place) {
        if (scores.length != tokens.size()) {
            throw new AlignException.Model(place + ": " + tokens.size() + " tokens but " + scores.length
                    + " scores (tokenizer.ggml.scores); convert the model again");
        }
        List<Piece> pieces = new ArrayList<>(tokens.size());
        boolean byteFallback = false;
        for (int id = 0; id < tokens.size(); id++) {
            PieceType type = type(id, place);
            byteFallback |= type == PieceType.BYTE;
            pieces.add(new Piece(tokens.get(id), scores[id], type));
        }
        SentencePieceModel pieceModel = new SentencePieceModel(
                kind,
                pieces,
                new Normalization(charsMap, addSpacePrefix.orElse(true), removeExtraSpaces),
                byteFallback,
                bos,
                eos,
                pad);
        return SentencePieceConversion.convert(pieceModel, addBos.orElse(kind == SentencePieceModel.Kind.BPE), addEos);
    }

    private PieceType type(int id, String place) {
        return types.length == 0 ? PieceType.NORMAL : PieceType.of(types[id], place);
    }

    private List<AddedToken> token(OptionalInt id) {
        return id.isEmpty() ? List.of() : List.of(new AddedToken(id.getAsInt(), tokens.get(id.getAsInt()), true));
    }

    private TokenizerConfig config() {
        Set<Integer> ends = new LinkedHashSet<>();
        eos.ifPresent(ends::add);
        ends.addAll(moreEos);
        return new TokenizerConfig(
                text(bos), text(eos), text(pad), text(unk), ends, chatTemplates, new LinkedHashMap<>());
    }

    private Optional<String> text(OptionalInt id) {
        return id.isEmpty() ? Optional.empty() : Optional.of(tokens.get(id.getAsInt()));
    }
}
