package org.align4j.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.SentencePieceModel.Kind;
import org.junit.jupiter.api.Test;

class SentencePieceModelTest {
    /// "ab" is likelier as "a", "b" (-1.5) than as one piece (-2), "abab" likelier as one (-1)
    /// than as anything else.
    private static final Consumer<Message> PIECES = model -> {
        model.piece("<unk>", 0, 2);
        model.piece("<s>", 0, 3);
        model.piece("</s>", 0, 3);
        model.piece("▁", -0.5f, 1);
        model.piece("a", -0.75f, 1);
        model.piece("b", -0.75f, 1);
        model.piece("ab", -2, 1);
        model.piece("abab", -1, 1);
        model.piece("<sep>", 0, 4);
    };

    @Test
    void unigramTakesTheMostProbableSplit() {
        SentencePieceModel model = read(unigram(true));
        assertThat(model.kind()).isEqualTo(Kind.UNIGRAM);
        assertThat(model.normalization().prefixSpace()).isTrue();
        assertThat(model.bos()).isEqualTo(OptionalInt.of(1));
        assertThat(model.pad()).isEmpty();
        try (Tokenizer tokenizer = Tokenizer.ofSentencePiece(model, TokenizerConfig.EMPTY, "tiny")) {
            assertThat(tokens(tokenizer, "ab")).containsExactly("▁", "a", "b");
            assertThat(tokens(tokenizer, "abab")).containsExactly("▁", "abab");
            assertThat(tokens(tokenizer, "a?b")).containsExactly("▁", "a", "<unk>", "b");
            assertThat(tokens(tokenizer, "a<sep>")).containsExactly("▁", "a", "<sep>");
        }
    }

    @Test
    void extraSpacesGoOnlyWhereTheModelSaysSo() {
        try (Tokenizer removing = Tokenizer.ofSentencePiece(read(unigram(true)), TokenizerConfig.EMPTY, "tiny");
                Tokenizer keeping = Tokenizer.ofSentencePiece(read(unigram(false)), TokenizerConfig.EMPTY, "tiny")) {
            assertThat(tokens(removing, "  a   b ")).containsExactly("▁", "a", "▁", "b");
            assertThat(tokens(keeping, " a  b")).containsExactly("▁", "▁", "a", "▁", "▁", "b");
            assertThat(removing.encode("   ")).isEmpty();
        }
    }

    @Test
    void bpeJoinsTheBestScoringNeighbours() {
        Message model = new Message();
        PIECES.accept(model);
        model.message(2, trainer -> trainer.varint(3, 2));
        try (Tokenizer tokenizer = Tokenizer.ofSentencePiece(read(model), TokenizerConfig.EMPTY, "tiny")) {
            assertThat(tokens(tokenizer, "abab")).containsExactly("▁", "abab");
            assertThat(tokens(tokenizer, "ab")).containsExactly("▁", "ab");
        }
    }

    @Test
    void configurationDecidesWhetherBosIsAdded() {
        SentencePieceModel model = TinyTokenizer.pieceModel(Kind.BPE, "▁", "w");
        TokenizerConfig without = new TokenizerConfig(
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                java.util.Set.of(),
                java.util.Map.of(),
                java.util.Map.of("add_bos_token", false, "add_eos_token", true));
        try (Tokenizer tokenizer = Tokenizer.ofSentencePiece(model, without, "tiny")) {
            int[] ids = tokenizer.encodeWithSpecialTokens("w");
            assertThat(Arrays.stream(ids).mapToObj(tokenizer::token)).containsExactly("▁", "w", "</s>");
            assertThat(tokenizer.encodePrompt("w")).hasSize(2);
        }
    }

    @Test
    void brokenFilesAreRefused() {
        byte[] good = unigram(true).bytes.toByteArray();
        for (int length = 1; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            try {
                assertThat(SentencePieceModel.read(cut, "cut.model").pieces()).isNotEmpty();
            } catch (AlignException.Model e) {
                assertThat(e).hasMessageStartingWith("cut.model");
            }
        }
        assertThatThrownBy(() -> SentencePieceModel.read(new byte[0], "empty.model"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("has no pieces");
        byte[] overflow = HexFormat.of().parseHex("0affffffffffffffff7f");
        assertThatThrownBy(() -> SentencePieceModel.read(overflow, "long.model"))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("long.model: not a SentencePiece model");
        Message word = new Message();
        PIECES.accept(word);
        word.message(2, trainer -> trainer.varint(3, 3));
        assertThatThrownBy(() -> read(word))
                .isInstanceOf(AlignException.Model.class)
                .hasMessageContaining("model type 3");
    }

    private static Message unigram(boolean removeExtraSpaces) {
        Message model = new Message();
        PIECES.accept(model);
        model.message(2, trainer -> trainer.varint(3, 1));
        model.message(3, normalizer -> normalizer.varint(4, removeExtraSpaces ? 1 : 0));
        return model;
    }

    private static SentencePieceModel read(Message message) {
        return SentencePieceModel.read(message.bytes.toByteArray(), "tiny.model");
    }

    private static String[] tokens(Tokenizer tokenizer, String text) {
        return Arrays.stream(tokenizer.encode(text)).mapToObj(tokenizer::token).toArray(String[]::new);
    }

    /// Writes a protocol buffer.
    private static final class Message {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        void piece(String text, float score, int type) {
            message(1, piece -> {
                piece.blob(1, text.getBytes(StandardCharsets.UTF_8));
                piece.bytes.write(2 << 3 | 5);
                piece.bytes.writeBytes(ByteBuffer.allocate(4)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(score)
                        .array());
                piece.varint(3, type);
            });
        }

        void message(int field, Consumer<Message> content) {
            Message inner = new Message();
            content.accept(inner);
            blob(field, inner.bytes.toByteArray());
        }

        void varint(int field, int value) {
            bytes.write(field << 3);
            bytes.write(value);
        }

        private void blob(int field, byte[] content) {
            bytes.write(field << 3 | 2);
            bytes.write(content.length);
            bytes.writeBytes(content);
        }
    }
}
