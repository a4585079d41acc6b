package org.align4j.world.grammar;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What the slots of a text say.
public final class Slots {
    private final Map<String, String> values;

    public Slots() {
        values = new HashMap<>();
    }

    private Slots(Map<String, String> values) {
        this.values = new HashMap<>(values);
    }

    /// Independent slots that say the same so far.
    public Slots copy() {
        return new Slots(values);
    }

    /// Sets a slot, and returns these slots.
    public Slots with(String name, Object value) {
        values.put(name, String.valueOf(value));
        return this;
    }

    public Optional<String> find(String name) {
        return Optional.ofNullable(values.get(name));
    }

    /// @throws IllegalArgumentException for a slot that was never set
    public String get(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException("no slot named " + name));
    }
}
