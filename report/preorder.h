/*
 * report/preorder.h - the nodes of a tree in the order of a walk from its root.
 */
#ifndef PERFOLIO_REPORT_PREORDER_H
#define PERFOLIO_REPORT_PREORDER_H

#include <stddef.h>
#include <stdint.h>

/*
 * The nodes 0 .. n - 1 as a walk meets them that takes each node's children by their keys (those of equal keys in
 * the order of their numbers), node 0 first; free() it.  parents: of each node one of a smaller number (node 0 has
 * none); keys: of each node but 0, less than n_keys.
 */
uint32_t *preorder(const uint32_t *parents, const uint32_t *keys, size_t n, size_t n_keys);

#endif
