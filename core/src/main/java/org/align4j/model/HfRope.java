package org.align4j.model;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.align4j.model.Architecture.Rope;

/// Reads the rotation's settings from a `config.json`, in both forms: `rope_theta` and
/// `rope_scaling` beside each other (transformers 4) or all in `rope_parameters` (transformers 5).
///
/// @param config the whole file
/// @param headSize features of a head, D
/// @param maxPositions longest sequence, which several scalings fall back to
record HfRope(ConfigReader config, int headSize, int maxPositions) {
    /// The only rotation of most families, whose base is under `thetaKey` and whose rotated share,
    /// if it may be below 1, under `shareKey`.
    Rope single(String thetaKey, Optional<String> shareKey) {
        double theta = config.positiveNumber(thetaKey);
        double share = shareKey.map(config::optionalNumber)
                .orElse(OptionalDouble.empty())
                .orElse(1);
        return read(parameters("rope_scaling"), theta, share, shareKey.isPresent());
    }

    /// Gemma 3's rotations: of layers that see everything, then of those with a window.
    List<Rope> fullAndSliding() {
        double full = config.positiveNumber("rope_theta");
        double sliding = config.positiveNumber("rope_local_base_freq");
        Optional<ConfigReader> both = config.object("rope_parameters");
        if (both.isEmpty()) {
            Optional<ConfigReader> scaling = config.object("rope_scaling");
            return List.of(read(scaling, full, 1, false), read(Optional.empty(), sliding, 1, false));
        }
        if (config.gives("rope_scaling")) {
            config.fault("rope_scaling", "stands beside \"rope_parameters\"; keep one of them");
        }
        config.ignore(List.of("rope_scaling"));
        List<Rope> ropes = List.of(
                read(both.get().object("full_attention"), full, 1, false),
                read(both.get().object("sliding_attention"), sliding, 1, false));
        both.get().rejectTheRest();
        return ropes;
    }

    private Optional<ConfigReader> parameters(String oldKey) {
        Optional<ConfigReader> before = config.object(oldKey);
        Optional<ConfigReader> now = config.object("rope_parameters");
        if (before.isPresent() && now.isPresent()) {
            config.fault(oldKey, "stands beside \"rope_parameters\"; keep one of them");
        }
        return now.or(() -> before);
    }

    private Rope read(Optional<ConfigReader> found, double theta, double share, boolean partial) {
        if (found.isEmpty()) {
            return new Rope(theta, rotated(share), new RopeScaling.None());
        }
        ConfigReader parameters = found.get();
        double base = parameters.optionalNumber("rope_theta").orElse(theta);
        double part = parameters.optionalNumber("partial_rotary_factor").orElse(share);
        if (!partial && part != 1) {
            parameters.fault("partial_rotary_factor", "is " + part + "; this family rotates whole heads (1.0)");
        }
        RopeScaling scaling = scaling(parameters);
        parameters.rejectTheRest();
        int rotated = rotated(part);
        if (scaling instanceof RopeScaling.LongRope longRope) {
            requireLength(parameters, "short_factor", longRope.shortFactor(), rotated / 2);
            requireLength(parameters, "long_factor", longRope.longFactor(), rotated / 2);
        }
        return new Rope(base, rotated, scaling);
    }

    private static void requireLength(ConfigReader parameters, String key, List<Double> factors, int expected) {
        if (factors.size() != expected) {
            parameters.fault(key, "has " + factors.size() + " numbers; it must have " + expected);
        }
    }

    private int rotated(double share) {
        int size = (int) (headSize * share);
        if (size < 2 || size % 2 != 0 || size > headSize) {
            config.fault(
                    "partial_rotary_factor",
                    "leaves " + size + " rotated features of a head's " + headSize + "; it must be an even number ≥ 2");
            return 2;
        }
        return size;
    }

    /// Transformers' `modeling_rope_utils`, with its defaults. Old files say `type` for
    /// `rope_type`.
    private RopeScaling scaling(ConfigReader parameters) {
        String type =
                parameters.text("rope_type").or(() -> parameters.text("type")).orElse("default");
        parameters.ignore(List.of("type"));
        return switch (type) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(parameters.positiveNumber("factor"));
            case "dynamic" -> {
                // both transformers versions measure growth from max_position_embeddings
                parameters.ignore(List.of("original_max_position_embeddings"));
                yield new RopeScaling.Dynamic(parameters.positiveNumber("factor"), maxPositions);
            }
            case "llama3" ->
                new RopeScaling.Llama3(
                        parameters.positiveNumber("factor"),
                        parameters.positiveNumber("low_freq_factor"),
                        parameters.positiveNumber("high_freq_factor"),
                        original(parameters));
            case "yarn" -> isPhi3() ? longRope(parameters) : yarn(parameters);
            case "longrope", "su" -> longRope(parameters);
            default -> {
                parameters.fault(
                        "rope_type", "is \"" + type + "\"; known are default, linear, dynamic, llama3, yarn, longrope");
                yield new RopeScaling.None();
            }
        };
    }

    private boolean isPhi3() {
        return config.text("model_type").orElse("").equals("phi3");
    }

    private int original(ConfigReader parameters) {
        int inside = parameters.optionalSize("original_max_position_embeddings").orElse(maxPositions);
        // Phi-3 keeps it outside, and there it wins
        return isPhi3()
                ? config.optionalSize("original_max_position_embeddings").orElse(inside)
                : inside;
    }

    private RopeScaling yarn(ConfigReader parameters) {
        int original = original(parameters);
        double factor = parameters.optionalNumber("factor").orElse((double) maxPositions / original);
        OptionalDouble scale = parameters.optionalNumber("mscale");
        OptionalDouble scaleAll = parameters.optionalNumber("mscale_all_dim");
        boolean both = scale.orElse(0) != 0 && scaleAll.orElse(0) != 0;
        double inferred = both
                ? attentionFactor(factor, scale.orElse(1)) / attentionFactor(factor, scaleAll.orElse(1))
                : attentionFactor(factor, 1);
        return new RopeScaling.Yarn(
                factor,
                parameters.optionalNumber("attention_factor").orElse(inferred),
                zeroMeans(32, parameters.optionalNumber("beta_fast")),
                zeroMeans(1, parameters.optionalNumber("beta_slow")),
                original,
                parameters.find("truncate").isEmpty() || parameters.flag("truncate"));
    }

    private static double zeroMeans(double fallback, OptionalDouble value) {
        return value.orElse(0) == 0 ? fallback : value.getAsDouble();
    }

    /// YaRN, section 3.4 of Peng et al. 2023, with DeepSeek's factor `scale`.
    private static double attentionFactor(double factor, double scale) {
        return factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1;
    }

    private RopeScaling longRope(ConfigReader parameters) {
        int original = original(parameters);
        double factor = parameters.optionalNumber("factor").orElse((double) maxPositions / original);
        double inferred = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
        return new RopeScaling.LongRope(
                parameters.numbers("short_factor"),
                parameters.numbers("long_factor"),
                parameters.optionalNumber("attention_factor").orElse(inferred),
                original);
    }
}
