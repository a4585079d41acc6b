package org.align4j.tokenizer;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.align4j.error.AlignException;
import org.align4j.tokenizer.TokenizerJson.PrefixSpace;
import org.jspecify.annotations.Nullable;

/// Turns text into token ids and back.
///
/// Every source (`tokenizer.json`, a SentencePiece model, a GGUF vocabulary) becomes a
/// `tokenizer.json` that Hugging Face's Rust library runs, so that there is one behaviour. May be
/// used by several threads at once.
public final class Tokenizer implements AutoCloseable {
    private final byte[] json;
    private final String place;
    private final RustTokenizer rust;
    private final TokenizerJson description;
    private final TokenizerConfig config;
    private final Set<Integer> eosIds;
    /// Ids that the post-processor puts before a text.
    private final int[] prefix;

    /// Made when first asked for: most tokenizers add no space, and most texts are encoded whole.
    private volatile @Nullable RustTokenizer continuing;

    private Tokenizer(byte[] json, TokenizerJson description, TokenizerConfig config, String place) {
        this.json = json;
        this.place = place;
        this.config = config;
        this.description = description;
        rust = RustTokenizer.of(json, place);
        prefix = prefix();
        eosIds = new LinkedHashSet<>();
        eos().ifPresent(token -> eosIds.add(token.id()));
        eosIds.addAll(config.eosIds());
    }

    /// Reads the tokenizer of a Hugging Face model directory; see [TokenizerDirectory] for what
    /// is looked for.
    ///
    /// @throws AlignException.Model when the directory has no tokenizer or a broken one
    public static Tokenizer load(Path directory) {
        return TokenizerDirectory.load(directory);
    }

    /// A tokenizer from the bytes of a `tokenizer.json`.
    ///
    /// @param place what messages call it, usually its path
    public static Tokenizer ofJson(byte[] json, TokenizerConfig config, String place) {
        return new Tokenizer(json, TokenizerJson.read(json, place), config, place);
    }

    /// A tokenizer put together from another format.
    static Tokenizer of(TokenizerSpec spec, TokenizerConfig config, String place) {
        return new Tokenizer(spec.toJson(), spec.describe(), config, place);
    }

    /// A tokenizer from a SentencePiece model. Roles of tokens that the configuration leaves open
    /// are taken from the model; every text begins with BOS unless the configuration says
    /// otherwise (`add_bos_token`), and ends with EOS only if it says so (`add_eos_token`).
    ///
    /// @param place what messages call it, usually its path
    public static Tokenizer ofSentencePiece(SentencePieceModel model, TokenizerConfig config, String place) {
        boolean addBos = !Boolean.FALSE.equals(config.fields().get("add_bos_token"));
        boolean addEos = Boolean.TRUE.equals(config.fields().get("add_eos_token"));
        TokenizerSpec spec = SentencePieceConversion.convert(model, addBos, addEos);
        return of(spec, SentencePieceConversion.complete(config, model), place);
    }

    /// The ids of a text, with nothing added. Special tokens spelled out in the text are
    /// recognised.
    public int[] encode(String text) {
        return rust.encode(wellFormed(text), false);
    }

    /// The ids of a text with what the tokenizer adds around every text, such as BOS.
    public int[] encodeWithSpecialTokens(String text) {
        return rust.encode(wellFormed(text), true);
    }

    /// As [#encode], with the place of each token in code points of the text.
    public Encoding encodeWithOffsets(String text) {
        return rust.encodeWithOffsets(wellFormed(text));
    }

    /// The ids of a prompt that something will be generated after: begins as every text of this
    /// tokenizer begins (BOS, if it adds one), unless the text, rendered by a chat template,
    /// already begins so; ends without anything added.
    public int[] encodePrompt(String text) {
        int[] ids = encode(text);
        int[] before = prefixOf(ids);
        int[] all = Arrays.copyOf(before, before.length + ids.length);
        System.arraycopy(ids, 0, all, before.length, ids.length);
        return all;
    }

    /// What goes before the ids of a prompt: BOS, or nothing when they begin with it.
    int[] prefixOf(int[] ids) {
        boolean begun = ids.length >= prefix.length && Arrays.equals(prefix, 0, prefix.length, ids, 0, prefix.length);
        return begun ? new int[0] : prefix;
    }

    /// The ids of text that goes on where other text ended: as [#encode], but no space is put
    /// before it.
    public int[] encodeContinuation(String text) {
        return description.prefixSpace() == PrefixSpace.NEVER
                ? encode(text)
                : encodeContinuationWithOffsets(text).ids();
    }

    /// As [#encodeWithOffsets] for text that goes on where other text ended.
    public Encoding encodeContinuationWithOffsets(String text) {
        if (description.prefixSpace() == PrefixSpace.NEVER) {
            return encodeWithOffsets(text);
        }
        Encoding whole = continuing().encodeWithOffsets(wellFormed(text));
        for (int i = 0; i < whole.size(); i++) {
            if (description.vocabulary().isAdded(whole.ids()[i])) {
                // Only the start lacks its space: from the first added token on, the text is like any other.
                int point = whole.starts()[i];
                Encoding rest = encodeWithOffsets(text.substring(text.offsetByCodePoints(0, point)));
                return whole.first(i).then(rest, point);
            }
        }
        return whole;
    }

    /// The text of some ids. Ids beyond the vocabulary (rows that pad an embedding) have none.
    ///
    /// @param skipSpecialTokens whether special tokens are left out
    /// @throws AlignException.Data when an id is negative
    public String decode(int[] ids, boolean skipSpecialTokens) {
        for (int id : ids) {
            if (id < 0) {
                throw new AlignException.Data(place + ": id " + id + " is negative; ids start at 0");
            }
        }
        return rust.decode(ids, skipSpecialTokens);
    }

    /// A decoder that is fed one id at a time.
    public StreamDecoder streamDecoder(boolean skipSpecialTokens) {
        return new StreamDecoder(this, skipSpecialTokens);
    }

    /// One more than the highest id, added tokens included.
    public int vocabularySize() {
        return description.vocabulary().size();
    }

    /// The id of a token in the vocabulary's own spelling (`Ġthe`, `▁the`, `<|im_end|>`).
    public OptionalInt id(String token) {
        return description.vocabulary().id(token);
    }

    /// The vocabulary's own spelling of a token.
    ///
    /// @throws AlignException.Data when no token has this id
    public String token(int id) {
        String token = description.vocabulary().token(id);
        if (token == null) {
            throw new AlignException.Data(
                    place + ": no token has id " + id + "; ids go from 0 to " + (vocabularySize() - 1));
        }
        return token;
    }

    /// Whether decoding can leave this token out.
    public boolean isSpecial(int id) {
        return description.vocabulary().isSpecial(id);
    }

    /// The token that begins a sequence.
    public Optional<SpecialToken> bos() {
        return special(config.bos());
    }

    /// The token that ends a sequence.
    public Optional<SpecialToken> eos() {
        return special(config.eos());
    }

    /// The padding token.
    public Optional<SpecialToken> pad() {
        return special(config.pad());
    }

    /// The token of what the vocabulary cannot spell.
    public Optional<SpecialToken> unk() {
        return special(config.unk());
    }

    /// All ids at which generation stops: EOS and what the model's configuration adds.
    public Set<Integer> eosIds() {
        return java.util.Collections.unmodifiableSet(eosIds);
    }

    /// Whether the tokenizer puts BOS (or anything) before every text.
    public boolean addsPrefix() {
        return prefix.length > 0;
    }

    /// SHA-256 of what decides its ids, hexadecimal.
    public String fingerprint() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// Special tokens, chat templates and other settings.
    public TokenizerConfig config() {
        return config;
    }

    /// Writes `tokenizer.json` and `tokenizer_config.json`, which transformers' `AutoTokenizer`
    /// opens.
    ///
    /// @throws AlignException.Checkpoint when a file cannot be written
    public void save(Path directory) {
        TokenizerDirectory.save(json, config, directory);
    }

    /// Writes the files as [#save(Path)] does, with another padding token.
    ///
    /// @param pad a token of the vocabulary
    public void save(Path directory, String pad) {
        TokenizerDirectory.save(json, config.withPad(pad), directory);
    }

    /// Frees the native memory. The tokenizer cannot be used afterwards.
    @Override
    public void close() {
        rust.close();
        RustTokenizer second = continuing;
        if (second != null) {
            second.close();
        }
    }

    Vocabulary vocabulary() {
        return description.vocabulary();
    }

    PrefixSpace prefixSpace() {
        return description.prefixSpace();
    }

    boolean hasByteFallback() {
        return description.byteFallback();
    }

    private synchronized RustTokenizer continuing() {
        RustTokenizer made = continuing;
        if (made == null) {
            made = RustTokenizer.of(TokenizerJson.withoutPrefixSpace(json), place);
            continuing = made;
        }
        return made;
    }

    private Optional<SpecialToken> special(Optional<String> text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        OptionalInt id = id(text.get());
        return id.isPresent() ? Optional.of(new SpecialToken(id.getAsInt(), text.get())) : Optional.empty();
    }

    /// Finds what the post-processor puts before a text by trying one.
    private int[] prefix() {
        int[] plain = rust.encode("a", false);
        int[] full = rust.encode("a", true);
        for (int start = 0; start + plain.length <= full.length; start++) {
            if (Arrays.equals(plain, 0, plain.length, full, start, start + plain.length)) {
                return Arrays.copyOf(full, start);
            }
        }
        return new int[0];
    }

    /// Lone surrogates have no UTF-8: they become U+FFFD here, one for one, so that offsets still
    /// fit.
    private static String wellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return replaceSurrogates(text);
            }
        }
        return text;
    }

    private static String replaceSurrogates(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE ? 0xFFFD : point)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}
