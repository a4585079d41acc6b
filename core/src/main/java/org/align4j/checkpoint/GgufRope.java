package org.align4j.checkpoint;

import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.align4j.model.Architecture.Rope;
import org.align4j.model.RopeFrequencies;
import org.align4j.model.RopeScaling;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The rotation's part of a GGUF file's metadata, as `config.json` has it.
///
/// @param file the metadata
record GgufRope(GgufConfig file) {
    /// Relative difference of frequencies that only rounding to 32 bits explains.
    private static final double ROUNDING = 1e-5;

    /// Adds the rotation's keys to `json`, which already has the sizes.
    void write(ObjectNode json) {
        String family = file.family();
        long headSize = json.path("head_dim").asLong(file.headSize());
        double theta = file.real("rope.freq_base").orElse(10000);
        json.put(family.equals("gpt_neox") ? "rotary_emb_base" : "rope_theta", theta);
        if (family.equals("gemma3_text")) {
            json.put("rope_local_base_freq", file.real("rope.freq_base_swa").orElse(10000));
        }
        long rotated = file.whole("rope.dimension_count").orElse(headSize);
        if (family.equals("gpt_neox") || family.equals("phi3")) {
            json.put(family.equals("phi3") ? "partial_rotary_factor" : "rotary_pct", share(rotated, headSize));
        } else {
            file.require("rope.dimension_count", rotated == headSize, family + " rotates whole heads");
        }
        // informs about the training only
        file.require("rope.scaling.finetuned", true, "");
        OptionalLong original = file.whole("rope.scaling.original_context_length");
        if (family.equals("phi3") && original.isPresent()) {
            json.put("original_max_position_embeddings", original.getAsLong());
        }
        scaling(json, original, new Rope(theta, Math.toIntExact(rotated), new RopeScaling.None()));
    }

    private void scaling(ObjectNode json, OptionalLong original, Rope plain) {
        String type = file.text("rope.scaling.type").orElse("none");
        OptionalDouble factor = file.real("rope.scaling.factor");
        OptionalDouble attention = file.real("rope.scaling.attn_factor");
        OptionalDouble yarnAttention = file.real("rope.scaling.yarn_attn_factor");
        OptionalDouble fast = file.real("rope.scaling.yarn_beta_fast");
        OptionalDouble slow = file.real("rope.scaling.yarn_beta_slow");
        double extrapolation = file.real("rope.scaling.yarn_ext_factor").orElse(1);
        file.require("rope.scaling.yarn_ext_factor", extrapolation == 1, "YaRN extrapolates fully");
        if (file.has("rope_factors_long.weight")) {
            ObjectNode scaling = json.putObject("rope_scaling");
            scaling.put("type", "longrope");
            add(scaling.putArray("short_factor"), file.values("rope_factors_short.weight"));
            add(scaling.putArray("long_factor"), file.values("rope_factors_long.weight"));
            attention.ifPresent(value -> scaling.put("attention_factor", value));
            return;
        }
        file.require("rope.scaling.attn_factor", attention.orElse(1) == 1, "only LongRoPE has one");
        if (file.has("rope_freqs.weight")) {
            factors(json.putObject("rope_scaling"), plain, file.values("rope_freqs.weight"));
            return;
        }
        switch (type) {
            case "none" -> file.require("rope.scaling.factor", factor.orElse(1) == 1, "the scaling has no type");
            case "linear" -> {
                ObjectNode scaling = json.putObject("rope_scaling");
                scaling.put("rope_type", "linear");
                scaling.put("factor", factor.orElse(1));
            }
            case "yarn" -> {
                ObjectNode scaling = json.putObject("rope_scaling");
                scaling.put("rope_type", "yarn");
                scaling.put("factor", factor.orElse(1));
                original.ifPresent(length -> scaling.put("original_max_position_embeddings", length));
                yarnAttention.ifPresent(value -> scaling.put("attention_factor", value));
                fast.ifPresent(value -> scaling.put("beta_fast", value));
                slow.ifPresent(value -> scaling.put("beta_slow", value));
            }
            default -> file.require("rope.scaling.type", false, "known are none, linear, yarn, and longrope's factors");
        }
    }

    /// The file has only the divisors that Llama 3's scaling comes to. Where they are those of the
    /// published settings, say so; any others are kept as they are, as a LongRoPE whose lists are
    /// alike.
    private void factors(ObjectNode scaling, Rope plain, List<Double> divisors) {
        double largest =
                divisors.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        Rope llama3 = new Rope(plain.theta(), plain.size(), new RopeScaling.Llama3(largest, 1, 4, 8192));
        double[] unscaled = RopeFrequencies.inverse(plain, 1);
        double[] scaled = RopeFrequencies.inverse(llama3, 1);
        boolean published = divisors.size() == scaled.length;
        for (int j = 0; published && j < scaled.length; j++) {
            published = Math.abs(unscaled[j] / divisors.get(j) / scaled[j] - 1) < ROUNDING;
        }
        if (published) {
            scaling.put("rope_type", "llama3");
            scaling.put("factor", largest);
            scaling.put("low_freq_factor", 1.0);
            scaling.put("high_freq_factor", 4.0);
            scaling.put("original_max_position_embeddings", 8192);
        } else {
            scaling.put("rope_type", "longrope");
            add(scaling.putArray("short_factor"), divisors);
            add(scaling.putArray("long_factor"), divisors);
            scaling.put("attention_factor", 1.0);
        }
    }

    private static void add(ArrayNode array, List<Double> values) {
        values.forEach(array::add);
    }

    /// The share of `whole` that comes to `part` when multiplied and cut off, as transformers does.
    private static double share(long part, long whole) {
        double share = (double) part / whole;
        return (long) (share * whole) == part ? share : Math.nextUp(share);
    }
}
