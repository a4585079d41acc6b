/// Binds YAML files and `--set` overrides to configuration records, and writes them back.
@NullMarked
package org.align4j.config;

import org.jspecify.annotations.NullMarked;
