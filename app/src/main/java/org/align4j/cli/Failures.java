package org.align4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import org.align4j.error.AlignException;
import org.align4j.run.Interruption;
import org.align4j.run.Provenance;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// Turns what a command throws into one message on standard error and an exit code.
final class Failures implements IParameterExceptionHandler, IExecutionExceptionHandler {
    static final int USAGE = 2;
    static final int OUT_OF_MEMORY = 5;
    static final int BUG = 1;

    @Override
    public int handleParseException(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("align4j: " + failure.getMessage());
        if (!CommandLine.UnmatchedArgumentException.printSuggestions(failure, err)) {
            err.println(
                    command.getCommandSpec().parent() == null
                            ? command.getUsageMessage().strip()
                            : "See `" + command.getCommandSpec().qualifiedName() + " --help`.");
        }
        err.flush();
        return USAGE;
    }

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        Object root = command.getCommandSpec().root().userObject();
        boolean debug = root instanceof Align4j align4j && align4j.debug();
        PrintWriter err = command.getErr();
        int code = report(failure, debug, err);
        if (debug) {
            failure.printStackTrace(err);
        }
        err.flush();
        return code;
    }

    private static int report(Throwable failure, boolean debug, PrintWriter err) {
        return switch (failure) {
            case AlignException known -> {
                err.println("align4j: " + known.getMessage());
                yield known.exitCode();
            }
            case CancellationException _ -> {
                err.println("align4j: interrupted");
                yield Interruption.EXIT_CODE;
            }
            case Exception wrapped
            when wrapped.getCause() instanceof OutOfMemoryError memory -> report(memory, debug, err);
            case OutOfMemoryError memory -> {
                err.println("align4j: out of memory: " + memory.getMessage()
                        + "; use smaller batches, or a larger heap: ALIGN4J_JAVA_OPTIONS=-Xmx4g");
                yield OUT_OF_MEMORY;
            }
            case Exception wrapped
            when wrapped.getCause() instanceof UnsatisfiedLinkError missing -> {
                err.println("align4j: the native libraries cannot be loaded: " + missing.getMessage()
                        + "; with ALIGN4J_GPU=1 the libraries of CUDA 13 (cudart, cuBLAS, cuFFT, cuRAND, cuSPARSE,"
                        + " cuSOLVER, cuFile), cuDNN 9 and NCCL 2 must be on LD_LIBRARY_PATH; otherwise the system needs"
                        + " Linux on x86-64 with glibc");
                yield USAGE;
            }
            default -> {
                err.println("align4j: a fault of the program: " + failure);
                if (!debug) {
                    err.println(trace(failure));
                }
                yield BUG;
            }
        };
    }

    /// Writes the stack trace where a report of the fault can quote it.
    private static String trace(Throwable failure) {
        StringWriter text = new StringWriter();
        text.append("align4j ")
                .append(Provenance.version())
                .append(", Java ")
                .append(Runtime.version().toString())
                .append('\n');
        failure.printStackTrace(new PrintWriter(text, true));
        try {
            Path file = Files.createTempFile("align4j-fault-", ".txt");
            Files.writeString(file, text.toString());
            return "Please report it with " + file;
        } catch (IOException e) {
            return "Its trace could not be written (" + e.getMessage() + "); --debug prints it";
        }
    }
}
