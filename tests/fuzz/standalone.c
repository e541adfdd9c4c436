/*
 * standalone.c: main() of a fuzz target where libFuzzer is not linked: runs it
 * on the files, and the files in the directories, that are named as arguments.
 * So any compiler, and the tests, can replay a corpus.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static _Noreturn void give_up(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    exit(1);
}

/* Run the target on one file, in a buffer of exactly its size, so that a
 * sanitizer sees every read beyond it. */
static void run_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "re");
    uint8_t *data = malloc(size ? size : 1);

    if (!file || !data || fread(data, 1, size, file) != size)
        give_up(path);
    fclose(file);
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
}

/* Run it on (path) or all that is in it; returns the number of files. */
static unsigned run(const char *path)
{
    struct dirent **entries;
    unsigned files = 0;
    struct stat st;
    int n;

    if (stat(path, &st) < 0)
        give_up(path);
    if (!S_ISDIR(st.st_mode)) {
        run_file(path, (size_t)st.st_size);
        return 1;
    }
    n = scandir(path, &entries, NULL, alphasort);
    if (n < 0)
        give_up(path);
    for (int i = 0; i < n; i++) {
        char *name;

        if (entries[i]->d_name[0] != '.') {
            if (asprintf(&name, "%s/%s", path, entries[i]->d_name) < 0)
                give_up(path);
            files += run(name);
            free(name);
        }
        free(entries[i]);
    }
    free(entries);
    return files;
}

int main(int argc, char **argv)
{
    unsigned files = 0;

    for (int i = 1; i < argc; i++)
        files += run(argv[i]);
    printf("%u files\n", files);
    return files > 0 ? 0 : 1; /* a corpus that is not there proves nothing */
}
