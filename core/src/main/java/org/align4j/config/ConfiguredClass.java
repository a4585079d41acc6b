package org.align4j.config;

import org.align4j.error.AlignException;

/// A class of the user's that a configuration names.
public final class ConfiguredClass {
    private ConfiguredClass() {}

    /// An instance of the class `name` on the class path.
    ///
    /// @param key of the configuration, for messages
    /// @param type that it implements
    /// @throws AlignException.Config where there is no such class, or it can't be made
    public static <T> T make(String key, String name, Class<T> type) {
        try {
            return Class.forName(name).asSubclass(type).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | ClassCastException | LinkageError e) {
            throw new AlignException.Config(
                    key + ": " + name + " cannot be made (" + e
                            + "); it must be a public class on the class path (ALIGN4J_CLASSPATH) that implements "
                            + type.getName() + " and has a constructor without parameters",
                    e);
        }
    }
}
