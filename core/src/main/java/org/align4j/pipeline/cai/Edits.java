package org.align4j.pipeline.cai;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.align4j.config.Configuration;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import org.align4j.error.Require;

/// What a person changed: `edits.yaml` in the run's folder, read by the stages that learn.
///
/// @param edits one an id
public record Edits(List<Edit> edits) {
    /// Its name in the run's folder.
    public static final String FILE = "edits.yaml";

    public Edits {
        edits = List.copyOf(edits);
        Set<String> ids = new HashSet<>();
        for (Edit edit : edits) {
            Require.that(ids.add(edit.id()), "\"" + edit.id() + "\" is there twice; say all in one edit");
        }
    }

    public static Edits defaults() {
        return new Edits(List.of());
    }

    /// A change to what is learned of one example.
    ///
    /// @param id as `align4j cai show` prints it
    /// @param veto leaves it out
    /// @param revision is learned instead of the last revision; for prompts
    /// @param probability that the first answer is better, instead of the feedback's; for
    ///     comparisons
    /// @param reason for others to read
    public record Edit(
            String id,
            Optional<Boolean> veto,
            Optional<String> revision,
            Optional<Double> probability,
            Optional<String> reason) {
        public Edit {
            Require.that(
                    veto.isPresent() || revision.isPresent() || probability.isPresent(),
                    "give veto, revision or probability");
            Require.that(
                    revision.isEmpty() || !revision.get().isBlank(), "revision must not be empty; veto it instead");
            Require.that(
                    probability.isEmpty() || (probability.get() >= 0 && probability.get() <= 1),
                    "probability must be from 0 to 1");
            Require.that(
                    id.contains("-") ? revision.isEmpty() : probability.isEmpty(),
                    "\"" + id + "\": prompts such as p3 have a revision, comparisons such as p3-1 a probability");
        }

        /// Whether it is about a comparison (`p3-1`), not a prompt (`p3`).
        boolean ofComparison() {
            return id.contains("-");
        }

        boolean vetoed() {
            return veto.orElse(false);
        }
    }

    /// The edits in a run's folder; none where there is no file.
    static Edits read(Path output) {
        Path file = output.resolve(FILE);
        return Files.exists(file) ? Configuration.read(Edits.class, file, List.of()) : defaults();
    }

    /// What a person said about an example.
    Optional<Edit> of(String id) {
        return edits.stream().filter(edit -> edit.id().equals(id)).findFirst();
    }

    /// Those of comparisons (`p3-1`), or those of prompts (`p3`).
    ///
    /// @param known the ids that there are
    /// @throws AlignException.Config naming all that aren't
    Edits about(boolean comparisons, Collection<String> known) {
        List<Edit> theirs = about(comparisons);
        Problems problems = new Problems();
        for (Edit edit : theirs) {
            if (!known.contains(edit.id())) {
                problems.add(FILE + ": there is no \"" + edit.id() + "\"; `align4j cai show` lists what there is");
            }
        }
        problems.throwIfAny("edits:", AlignException.Config::new);
        return new Edits(theirs);
    }

    /// Those of comparisons (`p3-1`), or those of prompts (`p3`).
    List<Edit> about(boolean comparisons) {
        return edits.stream().filter(edit -> edit.ofComparison() == comparisons).toList();
    }
}
