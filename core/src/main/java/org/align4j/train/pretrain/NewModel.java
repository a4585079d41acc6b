package org.align4j.train.pretrain;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.model.HfConfig;
import org.align4j.model.ModelConfig;
import org.align4j.tokenizer.SpecialToken;
import org.align4j.tokenizer.Tokenizer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The configuration of a model that there isn't yet, from the keys that a user gives.
final class NewModel {
    private static final String PLACE = "model";

    private NewModel() {}

    /// @param keys of a `config.json`, `model_type` among them
    /// @param tokenizer gives the vocabulary's size and the ends of texts where the keys don't
    /// @param context the longest sequence, where the keys don't say
    /// @throws AlignException.Config naming every key that is wrong or not understood
    static ModelConfig config(Map<String, Object> keys, Tokenizer tokenizer, int context) {
        if (!(keys.get("model_type") instanceof String family)) {
            throw new AlignException.Config("model.model_type: missing; give one of "
                    + String.join(", ", HfConfig.families()) + " and the keys of its config.json");
        }
        try {
            ObjectNode json = HfConfig.newConfig(family);
            json.put("vocab_size", tokenizer.vocabularySize());
            json.put(family.equals("gpt2") ? "n_positions" : "max_position_embeddings", context);
            id(json, "bos_token_id", tokenizer.bos());
            id(json, "eos_token_id", tokenizer.eos());
            id(json, "pad_token_id", tokenizer.pad());
            keys.forEach((key, value) -> json.set(key, JsonMapper.shared().valueToTree(plain(value))));
            ModelConfig config = HfConfig.parse(PLACE, json);
            check(config, tokenizer, context);
            return config;
        } catch (AlignException.Model e) {
            throw new AlignException.Config(String.valueOf(e.getMessage()), e);
        }
    }

    private static void id(ObjectNode json, String key, Optional<SpecialToken> token) {
        token.ifPresentOrElse(special -> json.put(key, special.id()), () -> json.putNull(key));
    }

    private static @Nullable Object plain(Object value) {
        return switch (value) {
            case Optional<?> nothing when nothing.isEmpty() -> null;
            case List<?> list -> list.stream().map(NewModel::plain).toList();
            default -> value;
        };
    }

    private static void check(ModelConfig config, Tokenizer tokenizer, int context) {
        if (config.architecture().vocabularySize() < tokenizer.vocabularySize()) {
            throw new AlignException.Config(
                    "model.vocab_size: " + config.architecture().vocabularySize() + " is less than the tokenizer's "
                            + tokenizer.vocabularySize() + " tokens; leave it out");
        }
        if (config.architecture().maxPositions() < context) {
            throw new AlignException.Config("context: " + context + " tokens, but the model is made for "
                    + config.architecture().maxPositions() + "; lower it, or raise the model's");
        }
    }
}
