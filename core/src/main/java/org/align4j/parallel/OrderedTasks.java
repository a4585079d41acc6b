package org.align4j.parallel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Runs tasks on several threads and hands their results, in the order of the tasks, to a consumer
/// on the caller's thread. Few tasks wait at a time, so that a stream larger than memory can go
/// through.
///
/// @param <T> what a task gives
public final class OrderedTasks<T> implements AutoCloseable {
    private final ExecutorService threads;
    private final Deque<Future<T>> waiting = new ArrayDeque<>();
    private final int most;
    private final Consumer<T> results;

    /// @param threads how many work at once
    /// @param results takes what the tasks give
    public OrderedTasks(int threads, Consumer<T> results) {
        this.threads = Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().daemon().name("task-", 0).factory());
        this.most = 2 * threads;
        this.results = results;
    }

    /// One thread for each processor.
    public static <T> OrderedTasks<T> onAllProcessors(Consumer<T> results) {
        return new OrderedTasks<>(Runtime.getRuntime().availableProcessors(), results);
    }

    /// Adds a task; where many wait, the oldest one's result is handed on first.
    ///
    /// @throws AlignException what a task threw
    public void submit(Supplier<T> task) {
        if (waiting.size() >= most) {
            handOn();
        }
        waiting.add(threads.submit(task::get));
    }

    /// Waits for the tasks that are left and hands their results on.
    public void finish() {
        while (!waiting.isEmpty()) {
            handOn();
        }
    }

    private void handOn() {
        Future<T> oldest = waiting.remove();
        try {
            results.accept(oldest.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a task", e);
        } catch (ExecutionException e) {
            switch (Objects.requireNonNull(e.getCause(), "a failed task has a cause")) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /// Ends the threads; tasks that were not waited for are given up.
    @Override
    public void close() {
        waiting.forEach(task -> task.cancel(false));
        threads.close();
    }
}
