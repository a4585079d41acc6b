package org.align4j.rl.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.align4j.error.AlignException;
import org.align4j.rl.reward.Sandbox.Ending;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs that are run are shell scripts here.
class SandboxTest {
    private static final List<String> SHELL = List.of("bash");
    private static final String PROOF = "test $? = 0 && echo {mark}";

    private final Sandbox sandbox = new Sandbox(SHELL, Duration.ofSeconds(2), 256);

    @BeforeAll
    static void needsAShell() {
        assumeTrue(Files.exists(Path.of("/bin/bash")));
    }

    @Test
    void theStatusOfAProgramCounts() {
        assertThat(sandbox.run("exit 0").ending()).isEqualTo(Ending.PASSED);
        Sandbox.Outcome failed = sandbox.run("echo why; exit 3");
        assertThat(failed.ending()).isEqualTo(Ending.FAILED);
        assertThat(failed.output()).contains("why");
    }

    @Test
    void aProgramThatLoopsIsEnded() {
        long start = System.nanoTime();
        assertThat(sandbox.run("while true; do :; done").ending()).isEqualTo(Ending.TIMED_OUT);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void whatAProgramLeavesBehindIsEnded() throws Exception {
        // a number of seconds that nobody else sleeps
        String seconds = "9" + Math.floorMod(UUID.randomUUID().getLeastSignificantBits(), 1_000_000_000L);
        sandbox.run("(sleep " + seconds + " &) ; (setsid sleep " + seconds + " &) ; sleep 30");
        Thread.sleep(300);
        assumeTrue(sandbox.isolated(), "without namespaces a process can hide");
        assertThat(ProcessHandle.allProcesses()
                        .flatMap(process -> process.info().commandLine().stream())
                        .filter(line -> line.contains("sleep " + seconds)))
                .isEmpty();
    }

    @Test
    void aProgramThatFloodsIsCutOff() {
        assertThat(sandbox.run("head -c 100000000 /dev/zero").ending()).isNotEqualTo(Ending.PASSED);
        assertThat(sandbox.run("head -c 100000000 /dev/zero > big").ending()).isNotEqualTo(Ending.PASSED);
    }

    @Test
    void processesAreLimited() {
        assumeTrue(sandbox.isolated(), "without namespaces those of the user count too");
        Sandbox.Outcome outcome = sandbox.run("for i in $(seq 100); do sleep 1 & done; wait; echo all");
        assertThat(outcome.output()).doesNotContain("all");
    }

    @Test
    void whatProgramsLeaveIsDeleted() throws IOException {
        Sandbox.Outcome outcome = sandbox.run("pwd; touch mine; mkdir -p a/b; touch a/b/c; (umask 777; mkdir closed)");
        assertThat(outcome.ending()).isEqualTo(Ending.PASSED);
        assertThat(Path.of(outcome.output().strip()).getParent()).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rm -f *; echo said",
                "rm -f output; mkfifo output; echo said",
                "rm -f ../output; mkfifo ../output; echo said",
                "rm -f output; ln -s /etc/passwd output; echo said",
                "mkdir output && echo said",
                "echo sa > output && cat output && echo id"
            })
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void whateverProgramsDoWithFilesTheirOutputIsRead(String program) {
        Sandbox.Outcome outcome = sandbox.run(program);
        assertThat(outcome.ending()).isEqualTo(Ending.PASSED);
        assertThat(outcome.output().replace("\n", "")).endsWith("said");
    }

    @Test
    void programsFindTheirFolderByItsFullName() {
        assertThat(sandbox.run("touch \"$PWD/mine\" && ls \"$PWD\"").output()).contains("mine", "program");
    }

    @Test
    void commandsThatAreNotThereAreRefused() {
        assertThatThrownBy(() -> new Sandbox(List.of("no-such-command"), Duration.ofSeconds(2), 256))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("no-such-command");
        assertThatThrownBy(() -> CodeTests.of("tests", sandbox, "print('{mark}')"))
                .isInstanceOf(AlignException.Config.class)
                .hasMessageContaining("echo {mark}");
    }

    @Test
    void programsThatEndEarlyPassNoTest() {
        Attempt early = new Attempt("", "exit 0", 1, true, Map.of("tests", "[ 1 = 2 ]"));
        assertThat(CodeTests.of("tests", sandbox, PROOF).of(List.of(early))).containsExactly(0);
        assertThat(CodeTests.of("tests", sandbox, "").of(List.of(early)))
                .as("the status is enough")
                .containsExactly(1);
    }

    @Test
    void memoryIsLimited() {
        assertThat(sandbox.run("x=$(head -c 600000000 /dev/zero | tr '\\0' a); echo ${#x}")
                        .ending())
                .isNotEqualTo(Ending.PASSED);
    }

    @Test
    void theEnvironmentAndTheFolderAreEmpty() {
        Sandbox.Outcome outcome = sandbox.run("ls; env | cut -d= -f1 | sort | tr '\\n' ' '");
        assertThat(outcome.output()).contains("program").doesNotContain("JAVA", "USER");
    }

    @Test
    void forRootProgramsAreNobody(@TempDir Path folder) {
        assumeTrue(System.getProperty("user.name").equals("root") && sandbox.isolated(), "isn't root");
        assertThat(sandbox.run("id -u").output()).contains("65534");
        sandbox.run("touch " + folder + "/written");
        assertThat(folder.resolve("written")).doesNotExist();
    }

    @Test
    void theShareOfPassedTestsIsTheReward() {
        CodeTests tests = CodeTests.of("tests", sandbox, PROOF);
        Attempt attempt = new Attempt(
                "",
                "Here:\n```bash\ndouble() { echo $(($1 * 2)); }\n```\nDone.",
                9,
                true,
                Map.of("tests", List.of("[ $(double 2) = 4 ]", "[ $(double 3) = 7 ]", "[ $(double 0) = 0 ]", "oops")));
        assertThat(tests.of(List.of(attempt))).containsExactly(0.5);
        assertThat(tests.of(List.of(new Attempt("", "x", 1, true, Map.of())))[0])
                .isNaN();
    }
}
