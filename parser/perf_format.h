/*
 * parser/perf_format.h - the numbers of the perf.data format.
 *
 * Names are the kernel's and perf's, less the prefix PERF_.  They stand here, and
 * are not taken from the build machine's headers, because recordings come from
 * newer kernels and other machines.
 * Sources: include/uapi/linux/perf_event.h, tools/lib/perf/include/perf/event.h,
 * tools/perf/Documentation/perf.data-file-format.txt.
 */
#ifndef PERFOLIO_PARSER_PERF_FORMAT_H
#define PERFOLIO_PARSER_PERF_FORMAT_H

/* Record types (enum perf_event_type; from 64 on enum perf_user_event_type). */
enum {
	RECORD_MMAP = 1,
	RECORD_LOST = 2,
	RECORD_COMM = 3,
	RECORD_EXIT = 4,
	RECORD_THROTTLE = 5,
	RECORD_UNTHROTTLE = 6,
	RECORD_FORK = 7,
	RECORD_READ = 8,
	RECORD_SAMPLE = 9,
	RECORD_MMAP2 = 10,
	RECORD_AUX = 11,
	RECORD_ITRACE_START = 12,
	RECORD_LOST_SAMPLES = 13,
	RECORD_SWITCH = 14,
	RECORD_SWITCH_CPU_WIDE = 15,
	RECORD_NAMESPACES = 16,
	RECORD_KSYMBOL = 17,
	RECORD_BPF_EVENT = 18,
	RECORD_CGROUP = 19,
	RECORD_TEXT_POKE = 20,
	RECORD_AUX_OUTPUT_HW_ID = 21,
	RECORD_CALLCHAIN_DEFERRED = 22,

	RECORD_HEADER_ATTR = 64,
	RECORD_HEADER_EVENT_TYPE = 65,
	RECORD_HEADER_TRACING_DATA = 66,
	RECORD_HEADER_BUILD_ID = 67,
	RECORD_FINISHED_ROUND = 68,
	RECORD_ID_INDEX = 69,
	RECORD_AUXTRACE_INFO = 70,
	RECORD_AUXTRACE = 71,
	RECORD_AUXTRACE_ERROR = 72,
	RECORD_THREAD_MAP = 73,
	RECORD_CPU_MAP = 74,
	RECORD_STAT_CONFIG = 75,
	RECORD_STAT = 76,
	RECORD_STAT_ROUND = 77,
	RECORD_EVENT_UPDATE = 78,
	RECORD_TIME_CONV = 79,
	RECORD_HEADER_FEATURE = 80,
	RECORD_COMPRESSED = 81,
	RECORD_FINISHED_INIT = 82,
	RECORD_COMPRESSED2 = 83,
	RECORD_BPF_METADATA = 84,
	RECORD_SCHEDSTAT_CPU = 85,
	RECORD_SCHEDSTAT_DOMAIN = 86,
	RECORD_TYPES /* one more than the last known type */
};

/* perf_event_attr.type */
enum {
	TYPE_HARDWARE = 0,
	TYPE_SOFTWARE = 1,
	TYPE_TRACEPOINT = 2,
	TYPE_HW_CACHE = 3,
	TYPE_RAW = 4,
	TYPE_BREAKPOINT = 5,
};

/* perf_event_attr.config for TYPE_SOFTWARE */
enum {
	COUNT_SW_CPU_CLOCK = 0,
	COUNT_SW_TASK_CLOCK = 1,
	COUNT_SW_DUMMY = 9,
};

/* perf_event_attr.sample_type, in the order of their bits */
#define SAMPLE_IP             (1u << 0)
#define SAMPLE_TID            (1u << 1)
#define SAMPLE_TIME           (1u << 2)
#define SAMPLE_ADDR           (1u << 3)
#define SAMPLE_READ           (1u << 4)
#define SAMPLE_CALLCHAIN      (1u << 5)
#define SAMPLE_ID             (1u << 6)
#define SAMPLE_CPU            (1u << 7)
#define SAMPLE_PERIOD         (1u << 8)
#define SAMPLE_STREAM_ID      (1u << 9)
#define SAMPLE_RAW            (1u << 10)
#define SAMPLE_BRANCH_STACK   (1u << 11)
#define SAMPLE_REGS_USER      (1u << 12)
#define SAMPLE_STACK_USER     (1u << 13)
#define SAMPLE_WEIGHT         (1u << 14)
#define SAMPLE_DATA_SRC       (1u << 15)
#define SAMPLE_IDENTIFIER     (1u << 16)
#define SAMPLE_TRANSACTION    (1u << 17)
#define SAMPLE_REGS_INTR      (1u << 18)
#define SAMPLE_PHYS_ADDR      (1u << 19)
#define SAMPLE_AUX            (1u << 20)
#define SAMPLE_CGROUP         (1u << 21)
#define SAMPLE_DATA_PAGE_SIZE (1u << 22)
#define SAMPLE_CODE_PAGE_SIZE (1u << 23)
#define SAMPLE_WEIGHT_STRUCT  (1u << 24)
#define SAMPLE_KNOWN_BITS     ((1u << 25) - 1)

/* perf_event_attr.read_format */
#define FORMAT_TOTAL_TIME_ENABLED (1u << 0)
#define FORMAT_TOTAL_TIME_RUNNING (1u << 1)
#define FORMAT_ID                 (1u << 2)
#define FORMAT_GROUP              (1u << 3)
#define FORMAT_LOST               (1u << 4)

/* perf_event_attr's bit field, numbered from the first bit declared */
#define ATTR_DISABLED        (UINT64_C(1) << 0)
#define ATTR_INHERIT         (UINT64_C(1) << 1)
#define ATTR_EXCLUDE_USER    (UINT64_C(1) << 4)
#define ATTR_EXCLUDE_KERNEL  (UINT64_C(1) << 5)
#define ATTR_FREQ            (UINT64_C(1) << 10)
#define ATTR_PRECISE_SHIFT   15 /* two bits */
#define ATTR_SAMPLE_ID_ALL   (UINT64_C(1) << 18)
#define ATTR_USE_CLOCKID     (UINT64_C(1) << 25)
#define ATTR_DEFER_CALLCHAIN (UINT64_C(1) << 38)

/* perf_event_attr.branch_sample_type: what changes a sample's layout */
#define BRANCH_COUNTERS   (UINT64_C(1) << 19)
#define BRANCH_CALL_STACK (UINT64_C(1) << 11)
#define BRANCH_HW_INDEX   (UINT64_C(1) << 17)
#define BRANCH_CALL_STACK (UINT64_C(1) << 11)

/* perf_event_header.misc */
#define MISC_CPUMODE_MASK  7u
#define MISC_KERNEL        1u
#define MISC_USER          2u
#define MISC_HYPERVISOR    3u
#define MISC_GUEST_KERNEL  4u
#define MISC_GUEST_USER    5u
#define MISC_MMAP_DATA     (1u << 13) /* MMAP: a mapping that is not executable */
#define MISC_COMM_EXEC     (1u << 13) /* COMM: the comm changed because of exec() */
#define MISC_FORK_EXEC     (1u << 13) /* FORK: made up by perf for a running process */
#define MISC_SWITCH_OUT    (1u << 13)
#define MISC_MMAP_BUILD_ID (1u << 14) /* MMAP2: build id in place of device and inode */
#define MISC_BUILD_ID_SIZE (1u << 15) /* build id table: the byte behind it is its size */

/* perf_callchain_context: markers among a chain's addresses */
#define CONTEXT_HV            ((uint64_t)-32)
#define CONTEXT_KERNEL        ((uint64_t)-128)
#define CONTEXT_USER          ((uint64_t)-512)
#define CONTEXT_USER_DEFERRED ((uint64_t)-640)
#define CONTEXT_GUEST         ((uint64_t)-2048)
#define CONTEXT_GUEST_KERNEL  ((uint64_t)-2176)
#define CONTEXT_GUEST_USER    ((uint64_t)-2560)
#define CONTEXT_MAX           ((uint64_t)-4095) /* a number from here on is a marker */

/* Header features (tools/perf/util/header.h) */
enum {
	FEATURE_TRACING_DATA = 1,
	FEATURE_BUILD_ID = 2,
	FEATURE_HOSTNAME = 3,
	FEATURE_OSRELEASE = 4,
	FEATURE_VERSION = 5,
	FEATURE_ARCH = 6,
	FEATURE_NRCPUS = 7,
	FEATURE_CPUDESC = 8,
	FEATURE_CPUID = 9,
	FEATURE_TOTAL_MEM = 10,
	FEATURE_CMDLINE = 11,
	FEATURE_EVENT_DESC = 12,
	FEATURE_CPU_TOPOLOGY = 13,
	FEATURE_NUMA_TOPOLOGY = 14,
	FEATURE_BRANCH_STACK = 15,
	FEATURE_PMU_MAPPINGS = 16,
	FEATURE_GROUP_DESC = 17,
	FEATURE_AUXTRACE = 18,
	FEATURE_STAT = 19,
	FEATURE_CACHE = 20,
	FEATURE_SAMPLE_TIME = 21,
	FEATURE_MEM_TOPOLOGY = 22,
	FEATURE_CLOCKID = 23,
	FEATURE_DIR_FORMAT = 24,
	FEATURE_BPF_PROG_INFO = 25,
	FEATURE_BPF_BTF = 26,
	FEATURE_COMPRESSED = 27,
	FEATURE_CPU_PMU_CAPS = 28,
	FEATURE_CLOCK_DATA = 29,
	FEATURE_HYBRID_TOPOLOGY = 30,
	FEATURE_PMU_CAPS = 31,
	FEATURE_CPU_DOMAIN_INFO = 32,
	FEATURE_BITS = 256, /* the header's bitmap has room for these */
};

/* A file header's sizes in bytes: today's, before the feature bitmap, pipe. */
enum { HEADER_SIZE = 104, HEADER_SIZE_V0 = 72, HEADER_SIZE_PIPE = 16 };

enum { BUILD_ID_MAX = 20 };

#endif
