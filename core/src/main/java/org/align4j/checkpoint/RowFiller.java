package org.align4j.checkpoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.align4j.error.AlignException;
import org.align4j.tensor.Tensor;

/// Fills tensors from files by several threads, a piece of rows at a time. Each piece's float32
/// values stay in the cache until they are stored in the tensor's own type: no float32 copy of
/// a model comes to be. Only the calling thread touches tensors.
final class RowFiller implements AutoCloseable {
    /// Values of a piece.
    private static final long PIECE = 1 << 18;

    private final Arena arena = Arena.ofShared();
    private final List<Piece> pieces = new ArrayList<>();

    /// @param target what the rows go to
    private record Piece(StoredRows source, long firstRow, long rows, ElementType type, MemorySegment target) {}

    /// Has `target`, a tensor of the stored shape on the CPU, filled by [#run].
    void add(StoredRows source, Tensor target) {
        ElementType type = ElementType.of(target.dtype());
        MemorySegment segment = target.segment();
        MemorySegment shared = MemorySegment.ofAddress(segment.address()).reinterpret(segment.byteSize(), arena, null);
        long rowBytes = type.bytes(source.width());
        long step = Math.max(1, PIECE / (source.width() * source.unit())) * source.unit();
        for (long row = 0; row < source.rows(); row += step) {
            long rows = Math.min(step, source.rows() - row);
            pieces.add(new Piece(source, row, rows, type, shared.asSlice(row * rowBytes, rows * rowBytes)));
        }
    }

    /// Fills all that was added.
    void run() {
        AtomicInteger next = new AtomicInteger();
        int threads = Math.min(pieces.size(), Runtime.getRuntime().availableProcessors());
        if (threads == 0) {
            return;
        }
        List<Future<?>> workers = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                workers.add(pool.submit(() -> work(next)));
            }
            workers.forEach(RowFiller::await);
        }
        pieces.clear();
    }

    private void work(AtomicInteger next) {
        float[] scratch = {};
        for (int i = next.getAndIncrement(); i < pieces.size(); i = next.getAndIncrement()) {
            Piece piece = pieces.get(i);
            if (piece.type == ElementType.F32) {
                piece.source.reader().read(piece.firstRow, piece.rows, piece.target);
                continue;
            }
            int values = Math.toIntExact(piece.rows * piece.source.width());
            if (scratch.length < values) {
                scratch = new float[values];
            }
            MemorySegment floats = MemorySegment.ofArray(scratch).asSlice(0, (long) values * Float.BYTES);
            piece.source.reader().read(piece.firstRow, piece.rows, floats);
            piece.type.encode(floats, piece.target);
        }
    }

    private static void await(Future<?> worker) {
        try {
            worker.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AlignException.Checkpoint("interrupted while loading weights", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof AlignException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
