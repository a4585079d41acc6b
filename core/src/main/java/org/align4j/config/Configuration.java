package org.align4j.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;

/// Reads configuration records from YAML and `key.sub=value` overrides, and writes them back.
///
/// A record's keys are its components in snake case. Its static `defaults()` gives what isn't said;
/// parameters of that method are the keys that must be given. Without `defaults`, every key must be
/// given unless it is an `Optional` or `@Nullable`. Components may be numbers (`1e-5`, `2_000`),
/// `boolean`, `String`, `Path`, `Duration` (`1h30m`), enums (in lower case), `Optional` and its
/// kin, `List`, `Map` with text keys, records, and sealed interfaces whose variants are records:
/// `schedule: {type: cosine, warmup_steps: 10}`, or `schedule: cosine`. Without `type` the
/// default's variant stays and its keys change.
///
/// Constructors refuse values by throwing `IllegalArgumentException` or [AlignException] with a
/// message that says what the value must be; file, line and key are put before it. All faults are
/// reported at once.
public final class Configuration {
    /// The top-level key of what a run records about itself; read past, so that a run's
    /// `config.yaml` can be used again.
    public static final String RECORDED = "recorded";

    private Configuration() {}

    /// Reads `file`, puts `overrides` over it and binds the result.
    ///
    /// @param overrides texts `key.sub=value`, whose values are YAML; later ones win
    /// @throws AlignException.Config naming every fault with its file and line, or its override
    public static <R extends Record> R read(Class<R> type, Path file, List<String> overrides) {
        return parse(type, text(file), file.toString(), overrides);
    }

    /// Binds `overrides` alone over the defaults of `type`.
    public static <R extends Record> R of(Class<R> type, List<String> overrides) {
        return parse(type, "", "configuration", overrides);
    }

    /// Binds YAML `text`, called `name` in messages.
    public static <R extends Record> R parse(Class<R> type, String text, String name, List<String> overrides) {
        Problems problems = new Problems();
        ConfigNode.Mapping root = root(YamlReader.read(text, line -> name + ":" + line, problems), name);
        Overrides.apply(root, overrides, problems);
        Object bound = new ValueBinder(problems).bind(type, root.without(RECORDED), null, "");
        problems.throwIfAny("The configuration has faults:", AlignException.Config::new);
        return type.cast(bound);
    }

    /// `record` as YAML with every key, as [#read] reads it.
    public static String toYaml(Record record) {
        return ConfigWriter.yaml(ConfigWriter.tree(record));
    }

    /// `record` as maps, lists and plain values, to be put into other configurations.
    public static Map<String, Object> tree(Record record) {
        return ConfigWriter.tree(record);
    }

    /// `record` as YAML, followed by the facts `recorded` about the run that used it.
    public static String toYaml(Record record, Map<String, ?> recorded) {
        return toYaml(record) + ConfigWriter.yaml(Map.of(RECORDED, recorded));
    }

    private static ConfigNode.Mapping root(ConfigNode node, String name) {
        return switch (node) {
            case ConfigNode.Mapping mapping -> new ConfigNode.Mapping(mapping.entries(), name);
            case ConfigNode.Absent _ -> ConfigNode.Mapping.empty(name);
            case ConfigNode.Scalar _, ConfigNode.Sequence _ ->
                throw new AlignException.Config(
                        node.place() + ": expected keys and values (key: value), got " + node.kind());
        };
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new AlignException.Config(file + ": no such file; `align4j init` writes a configuration", e);
        } catch (CharacterCodingException e) {
            throw new AlignException.Config(file + ": not UTF-8 text", e);
        } catch (IOException e) {
            throw new AlignException.Config(file + ": cannot be read: " + e.getMessage(), e);
        }
    }
}
