package org.align4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.align4j.error.AlignException;
import org.align4j.peft.AdapterDirectory;
import org.align4j.peft.ModelLoading;
import org.align4j.rl.ImplicitReward;
import org.align4j.rl.RewardModel;
import org.align4j.rl.Scorer;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Whether a policy and its reference are to be a reward model, and which reference.
final class ImplicitOptions {
    private static final double BETA = 0.1;

    @Option(
            names = "--implicit",
            description = "--model is a policy of dpo or its kin: score by beta · log(policy/reference).")
    private boolean implicit;

    @Option(
            names = "--reference",
            paramLabel = "M",
            description =
                    "With --implicit: the policy's reference. Default: the reference that the run's config.yaml names,"
                            + " an adapter's base, or the model that the run began with.")
    private Optional<Path> reference = Optional.empty();

    @Option(
            names = "--beta",
            paramLabel = "B",
            description =
                    "With --implicit: what the log-ratio is multiplied by. Default: that of the run's loss, or 0.1.")
    private Optional<Double> beta = Optional.empty();

    /// Losses whose rewards aren't β log π/π_ref.
    private static final Set<String> WITHOUT_REFERENCE = Set.of("simpo", "orpo", "cpo", "nll");

    /// Loads what scores into the scope that is open.
    Scorer load(Path model, DType dtype, Device device) {
        if (!implicit) {
            if (reference.isPresent() || beta.isPresent()) {
                throw new AlignException.Config("--reference and --beta say how a policy scores; add --implicit");
            }
            return RewardModel.load(model, dtype, device);
        }
        JsonNode run = run(model);
        requireKnown(model, run);
        Path other = reference
                .or(() -> named(run.at("/reference/model")))
                .or(() -> AdapterDirectory.at(model).map(AdapterDirectory::base))
                .or(() -> named(run.at("/model")))
                .orElseThrow(() -> new AlignException.Config("--reference: missing, and " + model
                        + " is no run that names one; name the model that the policy began as"));
        double factor = beta.orElseGet(() -> run.at("/loss/beta").asDouble(BETA));
        return ImplicitReward.load(model, other, factor, run.at("/data/chat").asBoolean(true), dtype, device);
    }

    /// Refuses to guess the reference or β of a run that has none.
    private void requireKnown(Path model, JsonNode run) {
        boolean without = WITHOUT_REFERENCE.contains(run.at("/loss/type").asString(""))
                || run.at("/reference/mode").asString("").equals("none");
        if (without && (reference.isEmpty() || beta.isEmpty())) {
            throw new AlignException.Config(model + ": learned without a reference, so its reward isn't beta ·"
                    + " log(policy/reference); to score by that nevertheless give both --reference and --beta");
        }
        if (run.at("/reference/renewed").asBoolean(false) && reference.isEmpty()) {
            throw new AlignException.Config(
                    model + ": its reference was renewed in each iteration; name the one that is meant: --reference");
        }
        if (run.at("/loss").isObject() && run.at("/loss/beta").isMissingNode() && beta.isEmpty()) {
            throw new AlignException.Config(model + ": its loss ("
                    + run.at("/loss/type").asString("without a type") + ") has no beta of its own; give --beta");
        }
    }

    private static Optional<Path> named(JsonNode value) {
        return value.isString() ? Optional.of(Path.of(value.asString())) : Optional.empty();
    }

    /// The `config.yaml` of the run that `model` is or is a checkpoint of; empty where there is
    /// none.
    private static JsonNode run(Path model) {
        Path folder = ModelLoading.folderOf(model).toAbsolutePath();
        Optional<Path> file = Stream.of(".", "..", "../..")
                .map(above -> folder.resolve(above).normalize().resolve("config.yaml"))
                .filter(Files::isRegularFile)
                .findFirst();
        if (file.isEmpty()) {
            return YAMLMapper.shared().createObjectNode();
        }
        try {
            return YAMLMapper.shared().readTree(Files.readString(file.get()));
        } catch (IOException | JacksonException e) {
            throw new AlignException.Config(
                    file.get() + ": cannot be read (" + e.getMessage() + "); give --reference and --beta", e);
        }
    }
}
