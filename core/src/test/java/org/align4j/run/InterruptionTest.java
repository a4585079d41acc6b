package org.align4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterruptionTest {
    private final List<Process> started = new ArrayList<>();

    @Test
    void isRequestedOnceAsked() {
        Interruption interruption = Interruption.manual();
        assertThat(interruption.requested()).isFalse();
        interruption.request();
        assertThat(interruption.requested()).isTrue();
    }

    @Test
    void firstSignalLetsTheStepEnd() throws Exception {
        Process process = start();
        BufferedReader out = process.inputReader();
        assertThat(out.readLine()).isEqualTo("ready");
        terminate(process);
        assertThat(out.lines()).containsExactly("saving", "saved");
        assertThat(process.waitFor()).isEqualTo(130);
    }

    @Test
    void secondSignalStopsAtOnce() throws Exception {
        Process process = start("never");
        BufferedReader out = process.inputReader();
        assertThat(out.readLine()).isEqualTo("ready");
        terminate(process);
        assertThat(out.readLine()).isEqualTo("saving");
        terminate(process);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(130);
    }

    @AfterEach
    void killWhatIsLeft() {
        started.forEach(Process::destroyForcibly);
    }

    /// Sends SIGTERM; Process.destroy would also close the pipes that the test reads.
    private static void terminate(Process process) {
        assertThat(process.toHandle().destroy()).isTrue();
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SignalLoop.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).start();
        started.add(process);
        return process;
    }

    @Test
    void peakMemoryIsAtLeastTheMemoryNow() {
        long now = ProcessMemory.rss().orElse(0);
        assertThat(ProcessMemory.peakRss().orElse(0)).isGreaterThanOrEqualTo(now);
    }
}
