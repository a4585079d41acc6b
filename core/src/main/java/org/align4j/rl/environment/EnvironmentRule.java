package org.align4j.rl.environment;

import org.align4j.config.ConfiguredClass;

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
            return ConfiguredClass.make("environment", name, Environment.class);
        }
    }
}
