package org.align4j.tensor;

import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/// The lifetime of every tensor made on this thread until [#close]. Scopes nest. Trainers, the
/// generator and decoder blocks open them; losses and layers don't.
public final class Scope implements AutoCloseable {
    private final PointerScope inner = new PointerScope();
    private final Thread owner = Thread.currentThread();

    private Scope() {}

    public static Scope open() {
        return new Scope();
    }

    /// Folds `step` over `items`; each step runs in a scope of its own and only the newest carry
    /// stays alive. The result belongs to the scope around the call.
    public static <T> Tensor fold(Tensor first, List<T> items, BiFunction<Tensor, T, Tensor> step) {
        try (Keeper older = new Keeper()) {
            Tensor carry = first;
            for (T item : items) {
                Keeper newer = new Keeper();
                try (Scope scope = open()) {
                    carry = newer.keep(step.apply(carry, item));
                } catch (RuntimeException | Error e) {
                    newer.close();
                    throw e;
                }
                older.replaceWith(newer);
            }
            return adopt(carry);
        }
    }

    /// Hands a tensor that a [Keeper] holds to the innermost scope too.
    public static Tensor adopt(Tensor tensor) {
        check("adopt");
        PointerScope.getInnerScope().attach(tensor.handle);
        return tensor;
    }

    /// Refuses to make a tensor that no scope would free.
    static void check(String operation) {
        if (PointerScope.getInnerScope() == null) {
            throw new IllegalStateException(operation + ": no Scope is open on thread "
                    + Thread.currentThread().getName());
        }
    }

    /// Makes a small native constant that lives as long as the process.
    static <P extends Pointer> P immortal(Supplier<P> make) {
        P pointer;
        try (PointerScope scope = new PointerScope()) {
            pointer = make.get();
            pointer.retainReference();
        }
        return pointer;
    }

    @Override
    public void close() {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException("Scope of thread " + owner.getName() + " closed on thread "
                    + Thread.currentThread().getName() + ": one engine thread touches tensors");
        }
        inner.close();
    }
}
