package org.align4j.data.flan.task;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The loaded tasks of a recipe. Their examples lie in temporary files until it is closed.
public final class TaskLibrary implements AutoCloseable {
    private final List<TaskData> tasks;
    private final List<Spool> spools;

    private TaskLibrary(List<TaskData> tasks, List<Spool> spools) {
        this.tasks = tasks;
        this.spools = spools;
    }

    /// Reads all tasks, several at a time; the result doesn't depend on how many.
    ///
    /// @param folder for temporary files, about as large as the data
    /// @throws AlignException.Data when a file cannot be read
    public static TaskLibrary load(List<Task> tasks, Path folder, int threads) {
        int workers = Math.max(1, Math.min(threads, tasks.size()));
        List<Spool> spools = new ArrayList<>();
        @Nullable TaskData[] loaded = new TaskData[tasks.size()];
        AtomicInteger next = new AtomicInteger();
        boolean whole = false;
        try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
            List<Callable<Void>> works = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                Spool spool = Spool.in(folder);
                spools.add(spool);
                works.add(() -> {
                    for (int task = next.getAndIncrement(); task < loaded.length; task = next.getAndIncrement()) {
                        loaded[task] = TaskData.load(tasks.get(task), spool);
                    }
                    return null;
                });
            }
            for (Future<Void> work : pool.invokeAll(works)) {
                work.get();
            }
            whole = true;
            return new TaskLibrary(whole(loaded), spools);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.util.concurrent.CancellationException("interrupted while tasks were read");
        } finally {
            if (!whole) {
                spools.forEach(Spool::close);
            }
        }
    }

    private static List<TaskData> whole(@Nullable TaskData[] loaded) {
        List<TaskData> tasks = new ArrayList<>();
        for (TaskData task : loaded) {
            if (task == null) {
                throw new IllegalStateException("a task was not read, though no reader failed");
            }
            tasks.add(task);
        }
        return List.copyOf(tasks);
    }

    public List<TaskData> tasks() {
        return tasks;
    }

    @Override
    public void close() {
        spools.forEach(Spool::close);
    }
}
