package org.align4j.data.encode;

import org.align4j.data.TokenizedExample;
import org.align4j.data.preference.Preference;

/// Two outputs for a prompt as tokens, the first one preferred or both tied.
///
/// @param preference whether they are tied, the margin and the soft label
public record TokenizedPair(TokenizedExample chosen, TokenizedExample rejected, Preference preference) {}
