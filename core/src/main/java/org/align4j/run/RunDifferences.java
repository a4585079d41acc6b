package org.align4j.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.align4j.config.Configuration;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Compares a run's recorded configuration and data with what is asked for now.
final class RunDifferences {
    private static final String DATA = Configuration.RECORDED + "." + Provenance.DATA + ".";

    private RunDifferences() {}

    /// One line a difference; of the recorded facts only the data count.
    static List<String> between(String recordedYaml, Record config, Map<String, ?> recorded) {
        Map<String, String> before = flat(recordedYaml);
        Map<String, String> now = flat(Configuration.toYaml(config, recorded));
        TreeSet<String> keys = new TreeSet<>(before.keySet());
        keys.addAll(now.keySet());
        List<String> differences = new ArrayList<>();
        for (String key : keys) {
            String was = before.getOrDefault(key, "nothing");
            String is = now.getOrDefault(key, "nothing");
            boolean fact = key.startsWith(Configuration.RECORDED + ".");
            if (!was.equals(is) && !fact) {
                differences.add(key + ": was " + was + ", is " + is);
            } else if (!was.equals(is) && key.startsWith(DATA)) {
                differences.add(key.substring(DATA.length()) + ": its content was another when the run began");
            }
        }
        return differences;
    }

    private static Map<String, String> flat(String yaml) {
        Map<String, String> flat = new TreeMap<>();
        flatten("", YAMLMapper.shared().readTree(yaml), flat);
        return flat;
    }

    private static void flatten(String path, JsonNode node, Map<String, String> into) {
        if (node.isObject()) {
            node.forEachEntry((key, child) -> flatten(path.isEmpty() ? key : path + "." + key, child, into));
        } else {
            into.put(path, node.isString() ? node.asString() : node.toString());
        }
    }
}
