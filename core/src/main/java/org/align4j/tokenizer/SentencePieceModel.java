package org.align4j.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.align4j.error.AlignException;

/// A SentencePiece model: pieces with scores and how text is normalised before it is split into
/// them.
///
/// @param kind how text is split
/// @param pieces by id
/// @param normalization what happens to the text first
/// @param byteFallback whether a character without a piece becomes byte pieces
/// @param bos id of the piece that begins a text
/// @param eos id of the piece that ends one
/// @param pad id of the padding piece
public record SentencePieceModel(
        Kind kind,
        List<Piece> pieces,
        Normalization normalization,
        boolean byteFallback,
        OptionalInt bos,
        OptionalInt eos,
        OptionalInt pad) {
    /// How text is split.
    public enum Kind {
        /// The split of highest probability.
        UNIGRAM,
        /// The neighbours whose union scores best are joined until none can be.
        BPE
    }

    /// What a piece is for; in the order of the file's numbers, which start at 1 and which GGUF
    /// shares.
    public enum PieceType {
        NORMAL,
        UNKNOWN,
        CONTROL,
        USER_DEFINED,
        UNUSED,
        BYTE;

        /// The type of a number in a file.
        ///
        /// @throws AlignException.Model when there is none
        static PieceType of(int number, String place) {
            PieceType[] types = values();
            if (number < 1 || number > types.length) {
                throw new AlignException.Model(
                        place + ": token type " + number + " is unknown; expected 1 to " + types.length);
            }
            return types[number - 1];
        }
    }

    /// A token: its text, with ▁ for a space, and its score.
    public record Piece(String text, float score, PieceType type) {}

    /// What happens to the text before it is split.
    ///
    /// @param charsMap compiled table of replacements, empty for none
    /// @param prefixSpace whether a space is put before the text
    /// @param removeExtraSpaces whether outer spaces go and inner runs become one
    @SuppressWarnings("ArrayRecordComponent") // passed on once
    public record Normalization(byte[] charsMap, boolean prefixSpace, boolean removeExtraSpaces) {}

    public SentencePieceModel {
        pieces = List.copyOf(pieces);
    }

    /// Reads a `.model` file, which is a protocol buffer (`sentencepiece_model.proto`).
    ///
    /// @param place what messages call it
    /// @throws AlignException.Model when it is broken or of a kind that is not known
    public static SentencePieceModel read(byte[] file, String place) {
        List<Piece> pieces = new ArrayList<>();
        byte[] trainer = {};
        byte[] normalizer = {};
        for (ProtobufFields fields = new ProtobufFields(file, place); fields.next(); ) {
            switch (fields.number()) {
                case 1 -> pieces.add(piece(fields.bytes(), place));
                case 2 -> trainer = fields.bytes();
                case 3 -> normalizer = fields.bytes();
                default -> {} // Self-tests, and a denormalizer that Hugging Face leaves out too.
            }
        }
        if (pieces.isEmpty()) {
            throw new AlignException.Model(place + ": has no pieces; give a SentencePiece .model file");
        }
        int kind = 1;
        boolean byteFallback = false;
        int[] special = {1, 2, -1};
        for (ProtobufFields fields = new ProtobufFields(trainer, place); fields.next(); ) {
            switch (fields.number()) {
                case 3 -> kind = fields.integer();
                case 24 -> refuseSuffixSpaces(fields.integer(), place);
                case 35 -> byteFallback = fields.integer() != 0;
                case 41, 42, 43 -> special[fields.number() - 41] = fields.integer();
                default -> {} // How the model was trained.
            }
        }
        return new SentencePieceModel(
                kind(kind, place),
                pieces,
                normalization(normalizer, place),
                byteFallback,
                pieceId(special[0], pieces),
                pieceId(special[1], pieces),
                pieceId(special[2], pieces));
    }

    private static Piece piece(byte[] message, String place) {
        String text = "";
        float score = 0;
        int type = 1;
        for (ProtobufFields fields = new ProtobufFields(message, place); fields.next(); ) {
            switch (fields.number()) {
                case 1 -> text = fields.string();
                case 2 -> score = fields.real();
                case 3 -> type = fields.integer();
                default -> {} // Extensions.
            }
        }
        return new Piece(text, score, PieceType.of(type, place));
    }

    private static Normalization normalization(byte[] message, String place) {
        byte[] charsMap = {};
        boolean prefixSpace = true;
        boolean removeExtraSpaces = true;
        for (ProtobufFields fields = new ProtobufFields(message, place); fields.next(); ) {
            switch (fields.number()) {
                case 2 -> charsMap = fields.bytes();
                case 3 -> prefixSpace = fields.integer() != 0;
                case 4 -> removeExtraSpaces = fields.integer() != 0;
                case 5 -> {
                    if (fields.integer() == 0) {
                        throw new AlignException.Model(place + ": spaces are not escaped (escape_whitespaces is off);"
                                + " convert the model to tokenizer.json");
                    }
                }
                default -> {} // Its name and the rules it was compiled from.
            }
        }
        return new Normalization(charsMap, prefixSpace, removeExtraSpaces);
    }

    private static Kind kind(int number, String place) {
        return switch (number) {
            case 1 -> Kind.UNIGRAM;
            case 2 -> Kind.BPE;
            default ->
                throw new AlignException.Model(
                        place + ": model type " + number + " is not supported; expected 1 (unigram) or 2 (BPE)");
        };
    }

    private static void refuseSuffixSpaces(int value, String place) {
        if (value != 0) {
            throw new AlignException.Model(place
                    + ": spaces end words (treat_whitespace_as_suffix is on), which is not supported;"
                    + " convert the model to tokenizer.json");
        }
    }

    private static OptionalInt pieceId(int id, List<Piece> pieces) {
        return id >= 0 && id < pieces.size() ? OptionalInt.of(id) : OptionalInt.empty();
    }
}
