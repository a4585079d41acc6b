package org.align4j.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads a Hugging Face `config.json`, as transformers 4 or 5 writes it. What is in the file and
/// not understood is an error; all faults of a file are reported together. Values that a file
/// leaves out are transformers' own.
public final class HfConfig {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final JsonNode DEFAULTS = defaults();

    /// Keys that change nothing in what the decoder computes for text. By lines: bookkeeping;
    /// dropout, which is a setting of the trainer here; heads for other tasks; how the same numbers
    /// are computed; and settings of generation, which `generation_config.json` repeats.
    private static final List<String> HARMLESS = List.of("""
            model_type architectures transformers_version dtype torch_dtype name_or_path _name_or_path _model_name_or_path _commit_hash \
            auto_map transformers.js_config unsloth_version unsloth_fixed is_llama_config \
            tokenizer_class prefix task_specific_params finetuning_task \
            attention_dropout hidden_dropout classifier_dropout resid_pdrop embd_pdrop attn_pdrop \
            attention_probs_dropout_prob hidden_dropout_prob \
            summary_type summary_use_proj summary_activation summary_proj_to_labels summary_first_dropout \
            id2label label2id num_labels problem_type \
            use_cache pretraining_tp reorder_and_upcast_attn chunk_size_feed_forward return_dict \
            output_attentions output_hidden_states output_router_logits torchscript attn_implementation \
            _attn_implementation _attn_implementation_autoset experts_implementation gradient_checkpointing \
            use_bfloat16 tf_legacy_loss cache_implementation is_decoder tie_encoder_decoder n_ctx \
            max_length min_length do_sample early_stopping num_beams num_beam_groups diversity_penalty \
            temperature top_k top_p typical_p repetition_penalty length_penalty no_repeat_ngram_size \
            encoder_no_repeat_ngram_size bad_words_ids num_return_sequences output_scores \
            return_dict_in_generate forced_bos_token_id forced_eos_token_id remove_invalid_values \
            exponential_decay_length_penalty suppress_tokens begin_suppress_tokens sep_token_id unk_token_id \
            decoder_start_token_id""".split(" "));

    private static final String CLASSIFIER = "ForSequenceClassification";

    private HfConfig() {}

    /// Reads the file `config.json`.
    ///
    /// @throws AlignException.Model if it is missing, is not JSON or describes what is not
    ///     supported
    public static ModelConfig read(Path file) {
        try {
            return parse(file.toString(), JSON.readTree(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            throw new AlignException.Model(
                    file + ": no such file; give a model directory with a config.json, or a .gguf file", e);
        } catch (IOException e) {
            throw new AlignException.Model(file + ": cannot be read: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new AlignException.Model(file + ": is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /// Understands the JSON of a `config.json`.
    ///
    /// @param place the file's name, for messages
    /// @throws AlignException.Model naming every key that is wrong or not understood
    public static ModelConfig parse(String place, JsonNode json) {
        if (!json.isObject()) {
            throw new AlignException.Model(place + ": is not a JSON object");
        }
        JsonNode type = json.get("model_type");
        JsonNode defaults = type != null && type.isString() ? DEFAULTS.get(type.stringValue()) : null;
        if (type == null || defaults == null) {
            throw new AlignException.Model(
                    place + ": \"model_type\" is " + type + "; supported are " + String.join(", ", families()));
        }
        Problems problems = new Problems();
        ConfigReader reader = new ConfigReader("", json, defaults, problems);
        reader.ignore(HARMLESS);
        rejectWhatNoFamilyHas(reader);
        List<Integer> ends = endTokens(reader);
        OptionalInt begin = token(reader, "bos_token_id");
        OptionalInt pad = token(reader, "pad_token_id");
        double initializerRange = reader.number("initializer_range");
        Optional<Architecture> architecture = architecture(type.stringValue(), reader, problems);
        reader.rejectTheRest();
        problems.throwIfAny(place + ":", AlignException.Model::new);
        Heads heads = isClassifier(json) ? Heads.SCALAR : Heads.LANGUAGE;
        return new ModelConfig(architecture.orElseThrow().withHeads(heads), json, ends, begin, pad, initializerRange);
    }

    private static boolean isClassifier(JsonNode json) {
        return json.path("architectures").path(0).asString("").endsWith(CLASSIFIER);
    }

    /// What `config.json` says of a model with a scalar head: transformers' class for sequence
    /// classification with one label. It scores a text at the last token that isn't `pad`, which
    /// therefore must not end one.
    ///
    /// @param pad id of the token that fills batches
    public static ModelConfig scoring(ModelConfig config, int pad) {
        ObjectNode json = ((ObjectNode) config.source()).deepCopy();
        // the class without Text is of the model that sees images
        String text = config.architecture().family().equals("gemma3_text") ? "Text" : "";
        String language = DEFAULTS.path(config.architecture().family())
                .path("architectures")
                .path(0)
                .asString();
        json.putArray("architectures").add(language.replaceFirst("(ForCausalLM|LMHeadModel)$", text + CLASSIFIER));
        json.remove("num_labels");
        json.putObject("id2label").put("0", "LABEL_0");
        json.putObject("label2id").put("LABEL_0", 0);
        json.put("pad_token_id", pad);
        return new ModelConfig(
                config.architecture(),
                json,
                config.endTokens(),
                config.beginToken(),
                OptionalInt.of(pad),
                config.initializerRange());
    }

    /// The model types that can be read.
    public static Set<String> families() {
        return new TreeSet<>(DEFAULTS.propertyNames());
    }

    /// The start of a `config.json` for a new model: its type and transformers' class for it. Keys
    /// that are not put have transformers' defaults when it is [parsed][#parse].
    ///
    /// @param family one of [#families()]
    public static ObjectNode newConfig(String family) {
        JsonNode defaults = DEFAULTS.get(family);
        if (defaults == null) {
            throw new AlignException.Model(
                    "model type \"" + family + "\" is unknown; supported are " + String.join(", ", families()));
        }
        ObjectNode json = JSON.createObjectNode();
        json.set("architectures", defaults.get("architectures").deepCopy());
        return json.put("model_type", family);
    }

    /// The JSON to save beside weights of type `dtype` (`float32`, `bfloat16`, `float16`): the
    /// model's own with that one change.
    public static JsonNode withDtype(ModelConfig config, String dtype) {
        ObjectNode json = ((ObjectNode) config.source()).deepCopy();
        // transformers renamed the key in 4.56 and reads both
        json.put(json.has("torch_dtype") && !json.has("dtype") ? "torch_dtype" : "dtype", dtype);
        return json;
    }

    private static Optional<Architecture> architecture(String family, ConfigReader reader, Problems problems) {
        try {
            return Optional.of(new HfFamily(family, reader).architecture());
        } catch (IllegalArgumentException e) {
            // values that are right one by one but not together
            problems.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static void rejectWhatNoFamilyHas(ConfigReader reader) {
        reader.accept("quantization_config", "load weights in float32, float16 or bfloat16, or a GGUF file");
        reader.accept("is_encoder_decoder", "only decoders are", "false");
        reader.accept("add_cross_attention", "only decoders without cross attention are", "false");
        reader.accept("cross_attention_hidden_size", "only decoders without cross attention are");
        reader.accept("use_bidirectional_attention", "attention is causal", "false");
        reader.accept("pruned_heads", "save the model with its heads pruned", "{}");
        reader.accept("per_layer_config", "all layers have one shape", "{}");
        reader.accept("rope_interleaved", "rotations pair a head's two halves", "false");
        reader.accept("use_mrope", "positions are one number a token", "false");
        reader.accept("lm_head_bias", "heads have no bias", "false");
    }

    private static List<Integer> endTokens(ConfigReader reader) {
        Optional<JsonNode> value = reader.find("eos_token_id");
        if (value.isPresent() && value.get().isArray()) {
            return reader.integers("eos_token_id");
        }
        OptionalInt one = token(reader, "eos_token_id");
        return one.isPresent() ? List.of(one.getAsInt()) : List.of();
    }

    private static OptionalInt token(ConfigReader reader, String key) {
        Optional<JsonNode> value = reader.find(key);
        if (value.isEmpty()) {
            return OptionalInt.empty();
        }
        if (!ConfigReader.isWhole(value.get())) {
            reader.fault(key, "is " + value.get() + "; it must be a token id");
            return OptionalInt.empty();
        }
        // some old files say -1 for none
        return value.get().intValue() < 0
                ? OptionalInt.empty()
                : OptionalInt.of(value.get().intValue());
    }

    private static JsonNode defaults() {
        try (InputStream stream = HfConfig.class.getResourceAsStream("defaults.json")) {
            if (stream == null) {
                throw new IllegalStateException("defaults.json is not on the class path");
            }
            return JSON.readTree(stream);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
