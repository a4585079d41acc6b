package org.align4j.teacher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.align4j.error.AlignException;
import org.align4j.run.DurableFiles;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A teacher whose replies are kept on disk, one file each, named by the hash of who was asked
/// what: nothing that was answered once is asked again, in this run or a later one. Failures are
/// not kept.
public final class CachedTeacher implements Teacher {
    private final Teacher teacher;
    private final Path folder;
    private int found;

    /// @param folder made if it isn't there
    public CachedTeacher(Teacher teacher, Path folder) {
        this.teacher = teacher;
        this.folder = folder;
    }

    @Override
    public String name() {
        return teacher.name();
    }

    /// Replies that were there already.
    public int found() {
        return found;
    }

    @Override
    public List<Reply> ask(List<Question> questions, Progress progress) {
        return known(questions, List.of(), progress, teacher::ask);
    }

    @Override
    public List<Reply> choose(List<Question> questions, List<String> choices, Progress progress) {
        return known(questions, choices, progress, (missing, theirs) -> teacher.choose(missing, choices, theirs));
    }

    private interface Asking {
        List<Reply> of(List<Question> missing, Progress progress);
    }

    private List<Reply> known(List<Question> questions, List<String> choices, Progress progress, Asking asking) {
        @Nullable Reply[] replies = new @Nullable Reply[questions.size()];
        // Equal questions are asked once.
        Map<String, List<Integer>> places = new LinkedHashMap<>();
        for (int i = 0; i < questions.size(); i++) {
            places.computeIfAbsent(key(questions.get(i), choices), key -> new ArrayList<>())
                    .add(i);
        }
        List<String> missing = new ArrayList<>();
        places.forEach((key, indices) -> read(key)
                .ifPresentOrElse(reply -> fill(replies, indices, reply, progress.listener()), () -> missing.add(key)));
        found += (int) Arrays.stream(replies).filter(reply -> reply != null).count();
        if (!missing.isEmpty()) {
            List<Question> theirs = missing.stream()
                    .map(key ->
                            questions.get(places.getOrDefault(key, List.of()).getFirst()))
                    .toList();
            Listener keeping = (index, reply) -> {
                write(missing.get(index), reply);
                fill(replies, places.getOrDefault(missing.get(index), List.of()), reply, progress.listener());
            };
            asking.of(theirs, new Progress(keeping, progress.interrupted()));
        }
        List<Reply> all = new ArrayList<>();
        for (Reply reply : replies) {
            all.add(reply == null ? Reply.Failure.unasked("not asked") : reply);
        }
        return all;
    }

    private static void fill(@Nullable Reply[] replies, List<Integer> indices, Reply reply, Listener listener) {
        for (int index : indices) {
            replies[index] = reply;
            listener.replied(index, reply);
        }
    }

    private String key(Question question, List<String> choices) {
        ObjectNode asked = JsonMapper.shared().createObjectNode();
        asked.put("teacher", teacher.name());
        asked.putPOJO("question", question);
        asked.putPOJO("choices", choices);
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(JsonMapper.shared().writeValueAsString(asked).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Path file(String key) {
        return folder.resolve(key.substring(0, 2)).resolve(key + ".json");
    }

    private Optional<Reply> read(String key) {
        Path file = file(key);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            JsonNode kept = JsonMapper.shared().readTree(Files.readString(file));
            Reply.Usage usage = JsonMapper.shared().treeToValue(kept.path("usage"), Reply.Usage.class);
            if (kept.has("text")) {
                return Optional.of(new Reply.Answer(
                        kept.get("text").asString(), kept.path("complete").asBoolean(true), usage));
            }
            Map<String, Double> logps = new LinkedHashMap<>();
            kept.path("logps")
                    .properties()
                    .forEach(entry -> logps.put(entry.getKey(), entry.getValue().asDouble()));
            return Optional.of(new Reply.Choice(logps, usage));
        } catch (IOException | JacksonException e) {
            throw new AlignException.Data(
                    file + ": this kept reply can't be read (" + e.getMessage() + "); delete the file to ask again");
        }
    }

    private void write(String key, Reply reply) {
        ObjectNode kept = JsonMapper.shared().createObjectNode();
        switch (reply) {
            case Reply.Answer answer ->
                kept.put("text", answer.text())
                        .put("complete", answer.complete())
                        .putPOJO("usage", answer.usage());
            case Reply.Choice choice -> kept.putPOJO("logps", choice.logps()).putPOJO("usage", choice.usage());
            case Reply.Failure _ -> {
                return;
            }
        }
        try {
            Path file = file(key);
            Files.createDirectories(file.getParent());
            DurableFiles.write(
                    file, JsonMapper.shared().writeValueAsString(kept).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        teacher.close();
    }
}
