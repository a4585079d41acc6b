package org.align4j.data;

/// Something of a data set that is trained or evaluated on as one.
public interface Sample {
    Source source();

    /// What makes two samples the same, whatever file they come from.
    Object content();

    /// Samples of equal groups are never parted between training and evaluation.
    default Object group() {
        return content();
    }
}
