/*
 * report/profile_file_parts.h - what the writer and the reader of profile files agree on.
 */
#ifndef PERFOLIO_REPORT_PROFILE_FILE_PARTS_H
#define PERFOLIO_REPORT_PROFILE_FILE_PARTS_H

/* Sections; those behind TEXTS name texts by their place in it. */
#define SECTION_TEXTS     "TEXT"
#define SECTION_WHOLE     "WHOL"
#define SECTION_SOURCES   "SRCE"
#define SECTION_EVENTS    "EVNT"
#define SECTION_TASKS     "TASK"
#define SECTION_FUNCTIONS "FUNC"
#define SECTION_LISTS     "LIST"
#define SECTION_POSITIONS "POSN" /* without: those of the tree are lists */
#define SECTION_CODE      "CODE" /* the same */
#define SECTION_TREE      "TREE"
#define SECTION_COSTS     "COST"
#define SECTION_FILES     "FILE"
#define SECTION_PROBLEMS  "PROB"
#define SECTION_MEMORY    "MEMO" /* only where there are accesses to memory */

/* Bits of a source, an event, a function, a problem. */
enum { SOURCE_HAS_TIME = 1, SOURCE_WALL_IS_MTIME = 2, SOURCE_POSITIONS = 4 };
enum { EVENT_MIXED = 1 };
enum { FUNCTION_INLINED = 1, FUNCTION_PLACEHOLDER = 2 };
enum { PROBLEM_INLINING = 1 };
enum { TASK_HAS_TIME = 1 };
enum { SPAN_PYTHON = 1 };
enum { POSITION_EXACT = 1 };
enum { WHOLE_OVERFLOW = 1 };

#endif
