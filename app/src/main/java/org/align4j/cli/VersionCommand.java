package org.align4j.cli;

import org.align4j.run.Provenance;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `align4j version`.
@Command(name = "version", description = "Print the version of Align4J and of Java.", mixinStandardHelpOptions = true)
final class VersionCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        Align4j.out(spec).println("align4j " + Provenance.version() + ", Java " + Runtime.version());
    }
}
