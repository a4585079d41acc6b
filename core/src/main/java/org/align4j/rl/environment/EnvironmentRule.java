package org.align4j.rl.environment;

import org.align4j.error.AlignException;

/// An environment as it is configured.
public sealed interface EnvironmentRule {
    /// What plays it.
    Environment environment();

    /// A calculator that may be called, see [CalculatorEnvironment].
    record Calculator() implements EnvironmentRule {
        @Override
        public Environment environment() {
            return new CalculatorEnvironment();
        }
    }

    /// An [Environment] of the class path, by the name of its class.
    record Java(String name) implements EnvironmentRule {
        @Override
        public Environment environment() {
            try {
                return Class.forName(name)
                        .asSubclass(Environment.class)
                        .getDeclaredConstructor()
                        .newInstance();
            } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
                throw new AlignException.Config(
                        "environment: " + name + " cannot be made (" + e
                                + "); it must be a public class on the class path that implements "
                                + Environment.class.getName() + " and has a constructor without parameters",
                        e);
            }
        }
    }
}
