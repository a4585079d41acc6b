package org.align4j.teacher;

import java.nio.file.Path;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.peft.ModelLoading;
import org.align4j.tensor.DType;
import org.align4j.tensor.Device;

/// Which model is asked, as it is configured.
public sealed interface TeacherConfig {
    /// Opens it. Weights that it loads belong to the scope that is open.
    Teacher open();

    /// What decides its replies, as [Teacher#name].
    String identity();

    /// A model of this machine.
    ///
    /// @param model a model directory, a GGUF file, a run or an adapter, with a chat template
    /// @param dtype that it computes in: `bfloat16` or `float32`
    /// @param device `cpu` or `cuda:N`
    record Local(Path model, DType dtype, String device) implements TeacherConfig {
        public Local {
            if (dtype != DType.BFLOAT16 && dtype != DType.FLOAT32) {
                throw new IllegalArgumentException("dtype must be bfloat16 or float32, got " + dtype);
            }
        }

        /// In bfloat16 on the CPU.
        public static Local defaults(Path model) {
            return new Local(model, DType.BFLOAT16, "cpu");
        }

        @Override
        public String identity() {
            return model + " in " + dtype;
        }

        @Override
        public Teacher open() {
            LoadedModel loaded = ModelLoading.load(model, dtype, Device.parse(device));
            try {
                return new LocalTeacher(loaded, true);
            } catch (RuntimeException e) {
                loaded.close();
                throw e;
            }
        }
    }

    /// A model behind a server of OpenAI's protocol; see [ServerConfig].
    record Server(
            String url,
            String model,
            String keyVariable,
            int concurrency,
            int requestsPerMinute,
            int retries,
            int timeoutSeconds,
            int backoffMillis,
            long tokenBudget)
            implements TeacherConfig {
        public Server {
            // it checks them all
            var checked = new ServerConfig(
                    url,
                    model,
                    keyVariable,
                    concurrency,
                    requestsPerMinute,
                    retries,
                    timeoutSeconds,
                    backoffMillis,
                    tokenBudget);
            keyVariable = checked.keyVariable();
        }

        public static Server defaults(String url, String model) {
            ServerConfig usual = ServerConfig.of(url, model);
            return new Server(
                    url,
                    model,
                    usual.keyVariable(),
                    usual.concurrency(),
                    usual.requestsPerMinute(),
                    usual.retries(),
                    usual.timeoutSeconds(),
                    usual.backoffMillis(),
                    usual.tokenBudget());
        }

        @Override
        public String identity() {
            return model + " at " + url;
        }

        @Override
        public Teacher open() {
            return new ServerTeacher(config());
        }

        private ServerConfig config() {
            return new ServerConfig(
                    url,
                    model,
                    keyVariable,
                    concurrency,
                    requestsPerMinute,
                    retries,
                    timeoutSeconds,
                    backoffMillis,
                    tokenBudget);
        }
    }
}
