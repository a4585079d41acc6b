package org.align4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {
    @TempDir
    Path folder;

    @Test
    void fullDiskIsSaidBeforehand() {
        assertThat(DiskSpace.warning(folder, 1, 2)).isEmpty();
        assertThat(DiskSpace.warning(folder, Long.MAX_VALUE / 8, 2).orElseThrow())
                .contains("free some space");
    }
}
