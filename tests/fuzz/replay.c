/* SPDX-License-Identifier: Apache-2.0 */
/* A plain main for a fuzz target: runs it over the files named, under the sanitizers. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
replay(const char *name)
{
	FILE *f = fopen(name, "rb");
	uint8_t *data = NULL;
	size_t size = 0, room = 0;
	int c;

	if (!f) {
		perror(name);
		return -1;
	}
	while ((c = getc(f)) != EOF) {
		if (size == room) {
			room = room ? 2 * room : 4096;
			data = realloc(data, room);
			if (!data)
				abort();
		}
		data[size++] = (uint8_t)c;
	}
	fclose(f);
	/* Exactly size octets, so that the sanitizer sees a read past the end. */
	uint8_t *exact = malloc(size ? size : 1);
	if (!exact)
		abort();
	for (size_t i = 0; i < size; i++)
		exact[i] = data[i];
	LLVMFuzzerTestOneInput(exact, size);
	free(exact);
	free(data);
	return 0;
}

int
main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= replay(argv[i]);
	printf("%s: %d inputs\n", argv[0], argc - 1);
	return bad ? 1 : 0;
}
