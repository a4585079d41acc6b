package org.align4j.teacher;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.align4j.error.AlignException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// A model behind a server of OpenAI's protocol. Several questions are under way at once; failures
/// that may pass are tried again.
public final class ServerTeacher implements Teacher {
    /// Questions in a row without a reply, each tried again and again, that make a server dead;
    /// with
    /// much concurrency more.
    private static final int LOST = 4;

    private static final long PIECE_MILLIS = 200;

    private final TeacherConfig.Server config;
    private final @Nullable String key;
    private final HttpClient client;
    private final Pace pace;
    private final AtomicLong spent = new AtomicLong();

    /// @throws AlignException.Config if the variable for the key is named and empty
    public ServerTeacher(TeacherConfig.Server config) {
        this.config = config;
        this.key = config.keyVariable().isEmpty() ? null : System.getenv(config.keyVariable());
        if (!config.keyVariable().isEmpty() && (key == null || key.isBlank())) {
            throw new AlignException.Config("teacher.key_variable: the environment has no " + config.keyVariable()
                    + "; set it, or name another variable");
        }
        client = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(config.timeoutSeconds()))
                .build();
        pace = new Pace(config.requestsPerMinute());
    }

    @Override
    public String name() {
        return config.identity();
    }

    /// Tokens that replies have cost so far.
    public long tokensSpent() {
        return spent.get();
    }

    @Override
    public List<Reply> ask(List<Question> questions, Progress progress) {
        return new Round(progress, question -> ChatCompletion.request(config, question), body -> body).all(questions);
    }

    @Override
    public List<Reply> choose(List<Question> questions, List<String> choices, Progress progress) {
        return new Round(
                        progress,
                        question -> ChatCompletion.choiceRequest(config, question),
                        body -> new ChatCompletion(body.json(), choices))
                .all(questions);
    }

    /// Questions that are asked together. Those that wait aren't asked once somebody interrupts,
    /// one shows that the configuration is wrong, or so many in a row got no reply that the server
    /// must be dead.
    private final class Round {
        private final Progress progress;
        private final Function<Question, String> writing;
        private final UnaryOperator<ChatCompletion> reading;
        private final Object oneAtATime = new Object();
        private final AtomicInteger lost = new AtomicInteger();
        private volatile boolean broken;

        /// @param writing of a request's body
        /// @param reading of a reply's
        private Round(Progress progress, Function<Question, String> writing, UnaryOperator<ChatCompletion> reading) {
            this.progress = progress;
            this.writing = writing;
            this.reading = reading;
        }

        private List<Reply> all(List<Question> questions) {
            Semaphore places = new Semaphore(config.concurrency());
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<Reply>> futures = new ArrayList<>();
                for (int i = 0; i < questions.size(); i++) {
                    int index = i;
                    futures.add(threads.submit(() -> {
                        places.acquire();
                        try {
                            Reply reply = reply(writing.apply(questions.get(index)));
                            synchronized (oneAtATime) {
                                progress.listener().replied(index, reply);
                            }
                            return reply;
                        } catch (RuntimeException e) {
                            broken = true;
                            throw e;
                        } finally {
                            places.release();
                        }
                    }));
                }
                List<Reply> replies = new ArrayList<>();
                for (Future<Reply> future : futures) {
                    replies.add(result(future));
                }
                return replies;
            }
        }

        private Reply reply(String request) {
            if (lost.get() >= Math.max(LOST, 2 * config.concurrency())) {
                return Reply.Failure.unasked(config.url() + " gave no reply to " + lost + " questions in a row");
            }
            String reason = "";
            long wait = 0;
            for (int attempt = 0; attempt <= config.retries(); attempt++) {
                if (config.tokenBudget() > 0 && spent.get() >= config.tokenBudget()) {
                    return Reply.Failure.unasked("the budget of " + config.tokenBudget() + " tokens is spent");
                }
                try {
                    pause(wait);
                    pause(pace.turn());
                    if (stopped()) {
                        return Reply.Failure.unasked("interrupted before it was asked");
                    }
                    Try tried = tryOnce(request, reading);
                    if (tried.reply() != null) {
                        lost.set(0);
                        return tried.reply();
                    }
                    reason = tried.reason();
                    wait = Math.max(tried.waitMillis(), backoff(attempt));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return Reply.Failure.unasked("interrupted");
                }
            }
            lost.incrementAndGet();
            return new Reply.Failure(reason + ", after " + (config.retries() + 1) + " tries");
        }

        private boolean stopped() {
            return broken || progress.interrupted().getAsBoolean();
        }

        /// Sleeps, in pieces so short that nobody who interrupts has to wait.
        private void pause(long millis) throws InterruptedException {
            for (long left = millis; left > 0 && !stopped(); left -= PIECE_MILLIS) {
                Thread.sleep(Math.min(left, PIECE_MILLIS));
            }
        }
    }

    private static Reply result(Future<Reply> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Reply.Failure("interrupted");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException runtime) {
                throw runtime;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /// What one try gave: a reply for good, or a failure that may pass.
    ///
    /// @param waitMillis that the server asks for; 0 if it says nothing
    private record Try(@Nullable Reply reply, String reason, long waitMillis) {
        static Try again(String reason, long waitMillis) {
            return new Try(null, reason, waitMillis);
        }
    }

    /// Doubles from try to try; up to half more by chance, so that many questions don't return at
    /// once.
    private long backoff(int attempt) {
        long doubled = Math.min(60_000, (long) config.backoffMillis() << Math.min(attempt, 20));
        return doubled + ThreadLocalRandom.current().nextLong(doubled / 2 + 1);
    }

    private Try tryOnce(String request, UnaryOperator<ChatCompletion> reading) throws InterruptedException {
        Duration timeout = Duration.ofSeconds(config.timeoutSeconds());
        HttpRequest.Builder builder = HttpRequest.newBuilder(config.completions())
                .timeout(timeout)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(request));
        if (key != null) {
            builder.header("Authorization", "Bearer " + key);
        }
        HttpResponse<String> response;
        try {
            response = WholeAnswer.of(client, builder.build(), timeout);
        } catch (IOException e) {
            String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return Try.again("no reply from " + config.url() + " (" + why + ")", 0);
        }
        int status = response.statusCode();
        if (status == 408 || status == 409 || status == 429 || status >= 500) {
            return Try.again("the server answered " + status, asksToWait(response));
        }
        if (status == 401 || status == 403 || status == 404) {
            throw new AlignException.Config(
                    "teacher: " + config.completions() + " answered " + status + " for model " + config.model() + ": "
                            + excerpt(response.body()) + "; check teacher.url, teacher.model and the key");
        }
        if (status != 200) {
            return new Try(new Reply.Failure("the server answered " + status + ": " + excerpt(response.body())), "", 0);
        }
        try {
            ChatCompletion completion = reading.apply(ChatCompletion.parse(response.body()));
            spent.addAndGet(completion.usage().total());
            return new Try(completion.reply(), "", 0);
        } catch (JacksonException e) {
            return Try.again("the reply is not whole JSON: " + excerpt(response.body()), 0);
        }
    }

    private static long asksToWait(HttpResponse<String> response) {
        return response.headers()
                .firstValue("retry-after")
                .filter(seconds -> seconds.matches("\\d{1,4}(\\.\\d+)?"))
                .map(seconds -> (long) (Double.parseDouble(seconds) * 1000))
                .orElse(0L);
    }

    private static String excerpt(String body) {
        return body.length() <= 200 ? body : body.substring(0, 200) + "…";
    }

    @Override
    public void close() {
        client.close();
    }
}
