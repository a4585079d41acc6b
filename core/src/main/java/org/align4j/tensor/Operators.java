package org.align4j.tensor;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.Type;

/// Operators that the binding doesn't name, called through libtorch's dispatcher.
final class Operators {
    private static final Operators SOFTMAX_BACKWARD = new Operators("aten::_softmax_backward_data", "");

    private final OperatorHandle operator;

    Operators(String name, String overload) {
        operator = Scope.immortal(() -> Dispatcher.singleton().findSchemaOrThrow(name, overload));
    }

    static Tensor softmaxBackward(Tensor gradient, Tensor output) {
        return SOFTMAX_BACKWARD.call(new IValue(gradient), new IValue(output), new IValue(-1L), new IValue((long)
                output.scalar_type().value));
    }

    /// Calls the operator; its only result.
    Tensor call(IValue... arguments) {
        IValueVector stack = new IValueVector(arguments);
        operator.callBoxed(stack);
        // toTensor() lends a reference into the stack: take a handle of our own.
        return new Tensor(stack.get(0).toTensor());
    }

    /// Calls an operator that changes its arguments and gives nothing back.
    void run(IValue... arguments) {
        operator.callBoxed(new IValueVector(arguments));
    }

    /// A list of tensors, maybe empty.
    static IValue list(Tensor... tensors) {
        GenericList list = new GenericList(new Type.TypePtr(TensorType.get()));
        for (Tensor tensor : tensors) {
            list.push_back(new IValue(tensor));
        }
        return new IValue(list);
    }

    /// An empty list of the type that argument `index` declares.
    IValue emptyList(int index) {
        return new IValue(new GenericList(
                operator.schema().arguments().getPointer(index).type().get().containedType(0)));
    }
}
