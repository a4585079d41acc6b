package org.align4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The documents' commands: blocks marked `sh runnable` are run in an empty folder, the options of
/// the other `align4j` commands are parsed. Links between documents lead somewhere.
class DocsTest {
    private static final Path ROOT = root();
    private static final Pattern BLOCK = Pattern.compile("^ *```sh(.*)\\n((?s).*?)^ *```", Pattern.MULTILINE);
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");
    private static final Pattern LINK = Pattern.compile("]\\(([^):#]+)\\)");
    private static final String LAUNCHER = "./align4j ";

    @TempDir
    Path folder;

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("align4j")) ? here : here.getParent();
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    private record Command(Path file, String line, boolean runnable) {
        List<String> arguments() {
            List<String> words = new ArrayList<>();
            Matcher matcher = WORD.matcher(line.substring(LAUNCHER.length()));
            while (matcher.find()) {
                words.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
            }
            return words;
        }
    }

    private static List<Command> commands() throws IOException {
        List<Command> commands = new ArrayList<>();
        for (Path file : documents()) {
            Matcher block = BLOCK.matcher(Files.readString(file));
            while (block.find()) {
                boolean runnable = block.group(1).strip().equals("runnable");
                block.group(2)
                        .lines()
                        .map(String::strip)
                        .filter(line -> line.startsWith(LAUNCHER))
                        .forEach(line -> commands.add(new Command(file, line, runnable)));
            }
        }
        return commands;
    }

    @TestFactory
    Stream<DynamicTest> commandsAreRight() throws IOException {
        return commands().stream()
                .map(command -> DynamicTest.dynamicTest(
                        ROOT.relativize(command.file()) + ": " + command.line(), () -> check(command)));
    }

    private void check(Command command) {
        String[] arguments = command.arguments().toArray(String[]::new);
        if (!command.runnable()) {
            assertThatCode(() -> Align4j.commandLine().parseArgs(arguments)).doesNotThrowAnyException();
            return;
        }
        // files that a command writes go into an empty folder
        for (int i = 1; i < arguments.length; i++) {
            if (arguments[i - 1].equals("--output")) {
                arguments[i] = folder.resolve(arguments[i]).toString();
            }
        }
        StringWriter err = new StringWriter();
        int code = Align4j.commandLine()
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
        assertThat(code).as(err.toString()).isZero();
    }

    @TestFactory
    Stream<DynamicTest> linksLeadSomewhere() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Path file : documents()) {
            Matcher link = LINK.matcher(Files.readString(file));
            while (link.find()) {
                Path target = file.resolveSibling(link.group(1)).normalize();
                tests.add(DynamicTest.dynamicTest(
                        ROOT.relativize(file) + " → " + link.group(1),
                        () -> assertThat(target).exists()));
            }
        }
        return tests.stream();
    }
}
