/*
 * report/frames_image.h - an ELF file in memory with nothing but an .eh_frame, for libdw to read rules from that are
 * in no file: a JIT compiler's.
 *
 * Source: gABI, "ELF Header" and "Sections".
 */
#ifndef PERFOLIO_REPORT_FRAMES_IMAGE_H
#define PERFOLIO_REPORT_FRAMES_IMAGE_H

#include <stddef.h>
#include <stdint.h>

/* `n` bytes of an .eh_frame of a little-endian 64-bit machine, which lie at `addr`.  free() what is returned. */
char *frames_image(uint16_t machine, uint64_t addr, const uint8_t *eh_frame, size_t n, size_t *len);

#endif
