package org.align4j.teacher;

import java.net.URI;
import java.nio.file.Path;
import org.align4j.checkpoint.LoadedModel;
import org.align4j.error.AlignException;
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
            return LocalTeacher.name(model, dtype);
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

    /// A model behind a server of OpenAI's chat-completions protocol, and how hard it may be asked.
    ///
    /// @param url where `chat/completions` is found, such as `http://localhost:8000/v1`
    /// @param model name that the server knows
    /// @param keyVariable environment variable that holds the key; empty: no key is sent
    /// @param concurrency questions under way at once
    /// @param requestsPerMinute at most; 0: as fast as it answers
    /// @param retries of one question after failures that may pass: no connection, time-out, 408,
    ///     409, 429 and 5xx
    /// @param timeoutSeconds for one reply
    /// @param backoffMillis before the first retry; doubled for each further one, or what the
    ///     server asks for
    /// @param tokenBudget prompt and answer tokens in all; questions beyond it aren't asked; 0: no
    ///     limit
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
            check(
                    url.startsWith("http://") || url.startsWith("https://"),
                    "url",
                    url,
                    "begin it with http:// or https://");
            check(!model.isBlank(), "model", model, "give the name that the server knows");
            check(concurrency >= 1, "concurrency", concurrency, "give at least 1");
            check(requestsPerMinute >= 0, "requests_per_minute", requestsPerMinute, "give 0 for no limit");
            check(retries >= 0, "retries", retries, "give at least 0");
            check(timeoutSeconds >= 1, "timeout_seconds", timeoutSeconds, "give at least 1");
            check(backoffMillis >= 1, "backoff_millis", backoffMillis, "give at least 1");
            check(tokenBudget >= 0, "token_budget", tokenBudget, "give 0 for no limit");
        }

        private static void check(boolean right, String key, Object value, String remedy) {
            if (!right) {
                throw new AlignException.Config("teacher." + key + ": " + value + " can't be used; " + remedy);
            }
        }

        /// Eight questions at once, five retries, two minutes for a reply.
        public static Server defaults(String url, String model) {
            return new Server(url, model, "", 8, 0, 5, 120, 1000, 0);
        }

        @Override
        public String identity() {
            return model + " at " + url;
        }

        @Override
        public Teacher open() {
            return new ServerTeacher(this);
        }

        URI completions() {
            return URI.create(url.endsWith("/") ? url + "chat/completions" : url + "/chat/completions");
        }
    }
}
