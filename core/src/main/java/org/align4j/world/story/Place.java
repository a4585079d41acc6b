package org.align4j.world.story;

/// A place.
///
/// @param name one word
/// @param at where somebody is: `on the hill`
/// @param to where somebody goes: `up the hill`
/// @param the with its article: `the hill`
public record Place(String name, String at, String to, String the) {
    static Place of(String line) {
        String[] fields = line.split(", ", -1);
        return new Place(fields[0], fields[1], fields[2], fields[3]);
    }
}
