package org.align4j.run;

import static org.assertj.core.api.Assertions.assertThat;

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
    void peakMemoryIsAtLeastTheMemoryNow() {
        long now = ProcessMemory.rss().orElse(0);
        assertThat(ProcessMemory.peakRss().orElse(0)).isGreaterThanOrEqualTo(now);
    }
}
