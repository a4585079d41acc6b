package org.align4j.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.align4j.error.AlignException;
import org.align4j.error.Problems;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;
import tools.jackson.dataformat.yaml.YAMLSchema;

/// Reads one YAML document into nodes that know their line.
final class YamlReader {
    private static final YAMLFactory FACTORY =
            YAMLFactory.builder().yamlSchema(YAMLSchema.CORE).build();
    /// Deeper files are mistakes, and would overflow the stack.
    private static final int MAX_DEPTH = 50;

    private final YAMLParser parser;
    private final IntFunction<String> placeOfLine;
    private final Problems problems;

    private YamlReader(YAMLParser parser, IntFunction<String> placeOfLine, Problems problems) {
        this.parser = parser;
        this.placeOfLine = placeOfLine;
        this.problems = problems;
    }

    /// The document's value, `Absent` when it is empty. Keys given twice and aliases become
    /// `problems`.
    ///
    /// @param placeOfLine what to call a line, counted from 1
    /// @throws AlignException.Config when the text is not YAML
    static ConfigNode read(String text, IntFunction<String> placeOfLine, Problems problems) {
        try (YAMLParser parser = (YAMLParser) FACTORY.createParser(ObjectReadContext.empty(), text)) {
            YamlReader reader = new YamlReader(parser, placeOfLine, problems);
            if (parser.nextToken() == null) {
                return new ConfigNode.Absent(placeOfLine.apply(1));
            }
            ConfigNode node = reader.value(0);
            if (parser.nextToken() != null) {
                throw new AlignException.Config(
                        reader.place() + ": a second document starts here; a configuration is one YAML document");
            }
            return node;
        } catch (JacksonException e) {
            int line = Math.max(1, e.getLocation() == null ? 1 : e.getLocation().getLineNr());
            // the parser's message quotes the text in indented lines
            String reason = e.getOriginalMessage()
                    .lines()
                    .filter(part -> !part.isBlank() && !part.startsWith(" "))
                    .collect(Collectors.joining(", "));
            throw new AlignException.Config(placeOfLine.apply(line) + ": not valid YAML: " + reason, e);
        }
    }

    private String place() {
        return placeOfLine.apply(parser.currentTokenLocation().getLineNr());
    }

    private ConfigNode value(int depth) {
        String place = place();
        if (depth > MAX_DEPTH) {
            throw new AlignException.Config(place + ": nested deeper than " + MAX_DEPTH + " levels");
        }
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> mapping(place, depth);
            case START_ARRAY -> sequence(place, depth);
            case VALUE_NULL -> new ConfigNode.Absent(place);
            default -> {
                if (parser.isCurrentAlias()) {
                    problems.add(place + ": aliases (*name) are not supported; write the value out");
                }
                yield new ConfigNode.Scalar(parser.getString(), place);
            }
        };
    }

    private ConfigNode sequence(String place, int depth) {
        List<ConfigNode> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(depth + 1));
        }
        return new ConfigNode.Sequence(items, place);
    }

    private ConfigNode mapping(String place, int depth) {
        Map<String, ConfigNode> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            String keyPlace = place();
            parser.nextToken();
            ConfigNode earlier = entries.putIfAbsent(key, atKey(value(depth + 1), keyPlace));
            if (earlier != null) {
                problems.add(keyPlace + ": " + key + ": given twice, first at " + earlier.place() + "; keep one");
            }
        }
        return new ConfigNode.Mapping(entries, place);
    }

    /// A block's value begins a line below its key: the key's line is where a user looks.
    private static ConfigNode atKey(ConfigNode node, String place) {
        return switch (node) {
            case ConfigNode.Scalar scalar -> new ConfigNode.Scalar(scalar.text(), place);
            case ConfigNode.Absent _ -> new ConfigNode.Absent(place);
            case ConfigNode.Sequence sequence -> new ConfigNode.Sequence(sequence.items(), place);
            case ConfigNode.Mapping mapping -> new ConfigNode.Mapping(mapping.entries(), place);
        };
    }
}
