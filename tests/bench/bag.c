/*
 * bag FOLDER OUT.zip: packs a folder as `yunjuan archive` packs its papers, and prints how many bytes
 * it read. For make bench.
 */
#include <stdio.h>
#include <stdlib.h>

#include "parcel/bag.h"

int
main(int argc, char **argv)
{
	struct bag_options options = { .top = "bench", .kind = "archive", .time = 1620610200 };
	struct file_list files = { 0 };
	struct err err = { 0 };
	struct bag *bag;
	size_t i;
	int rc;

	if (argc != 3)
		return 2;
	bag = bag_new(&options);
	rc = file_list_below(&files, argv[1], &err);
	for (i = 0; i < files.count && rc == 0; i++) {
		char *path = file_join(argv[1], files.names[i]);

		rc = bag_add_file(bag, files.names[i], path, &err);
		free(path);
	}
	if (rc == 0)
		rc = bag_finish(bag, argv[2], NULL, &err);
	if (rc != 0)
		err_print(&err);
	file_list_release(&files);
	bag_free(bag);
	return rc == 0 ? 0 : 1;
}
