package org.align4j.world.story;

import org.align4j.world.grammar.Slots;

/// A character.
///
/// @param kind `girl`, `boy` or an animal
/// @param female whether pronouns are she and her
public record Person(String name, String kind, String trait, boolean female) {
    /// Sets the slots of the leading character: `hero`, `kind`, `trait` and pronouns.
    void lead(Slots slots) {
        slots.with("hero", name)
                .with("hero.the", full())
                .with("kind", kind)
                .with("trait", trait)
                .with("he", female ? "she" : "he")
                .with("him", female ? "her" : "him")
                .with("his", female ? "her" : "his")
                .with("himself", female ? "herself" : "himself");
    }

    /// Sets the slots of the second character: `friend`, `fkind`, `ftrait` and pronouns with an f.
    void follow(Slots slots) {
        slots.with("friend", name)
                .with("friend.the", full())
                .with("fkind", kind)
                .with("ftrait", trait)
                .with("fhe", female ? "she" : "he")
                .with("fhim", female ? "her" : "him")
                .with("fhis", female ? "her" : "his");
    }

    /// The name, with the kind of an animal: `Pip the mouse`.
    public String full() {
        return isChild() ? name : name + " the " + kind;
    }

    boolean isChild() {
        return kind.equals("girl") || kind.equals("boy");
    }
}
