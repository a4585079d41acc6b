package org.align4j.teacher;

import java.util.List;
import java.util.function.BooleanSupplier;

/// A model that answers questions and chooses between answers. Replies are in the order of the
/// questions; a question that fails is a [Reply.Failure] and stops no other.
public interface Teacher extends AutoCloseable {
    /// Names the model and what else decides its replies, for caches and lineage.
    String name();

    /// Answers in text.
    List<Reply> ask(List<Question> questions, Progress progress);

    /// How likely each choice is as the beginning of the answer.
    ///
    /// @param choices such as `A` and `B`; none begins another
    List<Reply> choose(List<Question> questions, List<String> choices, Progress progress);

    @Override
    void close();

    /// Hears of each reply as it comes, so that what was paid for is kept at once.
    ///
    /// @param interrupted asked between questions; once true, those not yet asked fail
    record Progress(Listener listener, BooleanSupplier interrupted) {
        /// Nobody listens.
        public static final Progress SILENT = new Progress((index, reply) -> {}, () -> false);
    }

    /// Hears of replies, on any thread but one at a time.
    @FunctionalInterface
    interface Listener {
        /// Question `index` has its reply.
        void replied(int index, Reply reply);
    }
}
