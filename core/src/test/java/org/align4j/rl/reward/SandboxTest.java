package org.align4j.rl.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.align4j.rl.reward.Sandbox.Ending;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs that are run are shell scripts here.
class SandboxTest {
    private static final List<String> SHELL = List.of("bash");

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
    void memoryIsLimited() {
        assertThat(sandbox.run("x=$(head -c 600000000 /dev/zero | tr '\\0' a); echo ${#x}")
                        .ending())
                .isNotEqualTo(Ending.PASSED);
    }

    @Test
    void theEnvironmentAndTheFolderAreEmpty(@TempDir Path folder) {
        Sandbox.Outcome outcome =
                sandbox.run("ls; env | cut -d= -f1 | sort | tr '\\n' ' '; pwd > " + folder + "/where");
        assertThat(outcome.output()).contains("program").doesNotContain("JAVA", "USER");
        assertThat(folder.resolve("where"))
                .content()
                .satisfies(path -> assertThat(Path.of(path.strip())).doesNotExist());
    }

    @Test
    void theShareOfPassedTestsIsTheReward() {
        CodeTests tests = new CodeTests("tests", sandbox);
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
