package org.align4j.data.flan.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.align4j.data.DataReport;

/// A task with its usable examples, which stay on disk: memory holds 9 bytes for each.
public final class TaskData {
    /// Different targets up to which a task counts as a classification.
    private static final int CLASSES = 64;

    private final Task task;
    private final Facts facts;
    private final DataReport report;
    private final List<String> files;
    private final Spool spool;
    private final long[] places;
    private final List<String> classes;
    private final byte[] classOf;
    private final int withRationale;
    private final long bytes;
    private final long checksum;

    /// What a task's files say about the whole task.
    ///
    /// @param family from the file, for tasks that the recipe gives none; may be empty
    public record Facts(
            String family, String definition, List<Demonstration> positives, List<Demonstration> negatives) {
        public Facts {
            positives = List.copyOf(positives);
            negatives = List.copyOf(negatives);
        }
    }

    private TaskData(Task task, Facts facts, DataReport report, Builder built) {
        this.task = task;
        this.facts = facts;
        this.report = report;
        this.files = task.files().stream().map(Path::toString).toList();
        this.spool = built.spool;
        this.places = Arrays.copyOf(built.places, built.size + 1);
        this.classes = built.classes.size() > CLASSES
                ? List.of()
                : built.classes.entrySet().stream()
                        .sorted(Map.Entry.comparingByValue())
                        .map(Map.Entry::getKey)
                        .toList();
        this.classOf = classes.isEmpty() ? new byte[0] : Arrays.copyOf(built.classOf, built.size);
        this.withRationale = built.withRationale;
        this.bytes = places[built.size] - places[0];
        this.checksum = built.checksum.getValue();
    }

    /// Reads a task's files into the spool.
    static TaskData load(Task task, Spool spool) {
        DataReport report = new DataReport();
        Builder builder = new Builder(task, spool);
        int limit = task.spec().limit();
        Facts facts = new TaskReader(task, report).read(example -> {
            builder.add(example);
            return limit == 0 || builder.size < limit;
        });
        builder.end();
        return new TaskData(task, facts, report, builder);
    }

    private static final class Builder {
        private final Spool spool;
        private final ExampleCodec codec = new ExampleCodec();
        private final Map<String, Integer> fileNumbers = new HashMap<>();
        private final Map<String, Integer> classes = new HashMap<>();
        private long[] places = new long[256];
        private byte[] classOf = new byte[256];
        private int size;
        private int withRationale;
        private final CRC32C checksum = new CRC32C();

        Builder(Task task, Spool spool) {
            this.spool = spool;
            task.files().forEach(file -> fileNumbers.put(file.toString(), fileNumbers.size()));
        }

        void add(TaskExample example) {
            if (size + 1 >= places.length) {
                places = Arrays.copyOf(places, places.length * 2);
                classOf = Arrays.copyOf(classOf, classOf.length * 2);
            }
            codec.write(example, fileNumbers.getOrDefault(example.source().file(), 0));
            checksum.update(codec.bytes(), 0, codec.length());
            places[size] = spool.append(codec.bytes(), codec.length());
            places[size + 1] = places[size] + codec.length();
            if (classes.size() <= CLASSES) {
                classOf[size] = classes.computeIfAbsent(example.target(), target -> classes.size())
                        .byteValue();
            }
            withRationale += example.hasRationale() ? 1 : 0;
            size++;
        }

        void end() {
            if (size == 0) {
                places = new long[1];
            }
            spool.flush();
        }
    }

    public Task task() {
        return task;
    }

    public String name() {
        return task.name();
    }

    /// The name of its set of tasks in the recipe.
    public String set() {
        int slash = name().indexOf('/');
        return slash < 0 ? name() : name().substring(0, slash);
    }

    public String family() {
        boolean given = !task.family().equals(task.name());
        return given || facts.family().isEmpty() ? task.family() : facts.family();
    }

    public Facts facts() {
        return facts;
    }

    /// What became of the rows of its files.
    public DataReport report() {
        return report;
    }

    /// Usable examples.
    public int size() {
        return places.length - 1;
    }

    /// Bytes of their texts on disk.
    public long bytes() {
        return bytes;
    }

    /// How many of them reason.
    public int withRationale() {
        return withRationale;
    }

    /// The different targets where there are few, as in classification; otherwise none.
    public List<String> classes() {
        return classes;
    }

    /// The number of an example's target in [#classes()].
    public int classOf(int index) {
        return classOf[index];
    }

    /// Numbers of the examples of each class.
    public List<int[]> byClass() {
        int[] sizes = new int[classes.size()];
        for (byte number : classOf) {
            sizes[number]++;
        }
        List<int[]> members = new ArrayList<>();
        for (int size : sizes) {
            members.add(new int[size]);
        }
        int[] filled = new int[sizes.length];
        for (int index = 0; index < classOf.length; index++) {
            int number = classOf[index];
            members.get(number)[filled[number]++] = index;
        }
        return members;
    }

    /// A checksum of all examples, in order.
    public long checksum() {
        return checksum;
    }

    /// Reads examples; one thread each.
    public Cursor cursor() {
        return new Cursor();
    }

    /// Reads a task's examples in any order; belongs to one thread.
    public final class Cursor {
        private final ExampleCodec codec = new ExampleCodec();

        private Cursor() {}

        public TaskExample get(int index) {
            int length = (int) (places[index + 1] - places[index]);
            spool.read(places[index], codec.buffer(length), length);
            return codec.read(files);
        }
    }
}
