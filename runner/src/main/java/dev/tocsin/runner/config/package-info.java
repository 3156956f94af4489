/** The YAML file: strictly read, every error of it reported at once with file, line, key and what was expected. */
@NullMarked
package dev.tocsin.runner.config;

import org.jspecify.annotations.NullMarked;
