package org.align4j.world.story;

import org.align4j.world.grammar.Slots;

/// The facts of a story, however it is told.
///
/// @param happy how it ends
/// @param helped whether the friend comes
/// @param troubledFromStart whether the trouble is a state of things, rather than something that
///     happens
/// @param thing what it is about, for titles
/// @param slots every slot that sentences of the story use: persons, places and the plot's clauses
///     `want`, `prep`, `but`, `try`, `help`, `idea`, `won`, `lost`
public record Scene(
        Person hero,
        Person friend,
        Place place,
        String thing,
        String weather,
        String time,
        boolean happy,
        boolean helped,
        boolean troubledFromStart,
        Slots slots) {
    /// The same facts with the other end.
    public Scene ended(boolean happily) {
        return new Scene(hero, friend, place, thing, weather, time, happily, helped, troubledFromStart, slots.copy());
    }

    /// What happened in the end, as a clause.
    public String end() {
        return slots.get(happy ? "won" : "lost");
    }

    /// What somebody did against the trouble: the friend's help, or the hero's own idea.
    public String deed() {
        return slots.get(helped ? "help" : "idea");
    }
}
