package org.align4j.error;

import org.jspecify.annotations.Nullable;

/// A failure that a user can act on. Its message names the place (file, line, key) and the remedy;
/// the command line prints it without a stack trace and exits with [#exitCode()].
public abstract sealed class AlignException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private AlignException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// The process's exit code: 2 usage or configuration, 3 data, 4 model or checkpoint, 5 tensor
    /// or memory.
    public abstract int exitCode();

    /// A wrong option, configuration key or value.
    public static final class Config extends AlignException {
        private static final long serialVersionUID = 1;

        public Config(String message) {
            super(message, null);
        }

        public Config(String message, Throwable cause) {
            super(message, cause);
        }

        @Override
        public int exitCode() {
            return 2;
        }
    }

    /// A data file or a record in one that cannot be used.
    public static final class Data extends AlignException {
        private static final long serialVersionUID = 1;

        public Data(String message) {
            super(message, null);
        }

        public Data(String message, Throwable cause) {
            super(message, cause);
        }

        @Override
        public int exitCode() {
            return 3;
        }
    }

    /// A model, tokenizer or template that cannot be used.
    public static final class Model extends AlignException {
        private static final long serialVersionUID = 1;

        public Model(String message) {
            super(message, null);
        }

        public Model(String message, Throwable cause) {
            super(message, cause);
        }

        @Override
        public int exitCode() {
            return 4;
        }
    }

    /// A checkpoint that cannot be read, written or resumed from.
    public static final class Checkpoint extends AlignException {
        private static final long serialVersionUID = 1;

        public Checkpoint(String message) {
            super(message, null);
        }

        public Checkpoint(String message, Throwable cause) {
            super(message, cause);
        }

        @Override
        public int exitCode() {
            return 4;
        }
    }

    /// A tensor operation that failed: names the operation and the shapes. Out of memory is one of
    /// these.
    public static final class Tensor extends AlignException {
        private static final long serialVersionUID = 1;

        public Tensor(String message) {
            super(message, null);
        }

        public Tensor(String message, Throwable cause) {
            super(message, cause);
        }

        @Override
        public int exitCode() {
            return 5;
        }
    }
}
