/*
 * parser/python_scan.h - the scan behind python_source.h: tokens in, definitions out.
 *
 * A pushdown automaton.  What it is inside of stands on three stacks, none of them C's:
 *
 *	nest    brackets and lambdas of the statement at hand; what is found in them belongs to `scope`
 *	blocks  the indented blocks, each with the bodies that end with it
 *	bodies  the module, class and function bodies that statements stand in
 *
 * Whether a bracket holds a comprehension shows only behind its first element, so the tokens are read
 * twice: first to mark those brackets.
 */
#ifndef PERFOLIO_PARSER_PYTHON_SCAN_H
#define PERFOLIO_PARSER_PYTHON_SCAN_H

#include "parser/python_source.h"

/*
 * Fill in what is found: definitions, n, trouble.  text, len and minor are given; len is below 4 GiB.
 * names: NULL, or all zeroes; of it filled in are items (in the order of the source), n and cut.
 */
void python_scan(struct python_source *s, struct python_names *names);

#endif
