package org.align4j.checkpoint;

import java.io.IOException;

/// A tensor that is defined by what writes it.
@SuppressWarnings("ArrayRecordComponent") // never compared
record DeferredTensor(StorageType type, long[] shape, Body body) implements TensorSource {
    DeferredTensor {
        // The header is written from it first: the caller may use the array again in between.
        shape = shape.clone();
    }

    @Override
    public void writeTo(Sink sink) throws IOException {
        body.writeTo(sink);
    }

    /// Gives the tensor's bytes to a sink.
    @FunctionalInterface
    interface Body {
        void writeTo(Sink sink) throws IOException;
    }
}
