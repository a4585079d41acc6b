package org.align4j.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import org.align4j.error.AlignException;

/// Hugging Face's own tokenizer, in Rust. The ids are read straight from the native library:
/// DJL's `Encoding` would also fetch every token's text, mask, word and sequence number, several
/// times the work.
final class RustTokenizer implements AutoCloseable {
    private final HuggingFaceTokenizer tokenizer;

    private RustTokenizer(HuggingFaceTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /// Reads the bytes of a `tokenizer.json`. Truncation and padding are off, whatever the file
    /// says.
    static RustTokenizer of(byte[] json, String place) {
        // Without these the library may look for a GPU, fetch another build of itself, and report its use.
        setUnlessSet("RUST_FLAVOR", "cpu");
        setUnlessSet("OPT_OUT_TRACKING", "true");
        setUnlessSet("ai.djl.offline", "true");
        Map<String, String> options =
                Map.of("addSpecialTokens", "false", "truncation", "do_not_truncate", "padding", "do_not_pad");
        try {
            return new RustTokenizer(HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), options));
        } catch (LinkageError | IllegalStateException e) {
            throw new AlignException.Model(
                    "tokenizer library: cannot be unpacked or loaded (" + rootMessage(e)
                            + "); set DJL_CACHE_DIR to a folder that can be written",
                    e);
        } catch (IOException | RuntimeException e) {
            throw new AlignException.Model(
                    place + ": the tokenizer is not valid (" + rootMessage(e) + "); check the file", e);
        }
    }

    private static void setUnlessSet(String name, String value) {
        if (System.getenv(name) == null && System.getProperty(name) == null) {
            System.setProperty(name, value);
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    int[] encode(String text, boolean addSpecialTokens) {
        long encoding = TokenizersLibrary.LIB.encode(handle(), text, addSpecialTokens);
        try {
            return narrow(TokenizersLibrary.LIB.getTokenIds(encoding));
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    Encoding encodeWithOffsets(String text) {
        long encoding = TokenizersLibrary.LIB.encode(handle(), text, false);
        try {
            int[] ids = narrow(TokenizersLibrary.LIB.getTokenIds(encoding));
            CharSpan[] spans = TokenizersLibrary.LIB.getTokenCharSpans(encoding);
            int[] starts = new int[ids.length];
            int[] ends = new int[ids.length];
            for (int i = 0; i < ids.length; i++) {
                starts[i] = spans[i].getStart();
                ends[i] = spans[i].getEnd();
            }
            return new Encoding(ids, starts, ends);
        } finally {
            TokenizersLibrary.LIB.deleteEncoding(encoding);
        }
    }

    String decode(int[] ids, boolean skipSpecialTokens) {
        long[] wide = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            wide[i] = ids[i];
        }
        return TokenizersLibrary.LIB.decode(handle(), wide, skipSpecialTokens);
    }

    @Override
    public void close() {
        tokenizer.close();
    }

    private long handle() {
        return tokenizer.getHandle();
    }

    private static int[] narrow(long[] ids) {
        int[] narrow = new int[ids.length];
        for (int i = 0; i < ids.length; i++) {
            narrow[i] = Math.toIntExact(ids[i]);
        }
        return narrow;
    }
}
