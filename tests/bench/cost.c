/*
 * tests/bench/cost.c - what a command costs, its child processes included.
 *
 *	cost COMMAND [ARGUMENT...]
 *
 * runs it with /dev/null as input and output, and prints in JSON its exit status (128 and
 * the signal, if it died of one), wall and CPU seconds, and the peak memory in KiB of the
 * largest process.  A program of its own, since a process starts with the peak of
 * the one it was forked from: below Python no peak is less than Python's.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(char **command)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0)
		execv(command[0], command);
	perror(command[0]);
	_exit(127);
}

int main(int argc, char **argv)
{
	double start = now(), wall;
	struct rusage usage;
	int status;
	pid_t pid;

	if (argc < 2) {
		fputs("usage: cost COMMAND [ARGUMENT...]\n", stderr);
		return 2;
	}
	pid = fork();
	if (pid == 0)
		run(argv + 1);
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
		perror("cost");
		return 1;
	}
	wall = now() - start;
	printf("{\"status\": %d, \"wall\": %.6f, \"cpu\": %.6f, \"peak\": %ld}\n",
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), wall,
	       seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss);
	return 0;
}
