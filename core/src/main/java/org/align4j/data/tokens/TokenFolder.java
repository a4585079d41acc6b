package org.align4j.data.tokens;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.align4j.error.AlignException;

/// A part of a corpus as files of tokens in a folder: `NAME-00000.tokens` and so on, and
/// `NAME.complete`, which says what they were made of. Runs with the same texts and tokenizer find
/// them; files that a run had finished before it was interrupted are not made again.
///
/// @param name of the part, such as `train`
/// @param origin SHA-256 of all that decides the tokens, hexadecimal
public record TokenFolder(Path folder, String name, String origin) {
    private static final String SUFFIX = ".tokens";

    /// Maps the files for the life of `arena`.
    ///
    /// @throws AlignException.Data for damaged files
    public TokenStream open(Arena arena) {
        return new TokenStream(files(), arena);
    }

    /// Whether all files are there.
    public boolean isComplete() {
        try {
            return Files.exists(marker()) && Files.readString(marker()).equals(seal(files().size()));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /// Refuses a folder that holds the tokens of something else, which another run may want.
    ///
    /// @throws AlignException.Config then
    public void requireFreeOrOurs() {
        try {
            if (Files.exists(marker()) && !Files.readString(marker()).startsWith(origin)) {
                throw new AlignException.Config(folder + ": holds the tokens of other texts, or of another tokenizer or"
                        + " seed; name another folder with data.tokens, or delete it");
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private String seal(int files) {
        return origin + " " + files + "\n";
    }

    /// Says that all files are there.
    void complete() {
        try {
            Path temporary = marker().resolveSibling(name + ".complete.tmp");
            Files.writeString(temporary, seal(files().size()), StandardCharsets.UTF_8);
            Files.move(temporary, marker(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new AlignException.Checkpoint(marker() + ": cannot be written: " + e.getMessage(), e);
        }
    }

    private Path marker() {
        return folder.resolve(name + ".complete");
    }

    /// The name of the file that is made next.
    Path file(int index) {
        return folder.resolve(String.format(Locale.ROOT, "%s-%05d%s", name, index, SUFFIX));
    }

    /// Files in their order.
    private List<Path> files() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> child.getFileName().toString().startsWith(name + "-")
                            && child.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private AlignException.Data unreadable(IOException e) {
        return new AlignException.Data(folder + ": cannot be read: " + e.getMessage(), e);
    }

    /// The finished files that can be kept; others of this name, of other texts or damaged, are
    /// deleted.
    List<TokenHeader> keepFinished() {
        List<TokenHeader> kept = new ArrayList<>();
        try {
            Files.deleteIfExists(marker());
            for (Path file : files()) {
                if (file.equals(file(kept.size())) && isOurs(file)) {
                    kept.add(TokenFile.header(file));
                } else {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        return kept;
    }

    private boolean isOurs(Path file) {
        try {
            return TokenFile.header(file).origin().equals(origin);
        } catch (AlignException.Data _) {
            // cut off or of another version: it is made again
            return false;
        }
    }
}
