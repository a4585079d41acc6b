package org.align4j.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InterruptionTest {
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
        process.destroy();
        assertThat(out.lines()).containsExactly("saving", "saved");
        assertThat(process.waitFor()).isEqualTo(130);
    }

    @Test
    void secondSignalStopsAtOnce() throws Exception {
        Process process = start("never");
        BufferedReader out = process.inputReader();
        assertThat(out.readLine()).isEqualTo("ready");
        process.destroy();
        assertThat(out.readLine()).isEqualTo("saving");
        // two signals that are pending together may be delivered as one
        do {
            process.destroy();
        } while (!process.waitFor(50, TimeUnit.MILLISECONDS));
        assertThat(process.exitValue()).isEqualTo(130);
    }

    private static Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                SignalLoop.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    void peakMemoryIsAtLeastTheMemoryNow() {
        long now = ProcessMemory.rss().orElse(0);
        assertThat(ProcessMemory.peakRss().orElse(0)).isGreaterThanOrEqualTo(now);
    }
}
