package org.align4j.data.tokens;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The tokens of several files as one stream. The files are mapped for the life of an arena.
public final class TokenStream {
    private final List<TokenFile> files = new ArrayList<>();

    /// The number of the first token of each file, then that of all tokens.
    private final long[] starts;

    /// @throws org.align4j.error.AlignException.Data for a damaged file
    TokenStream(List<Path> paths, Arena arena) {
        starts = new long[paths.size() + 1];
        for (Path path : paths) {
            TokenFile file = TokenFile.open(path, arena);
            starts[files.size() + 1] = starts[files.size()] + file.tokens();
            files.add(file);
        }
    }

    /// How many tokens there are.
    public long tokens() {
        return starts[files.size()];
    }

    /// How many documents there are.
    public long documents() {
        return files.stream().mapToLong(TokenFile::documents).sum();
    }

    /// The ids from `from` to `to` (exclusive).
    public int[] ids(long from, long to) {
        int[] ids = new int[Math.toIntExact(to - from)];
        for (long at = from; at < to; ) {
            int file = fileOf(at);
            int count = (int) (Math.min(to, starts[file + 1]) - at);
            files.get(file).copy(at - starts[file], ids, (int) (at - from), count);
            at += count;
        }
        return ids;
    }

    /// Where the document that holds a token ends: the number behind its last token.
    public long documentEnd(long token) {
        int file = fileOf(token);
        return starts[file] + files.get(file).documentEnd(token - starts[file]);
    }

    private int fileOf(long token) {
        int found = Arrays.binarySearch(starts, token);
        // files without tokens have the start of the one behind them
        int file = found >= 0 ? found : -found - 2;
        while (starts[file + 1] <= token) {
            file++;
        }
        return file;
    }
}
