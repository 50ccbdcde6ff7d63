"""Small C programs to be recorded: name -> source.  They are built with frame pointers, and burn little time."""

# Every program begins with this; spin() is work of a few microseconds.
COMMON = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noipa))

static volatile unsigned long sink;

KEEP static void spin(int n)
{
	for (int i = 0; i < n * 1000; i++)
		sink += (unsigned long)i;
	__asm__ volatile(""); /* no tail call of what comes last */
}
"""

RECURSION = """
KEEP static int odd(int n);
KEEP static int even(int n) { spin(2); return n ? odd(n - 1) + 1 : 1; }
KEEP static int odd(int n) { spin(1); return n ? even(n - 1) + 1 : 1; }

KEEP static int ackermann(int m, int n)
{
	spin(1);
	return !m ? n + 1 : ackermann(m - 1, n ? ackermann(m, n - 1) : 1);
}

KEEP static int compare(const void *a, const void *b)
{
	spin(1);
	return *(const int *)a - *(const int *)b;
}

int main(void)
{
	int numbers[2000];

	for (int i = 0; i < 1500; i++)
		sink += (unsigned long)even(60);
	for (int i = 0; i < 40; i++)
		sink += (unsigned long)ackermann(2, 12);
	for (int i = 0; i < 2000; i++)
		numbers[i] = i * 7919 % 2003;
	qsort(numbers, 2000, sizeof(*numbers), compare);
	return 0;
}
"""

THREADS = """
KEEP static void add(void) { spin(10); }
KEEP static void touch(void)
{
	char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	for (int i = 0; i < 1 << 20; i += 4096)
		p[i] = 1;
	munmap(p, 1 << 20);
}

KEEP static void *run(void *arg)
{
	int number = *(int *)arg;
	char name[16];

	snprintf(name, sizeof(name), "worker %d", number);
	prctl(PR_SET_NAME, name);
	for (int i = 0; i < 150; i++) {
		number & 1 ? add() : touch();
		add();
		usleep(i % 50 ? 0 : 100);
	}
	return NULL;
}

int main(void)
{
	pthread_t threads[4];
	int numbers[4];

	for (int i = 0; i < 4; i++) {
		numbers[i] = i;
		pthread_create(&threads[i], NULL, run, &numbers[i]);
	}
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	return 0;
}
"""

FORK = """
KEEP static void parent(void) { spin(1000); }
KEEP static void child(void) { spin(5000); }
KEEP static void grandchild(void) { spin(5000); }

int main(void)
{
	for (int i = 0; i < 6; i++) {
		parent();
		if (fork() == 0) {
			prctl(PR_SET_NAME, i & 1 ? "odd child" : "even child");
			child();
			if (fork() == 0) {
				grandchild();
				_exit(0);
			}
			wait(NULL);
			_exit(0);
		}
	}
	while (wait(NULL) > 0)
		parent();
	return 0;
}
"""

# argv[1], argv[2]: two libraries of equal layout, which come to lie at equal addresses, one after the other.
DLOPEN = """
int main(int argc, char **argv)
{
	(void)argc;
	for (int i = 0; i < 60; i++) {
		void *library = dlopen(argv[1 + (i & 1)], RTLD_NOW);
		void (*entry)(void) = (void (*)(void))dlsym(library, "entry");

		entry();
		dlclose(library);
	}
	return 0;
}
"""
LIBRARY = """
static const char tag[] __attribute__((used)) = "NAME"; /* or their build ids would be equal */
KEEP static void NAME_inner(void) { spin(1000); }
KEEP static void NAME_outer(void) { NAME_inner(); spin(500); }
void entry(void);
void entry(void) { NAME_outer(); spin(1); }
"""

# argv[1]...: the programs to become.  All are of equal layout, at fixed addresses: equal chains, other functions.
EXEC = """
static const char tag[] __attribute__((used)) = "NAME";
KEEP static void NAME_work(void) { spin(10000); }
KEEP static void NAME_outer(void) { NAME_work(); spin(5000); }

int main(int argc, char **argv)
{
	NAME_outer();
	if (argc > 1 && fork() == 0)
		execv(argv[1], argv + 1);
	if (argc > 1)
		wait(NULL);
	NAME_outer();
	if (argc > 2)
		execv(argv[2], argv + 2);
	return 0;
}
"""
