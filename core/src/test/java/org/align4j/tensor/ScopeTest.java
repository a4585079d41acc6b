package org.align4j.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.align4j.error.AlignException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Lifetimes of tensors.
@Tag("memory")
class ScopeTest {
    private static Tensor ones(long... shape) {
        return Tensor.full(1, DType.FLOAT32, Device.CPU, shape);
    }

    @Test
    void aTensorNeedsAScope() {
        assertThatThrownBy(() -> ones(2))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("full[2]")
                .hasMessageContaining(
                        "no Scope is open on thread " + Thread.currentThread().getName());
    }

    @Test
    void aChangeInPlaceNeedsAScopeToo() {
        try (Keeper keeper = new Keeper()) {
            Tensor tensor;
            try (Scope scope = Scope.open()) {
                tensor = keeper.keep(ones(2));
            }
            assertThatThrownBy(() -> tensor.add_(1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("add_: no Scope is open");
        }
    }

    @Test
    void tensorsDieWithTheirScope() {
        try (Scope outer = Scope.open()) {
            long handles = NativeMemory.liveHandles();
            Tensor tensor;
            try (Scope inner = Scope.open()) {
                tensor = ones(3).add(1);
                assertThat(NativeMemory.liveHandles()).isGreaterThan(handles);
            }
            assertThat(NativeMemory.liveHandles()).isEqualTo(handles);
            assertThat(tensor).hasToString("freed");
            assertThatThrownBy(() -> tensor.add(1))
                    .isInstanceOf(AlignException.Tensor.class)
                    .hasMessageContaining("add(freed)");
        }
    }

    @Test
    void aScopeIsClosedByItsOwnThread() {
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> CompletableFuture.runAsync(scope::close).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining(Thread.currentThread().getName());
            // the failed attempt has freed nothing
            assertThat(ones(2).sum().item()).isEqualTo(2);
        }
    }

    @Test
    void aFoldKeepsItsCarryAndNothingElse() {
        try (Scope outer = Scope.open()) {
            Tensor first = ones(2);
            long handles;
            Tensor last;
            try (Scope scope = Scope.open()) {
                handles = NativeMemory.liveHandles();
                last = Scope.fold(
                        first,
                        List.of(2, 3, 4),
                        (carry, factor) -> carry.mul(factor).add(0));
                assertThat(last.toFloats()).containsExactly(24, 24);
                assertThat(NativeMemory.liveHandles()).isEqualTo(handles + 1);
            }
            assertThat(last).hasToString("freed");
            assertThat(first.toFloats()).containsExactly(1, 1);
        }
    }

    @Test
    void aFoldOverNothingGivesItsFirst() {
        try (Scope outer = Scope.open()) {
            Tensor first = ones(2);
            try (Scope scope = Scope.open()) {
                assertThat(Scope.fold(first, List.<Integer>of(), (carry, item) -> carry.neg()))
                        .isSameAs(first);
            }
            assertThat(first.toFloats()).containsExactly(1, 1);
        }
    }

    @Test
    void aFoldWhoseStepThrowsLeavesNothing() {
        try (Scope outer = Scope.open()) {
            Tensor first = ones(2);
            long handles = NativeMemory.liveHandles();
            assertThatThrownBy(() -> Scope.fold(first, List.of(1, 2, 0), (carry, item) -> {
                        Tensor next = carry.add(item);
                        if (item == 0) {
                            throw new ArithmeticException("third");
                        }
                        return next;
                    }))
                    .isInstanceOf(ArithmeticException.class);
            assertThat(NativeMemory.liveHandles()).isEqualTo(handles);
            assertThat(first.toFloats()).containsExactly(1, 1);
        }
    }

    @Test
    void keptTensorsOutliveTheirScopeUntilTheKeeperCloses() {
        try (Scope outer = Scope.open()) {
            Tensor kept;
            Tensor other;
            try (Keeper keeper = new Keeper()) {
                try (Scope inner = Scope.open()) {
                    kept = keeper.keep(ones(2));
                    other = ones(2);
                }
                assertThat(kept.toFloats()).containsExactly(1, 1);
                assertThat(other).hasToString("freed");
            }
            assertThat(kept).hasToString("freed");
        }
    }

    @Test
    void aTensorLivesAsLongAsAnyThatHoldsIt() {
        try (Scope outer = Scope.open();
                Keeper second = new Keeper()) {
            Tensor tensor;
            try (Keeper first = new Keeper();
                    Scope inner = Scope.open()) {
                tensor = second.keep(first.keep(first.keep(ones(2))));
            }
            assertThat(tensor.toFloats()).containsExactly(1, 1);
            second.close();
            assertThat(tensor).hasToString("freed");
            second.close();
        }
    }

    @Test
    void anAdoptedTensorBelongsToTheScopeAroundTheKeeper() {
        try (Scope outer = Scope.open()) {
            Tensor tensor;
            try (Scope middle = Scope.open()) {
                try (Keeper keeper = new Keeper()) {
                    try (Scope inner = Scope.open()) {
                        tensor = keeper.keep(ones(2));
                    }
                    Scope.adopt(tensor);
                }
                assertThat(tensor.toFloats()).containsExactly(1, 1);
            }
            assertThat(tensor).hasToString("freed");
        }
    }

    @Test
    void aViewKeepsTheNumbersOfItsBase() {
        try (Scope outer = Scope.open();
                Keeper keeper = new Keeper()) {
            Tensor view;
            try (Scope inner = Scope.open()) {
                view = keeper.keep(Tensor.of(1f, 2, 3).narrow(0, 1, 2));
            }
            assertThat(view.toFloats()).containsExactly(2, 3);
        }
    }

    @Test
    void failuresNameTheOperationAndTheShapes() {
        try (Scope scope = Scope.open()) {
            assertThatThrownBy(() -> ones(2, 3).mm(ones(4, 5)))
                    .isInstanceOf(AlignException.Tensor.class)
                    .hasMessageStartingWith("mm(FLOAT32[2, 3], FLOAT32[4, 5]): ")
                    .hasMessageContaining("cannot be multiplied (2x3 and 4x5)");
            assertThatThrownBy(() -> ones(2).add_(ones(3)))
                    .isInstanceOf(AlignException.Tensor.class)
                    .hasMessageStartingWith("add_(FLOAT32[2], FLOAT32[3]): ")
                    .extracting(e -> e.getMessage().lines().count())
                    .isEqualTo(1L);
            assertThatThrownBy(() -> ones(2, 3).view(5))
                    .isInstanceOf(AlignException.Tensor.class)
                    .hasMessageStartingWith("view[5](FLOAT32[2, 3]): ");
            assertThatThrownBy(() -> ones(2, 3).item())
                    .isInstanceOf(AlignException.Tensor.class)
                    .hasMessageStartingWith("item(FLOAT32[2, 3]): ");
            assertThatThrownBy(() -> ones(2, 3).t().segment())
                    .isInstanceOf(AlignException.Tensor.class)
                    .hasMessageContaining("contiguous");
        }
    }

    @Test
    void aFailedOperationLeavesNothing() {
        try (Scope outer = Scope.open()) {
            Tensor a = ones(2, 3);
            long handles = NativeMemory.liveHandles();
            for (int i = 0; i < 10; i++) {
                try (Scope scope = Scope.open()) {
                    assertThatThrownBy(() -> a.mm(a)).isInstanceOf(AlignException.Tensor.class);
                    assertThatThrownBy(() -> Tensor.cat(List.of(a, ones(1)), 0))
                            .isInstanceOf(AlignException.Tensor.class)
                            .hasMessageStartingWith("cat(FLOAT32[2, 3], FLOAT32[1]): ");
                }
            }
            assertThat(NativeMemory.liveHandles()).isEqualTo(handles);
        }
    }

    @Test
    void emptyTensorsAreTensors() {
        try (Scope scope = Scope.open()) {
            assertThat(Tensor.of(new float[0]).toFloats()).isEmpty();
            assertThat(Tensor.of(new int[0]).toLongs()).isEmpty();
            assertThat(Tensor.of(new long[0]).shape()).containsExactly(0);
        }
    }
}
