package org.align4j.rl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What makes a reward model's scores mean something by themselves: Bradley–Terry leaves their
/// level open. The file `reward_normalisation.json` beside the weights; raw scores stay as
/// transformers computes them.
///
/// @param shift added to a raw score; demonstrations then score 0 on average (Ouyang et al. 2022,
///     appendix C.2)
/// @param examples demonstrations that it was found with
/// @param chat whether texts were written by the chat template in training
public record RewardNormalisation(double shift, long examples, boolean chat) {
    private static final String NAME = "reward_normalisation.json";

    /// Writes it into a model's folder.
    public void write(Path folder) throws IOException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("shift", shift);
        json.put("examples", examples);
        json.put("chat", chat);
        Files.write(
                folder.resolve(NAME),
                JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
    }

    /// What stands in a model's folder, if anything.
    ///
    /// @throws AlignException.Checkpoint for a file that is damaged
    public static Optional<RewardNormalisation> read(Path folder) {
        Path file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(file));
            if (!json.path("shift").isNumber()) {
                throw new AlignException.Checkpoint(
                        file + ": has no number \"shift\"; remove the file to use raw scores");
            }
            return Optional.of(new RewardNormalisation(
                    json.path("shift").doubleValue(),
                    json.path("examples").asLong(0),
                    json.path("chat").asBoolean(true)));
        } catch (IOException | JacksonException e) {
            throw new AlignException.Checkpoint(
                    file + ": cannot be read (" + e.getMessage() + "); remove it to use raw scores", e);
        }
    }
}
