package org.align4j.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.align4j.data.Conversation;
import org.align4j.data.Message;
import org.align4j.error.AlignException;
import org.align4j.teacher.ScriptedServer.Response;
import org.align4j.teacher.Teacher.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTeacherTest {
    private static final Reply.Usage USAGE = new Reply.Usage(10, 5);

    private static ServerTeacher teacher(ScriptedServer server, int retries, long budget) {
        return new ServerTeacher(new TeacherConfig.Server(server.url(), "scripted", "", 4, 0, retries, 5, 1, budget));
    }

    private static Question question(String text) {
        return Question.greedy(Conversation.of(Message.system("Be brief."), Message.user(text)), 16);
    }

    private static List<Question> questions(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> question("question " + i))
                .toList();
    }

    @Test
    void repliesAreInTheOrderOfTheQuestions() throws IOException {
        try (ScriptedServer server =
                        new ScriptedServer(request -> Response.text("re: " + ScriptedServer.asked(request)));
                ServerTeacher teacher = teacher(server, 0, 0)) {
            List<Reply> replies = teacher.ask(questions(20), Progress.SILENT);
            assertThat(replies)
                    .isEqualTo(IntStream.range(0, 20)
                            .mapToObj(i -> new Reply.Answer("re: question " + i, true, USAGE))
                            .toList());
            assertThat(teacher.tokensSpent()).isEqualTo(20 * 15);
            assertThat(server.requests().getFirst().get("model").asString()).isEqualTo("scripted");
            assertThat(server.requests().getFirst().get("max_tokens").asInt()).isEqualTo(16);
            assertThat(server.requests()
                            .getFirst()
                            .get("messages")
                            .get(0)
                            .get("role")
                            .asString())
                    .isEqualTo("system");
        }
    }

    @Test
    void busyBrokenAndTruncatedRepliesAreAskedAgain() throws IOException {
        AtomicInteger tries = new AtomicInteger();
        List<Response> script = List.of(
                new Response(429, "slow down", "0.01"),
                new Response(503, "", ""),
                new Response(200, "{\"choices\":[{\"mess", ""),
                Response.text("at last"));
        try (ScriptedServer server = new ScriptedServer(request -> script.get(tries.getAndIncrement()));
                ServerTeacher teacher = teacher(server, 3, 0)) {
            assertThat(teacher.ask(questions(1), Progress.SILENT))
                    .containsExactly(new Reply.Answer("at last", true, USAGE));
        }
    }

    @Test
    void oneQuestionThatFailsForGoodStopsNoOther() throws IOException {
        try (ScriptedServer server = new ScriptedServer(
                        request -> ScriptedServer.asked(request).equals("question 1")
                                ? new Response(500, "", "")
                                : Response.text("fine"));
                ServerTeacher teacher = teacher(server, 1, 0)) {
            List<Reply> replies = teacher.ask(questions(3), Progress.SILENT);
            assertThat(replies.get(0)).isInstanceOf(Reply.Answer.class);
            assertThat(replies.get(1)).isEqualTo(new Reply.Failure("the server answered 500, after 2 tries"));
            assertThat(replies.get(2)).isInstanceOf(Reply.Answer.class);
        }
    }

    @Test
    void aDeadServerGivesFailures() throws IOException {
        ScriptedServer server = new ScriptedServer(request -> Response.text("never"));
        server.close();
        try (ServerTeacher teacher = teacher(server, 1, 0)) {
            assertThat(teacher.ask(questions(2), Progress.SILENT))
                    .allSatisfy(reply -> assertThat(reply)
                            .isInstanceOfSatisfying(
                                    Reply.Failure.class,
                                    failure ->
                                            assertThat(failure.reason()).contains("no reply from", "after 2 tries")));
        }
    }

    @Test
    void aServerThatStopsInTheMidstIsGivenUp() throws IOException {
        try (StallingServer server = new StallingServer();
                ServerTeacher teacher =
                        new ServerTeacher(new TeacherConfig.Server(server.url(), "stalling", "", 4, 0, 0, 1, 1, 0))) {
            assertThat(teacher.ask(questions(1), Progress.SILENT))
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Reply.Failure.class,
                            failure -> assertThat(failure.reason()).contains("no whole answer within 1000 ms"));
        }
    }

    @Test
    void aWrongKeyOrModelIsTheConfigurationsFault() throws IOException {
        try (ScriptedServer server = new ScriptedServer(request -> new Response(401, "bad key", ""));
                ServerTeacher teacher = teacher(server, 3, 0)) {
            assertThatThrownBy(() -> teacher.ask(questions(1), Progress.SILENT))
                    .isInstanceOf(AlignException.Config.class)
                    .hasMessageContaining("401")
                    .hasMessageContaining("bad key");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aWrongKeyIsNotTriedWithEveryQuestion() throws IOException {
        try (ScriptedServer server = new ScriptedServer(request -> new Response(401, "bad key", ""));
                ServerTeacher teacher = teacher(server, 0, 0)) {
            assertThatThrownBy(() -> teacher.ask(questions(200), Progress.SILENT))
                    .isInstanceOf(AlignException.Config.class);
            assertThat(server.requests()).hasSizeLessThanOrEqualTo(2 * 4);
        }
    }

    @Test
    void aServerThatStaysDeadIsNotAskedTheRest() throws IOException {
        try (ScriptedServer server = new ScriptedServer(request -> new Response(503, "", ""));
                ServerTeacher teacher = teacher(server, 1, 0)) {
            List<Reply> replies = teacher.ask(questions(100), Progress.SILENT);
            assertThat(replies)
                    .hasSize(100)
                    .allSatisfy(reply -> assertThat(reply).isInstanceOf(Reply.Failure.class));
            assertThat(replies.getFirst()).isEqualTo(new Reply.Failure("the server answered 503, after 2 tries"));
            assertThat(replies.getLast()).isInstanceOfSatisfying(Reply.Failure.class, failure -> {
                assertThat(failure.asked()).isFalse();
                assertThat(failure.reason()).contains("gave no reply to", "questions in a row");
            });
            // eight lost questions, and those that were under way meanwhile
            assertThat(server.requests()).hasSizeBetween(2 * 8, 2 * 12);
        }
    }

    @Test
    void interruptingEndsLongPauses() throws IOException {
        AtomicInteger asked = new AtomicInteger();
        try (ScriptedServer server = new ScriptedServer(request -> {
                    asked.incrementAndGet();
                    return new Response(429, "", "3600");
                });
                ServerTeacher teacher = teacher(server, 3, 0)) {
            List<Reply> replies = teacher.ask(questions(1), new Progress((index, reply) -> {}, () -> asked.get() > 0));
            assertThat(replies).containsExactly(new Reply.Failure("interrupted before it was asked", false));
            assertThat(asked).hasValue(1);
        }
    }

    @Test
    void aReplyWithoutAChoiceIsOneAndIsKept(@TempDir Path folder) throws IOException {
        try (ScriptedServer server =
                        new ScriptedServer(request -> ScriptedServer.choice(java.util.Map.of("Sorry", -0.1)));
                CachedTeacher teacher = new CachedTeacher(teacher(server, 0, 0), folder)) {
            for (int time = 0; time < 2; time++) {
                assertThat(teacher.choose(questions(1), List.of("A", "B"), Progress.SILENT))
                        .containsExactly(new Reply.Choice(java.util.Map.of(), new Reply.Usage(10, 1)));
            }
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void nothingIsAskedBeyondTheBudget() throws IOException {
        try (ScriptedServer server = new ScriptedServer(request -> Response.text("x"));
                ServerTeacher teacher =
                        new ServerTeacher(new TeacherConfig.Server(server.url(), "scripted", "", 1, 0, 0, 5, 1, 40))) {
            List<Reply> replies = teacher.ask(questions(5), Progress.SILENT);
            assertThat(replies.stream().filter(reply -> reply instanceof Reply.Answer))
                    .hasSize(3);
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void choicesAddUpTheirSpellings() throws IOException {
        String body = """
                {"choices":[{"message":{"content":"A"},"logprobs":{"content":[{"token":"A","logprob":-0.5,"top_logprobs":[
                  {"token":"A","logprob":-1.0},{"token":" A","logprob":-2.0},{"token":"B","logprob":-1.5},
                  {"token":"C","logprob":-3}]}]}}],"usage":{"prompt_tokens":10,"completion_tokens":5}}""";
        try (ScriptedServer server = new ScriptedServer(request -> new Response(200, body, ""));
                ServerTeacher teacher = teacher(server, 0, 0)) {
            Reply reply = teacher.choose(questions(1), List.of("A", "B"), Progress.SILENT)
                    .getFirst();
            assertThat(reply).isInstanceOfSatisfying(Reply.Choice.class, choice -> {
                assertThat(choice.logps().get("A")).isCloseTo(Math.log(Math.exp(-1) + Math.exp(-2)), within(1e-12));
                assertThat(choice.logps().get("B")).isCloseTo(-1.5, within(1e-12));
                assertThat(choice.logps()).hasSize(2);
            });
            assertThat(server.requests().getFirst().get("top_logprobs").asInt()).isEqualTo(20);
        }
    }

    @Test
    void aServerWithoutLogProbabilitiesIsNamed() throws IOException {
        try (ScriptedServer server = new ScriptedServer(request -> Response.text("A"));
                ServerTeacher teacher = teacher(server, 0, 0)) {
            assertThat(teacher.choose(questions(1), List.of("A", "B"), Progress.SILENT))
                    .containsExactly(new Reply.Failure(
                            "the reply has no log-probabilities; the server must support top_logprobs"));
        }
    }

    @Test
    void nothingPaidForIsAskedTwice(@TempDir Path folder) throws IOException {
        AtomicInteger failing = new AtomicInteger(1);
        try (ScriptedServer server = new ScriptedServer(
                request -> ScriptedServer.asked(request).equals("question 2") && failing.getAndDecrement() > 0
                        ? new Response(400, "no", "")
                        : Response.text("re: " + ScriptedServer.asked(request)))) {
            List<Reply> first;
            try (CachedTeacher teacher = new CachedTeacher(teacher(server, 0, 0), folder)) {
                first = teacher.ask(questions(4), Progress.SILENT);
                assertThat(teacher.found()).isZero();
            }
            assertThat(first.get(2)).isInstanceOf(Reply.Failure.class);
            try (CachedTeacher teacher = new CachedTeacher(teacher(server, 0, 0), folder)) {
                List<Question> twice = Stream.concat(questions(4).stream(), questions(4).stream())
                        .toList();
                List<Reply> second = teacher.ask(twice, Progress.SILENT);
                assertThat(second.subList(0, 2)).isEqualTo(first.subList(0, 2));
                assertThat(second.get(2)).isEqualTo(new Reply.Answer("re: question 2", true, USAGE));
                assertThat(second.subList(4, 8)).isEqualTo(second.subList(0, 4));
                assertThat(teacher.found()).isEqualTo(6);
            }
            assertThat(server.requests()).hasSize(5);
        }
    }

    @Test
    void aDamagedCacheFileIsNamed(@TempDir Path folder) throws IOException {
        try (ScriptedServer server = new ScriptedServer(request -> Response.text("x"));
                CachedTeacher teacher = new CachedTeacher(teacher(server, 0, 0), folder)) {
            teacher.ask(questions(1), Progress.SILENT);
            Path file;
            try (Stream<Path> files = Files.walk(folder)) {
                file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
            }
            Files.writeString(file, "{\"text\": \"cut");
            assertThatThrownBy(() -> teacher.ask(questions(1), Progress.SILENT))
                    .isInstanceOf(AlignException.Data.class)
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void interruptedQuestionsAreNotAsked() throws IOException {
        try (ScriptedServer server = new ScriptedServer(request -> Response.text("x"));
                ServerTeacher teacher = teacher(server, 0, 0)) {
            AtomicInteger heard = new AtomicInteger();
            List<Reply> replies =
                    teacher.ask(questions(3), new Progress((index, reply) -> heard.incrementAndGet(), () -> true));
            assertThat(replies).allSatisfy(reply -> assertThat(reply).isInstanceOf(Reply.Failure.class));
            assertThat(heard).hasValue(3);
            assertThat(server.requests()).isEmpty();
        }
    }
}
