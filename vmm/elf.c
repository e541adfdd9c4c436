/*
 * elf.c: ELF headers to mappings. Each check stands where Linux makes it, so
 * that a file with two faults gets the same errno.
 */
#include "vmm/elf.h"

#include "vmm/gmem.h"
#include "vmm/layout.h"
#include "vmm/mm.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PHDRS_MAX (64 * KIB) /* of program headers, in bytes */

/* TASK_SIZE: the end of the user's half with four levels of page tables. */
#define TASK_END UINT64_C(0x7ffffffff000)

/* Read all of (len) bytes; as Linux, -EIO where the file is shorter. */
static int read_all(int fd, void *buf, size_t len, uint64_t offset)
{
    ssize_t n = pread(fd, buf, len, (off_t)offset);

    if (n < 0)
        return -errno;
    return (size_t)n == len ? 0 : -EIO;
}

/* The file header. A program's is taken from its first bytes padded with zero,
 * an interpreter's must be there. */
static int read_header(const struct elf_file *file, Elf64_Ehdr *eh,
                       struct diag *d)
{
    ssize_t n;

    memset(eh, 0, sizeof(*eh));
    n = pread(file->fd, eh, sizeof(*eh), 0);
    if (n < 0)
        return diag_set(d, -errno, "cannot read %s", file->name);
    if (file->is_interp && (size_t)n < sizeof(*eh))
        return diag_set(d, -EIO, "cannot run %s: too short", file->name);
    return 0;
}

/* What Linux looks at in the file header. It does not look at EI_CLASS: a
 * 32-bit program is told by its machine. */
static int check_header(const struct elf_file *file, const Elf64_Ehdr *eh,
                        struct diag *d)
{
    int code = file->is_interp ? -ELIBBAD : -ENOEXEC;
    uint32_t size = eh->e_phnum * (uint32_t)sizeof(Elf64_Phdr);

    if (memcmp(eh->e_ident, ELFMAG, SELFMAG) != 0) {
        diag_set(d, code, "cannot run %s: not an ELF file", file->name);
        if (!file->is_interp)
            diag_hint(d, "a script must begin with #! and an interpreter");
        return code;
    }
    if (!file->is_interp && eh->e_type != ET_EXEC && eh->e_type != ET_DYN)
        return diag_set(d, code, "cannot run %s: not a program (e_type %u)",
                        file->name, eh->e_type);
    if (eh->e_machine != EM_X86_64) {
        diag_set(d, code, "cannot run %s: built for another machine (%u)",
                 file->name, eh->e_machine);
        diag_hint(d, "only 64-bit x86 programs run");
        return code;
    }
    if (eh->e_phentsize != sizeof(Elf64_Phdr))
        return diag_set(d, code, "cannot run %s: program headers of %u bytes",
                        file->name, eh->e_phentsize);
    if (size == 0 || size > PHDRS_MAX)
        return diag_set(d, code, "cannot run %s: %u program headers",
                        file->name, eh->e_phnum);
    return 0;
}

static int read_phdrs(struct elf_file *file, struct diag *d)
{
    size_t size = file->phnum * sizeof(Elf64_Phdr);

    file->phdr = malloc(size);
    if (!file->phdr)
        return diag_set(d, -ENOMEM, "cannot run %s", file->name);
    if (read_all(file->fd, file->phdr, size, file->phoff) < 0)
        return diag_set(d, file->is_interp ? -ELIBBAD : -ENOEXEC,
                        "cannot run %s: cannot read its program headers",
                        file->name);
    return 0;
}

/* The path in the first PT_INTERP, if there is one. */
static int read_interp(struct elf_file *file, struct diag *d)
{
    const Elf64_Phdr *ph = file->phdr;
    const Elf64_Phdr *end = ph + file->phnum;
    int rc;

    while (ph < end && ph->p_type != PT_INTERP)
        ph++;
    if (ph == end)
        return 0;
    if (ph->p_filesz < 2 || ph->p_filesz > PATH_MAX)
        return diag_set(d, -ENOEXEC,
                        "cannot run %s: interpreter path of %" PRIu64 " bytes",
                        file->name, ph->p_filesz);
    file->interp = malloc(ph->p_filesz);
    if (!file->interp)
        return diag_set(d, -ENOMEM, "cannot run %s", file->name);
    rc = read_all(file->fd, file->interp, ph->p_filesz, ph->p_offset);
    if (rc < 0)
        return diag_set(d, rc, "cannot run %s: cannot read its PT_INTERP",
                        file->name);
    if (file->interp[ph->p_filesz - 1] != '\0')
        return diag_set(d, -ENOEXEC,
                        "cannot run %s: interpreter path without end",
                        file->name);
    return 0;
}

int elf_read(struct elf_file *file, struct diag *d)
{
    Elf64_Ehdr eh;
    int rc;

    file->phdr = NULL;
    file->interp = NULL;
    file->exec_stack = false;
    rc = read_header(file, &eh, d);
    if (rc == 0)
        rc = check_header(file, &eh, d);
    if (rc < 0)
        return rc;
    file->type = eh.e_type;
    file->entry = eh.e_entry;
    file->phoff = eh.e_phoff;
    file->phnum = eh.e_phnum;
    rc = read_phdrs(file, d);
    if (rc == 0 && !file->is_interp)
        rc = read_interp(file, d);
    if (rc < 0) {
        elf_release(file);
        return rc;
    }
    for (unsigned i = 0; i < file->phnum; i++)
        if (file->phdr[i].p_type == PT_GNU_STACK)
            file->exec_stack = file->phdr[i].p_flags & PF_X;
    return 0;
}

void elf_release(struct elf_file *file)
{
    free(file->phdr);
    free(file->interp);
    file->phdr = NULL;
    file->interp = NULL;
}

/* What the PT_LOADs of a file cover together. */
struct extent {
    uint64_t start; /* page-aligned */
    uint64_t end;   /* page-aligned */
    uint64_t brk;   /* end of the last byte */
    uint64_t align; /* largest power of two among p_align, a page at least */
    uint64_t phdr;  /* address of the program headers; 0 if not mapped */
};

static bool sane_segment(const Elf64_Phdr *ph)
{
    return ph->p_vaddr < TASK_END && ph->p_filesz <= ph->p_memsz &&
           ph->p_memsz <= TASK_END - ph->p_vaddr;
}

static int measure(const struct elf_file *file, struct extent *out,
                   struct diag *d)
{
    *out = (struct extent){.start = UINT64_MAX, .align = PAGE_SIZE};
    for (unsigned i = 0; i < file->phnum; i++) {
        const Elf64_Phdr *ph = &file->phdr[i];

        if (ph->p_type != PT_LOAD)
            continue;
        if (!sane_segment(ph))
            return diag_set(d, -EINVAL, "cannot run %s: segment %u is broken",
                            file->name, i);
        out->start = min_u64(out->start, ALIGN_DOWN(ph->p_vaddr, PAGE_SIZE));
        out->brk = max_u64(out->brk, ph->p_vaddr + ph->p_memsz);
        if ((ph->p_align & (ph->p_align - 1)) == 0)
            out->align = max_u64(out->align, ph->p_align);
        if (ph->p_offset <= file->phoff &&
            file->phoff - ph->p_offset < ph->p_filesz)
            out->phdr = ph->p_vaddr + (file->phoff - ph->p_offset);
    }
    out->end = ALIGN_UP(out->brk, PAGE_SIZE);
    if (out->start >= out->end)
        return diag_set(d, -EINVAL, "cannot run %s: it has nothing to load",
                        file->name);
    return 0;
}

/* A free range where mmap would put a mapping of (len) bytes. */
static int64_t mmap_room(struct mm *mm, uint64_t len)
{
    int64_t base = mm_mmap(mm, 0, len, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    int64_t rc = base < 0 ? base : mm_munmap(mm, (gva_t)base, len);

    return rc < 0 ? rc : base;
}

/*
 * Choose what is added to every address of the file. An ET_DYN gets one free
 * range for all of its segments, so that no other image comes between them.
 */
static int choose_bias(struct mm *mm, const struct elf_file *file,
                       const struct extent *e, uint64_t *bias, struct diag *d)
{
    uint64_t skew = e->start & (e->align - 1);
    int64_t base;

    *bias = 0;
    if (file->type == ET_EXEC)
        return 0;
    if (file->is_interp) {
        skew = 0; /* Linux aligns interpreters to pages only */
        base = mmap_room(mm, e->end - e->start);
    } else {
        base = mm_choose_image_base(mm, skew + (e->end - e->start), e->align);
    }
    if (base < 0)
        return diag_set(d, (int)base,
                        "cannot run %s: no room for %" PRIu64
                        " bytes aligned to %" PRIu64,
                        file->name, e->end - e->start, e->align);
    *bias = (uint64_t)base + skew - e->start;
    return 0;
}

static int segment_prot(const Elf64_Phdr *ph)
{
    return (ph->p_flags & PF_R ? PROT_READ : 0) |
           (ph->p_flags & PF_W ? PROT_WRITE : 0) |
           (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

/* Map what a segment has in the file, and clear the rest of its last page. */
static int64_t map_file_part(struct mm *mm, const struct elf_file *file,
                             const Elf64_Phdr *ph, uint64_t bias, int fixed)
{
    static const uint8_t zeroes[PAGE_SIZE];
    uint64_t skew = ph->p_vaddr & (PAGE_SIZE - 1);
    gva_t end = bias + ph->p_vaddr + ph->p_filesz;
    int prot = segment_prot(ph);
    int64_t rc = mm_mmap(mm, bias + ph->p_vaddr - skew, skew + ph->p_filesz,
                         prot, MAP_PRIVATE | MAP_DENYWRITE | fixed, file->fd,
                         ph->p_offset - skew);

    if (rc < 0 || ph->p_memsz == ph->p_filesz)
        return rc;
    /* As Linux, leave the file's bytes in a page that is not writable. */
    if (gmem_write(end, zeroes, ALIGN_UP(end, PAGE_SIZE) - end) < 0 &&
        (prot & PROT_WRITE))
        return -EFAULT;
    return 0;
}

/* Map the pages of a segment behind what it has in the file. They are writable
 * whatever the segment is, as Linux maps them. */
static int64_t map_bss_part(struct mm *mm, const Elf64_Phdr *ph, uint64_t bias,
                            int fixed)
{
    uint64_t from = ph->p_filesz
                        ? ALIGN_UP(ph->p_vaddr + ph->p_filesz, PAGE_SIZE)
                        : ALIGN_DOWN(ph->p_vaddr, PAGE_SIZE);
    uint64_t to = ALIGN_UP(ph->p_vaddr + ph->p_memsz, PAGE_SIZE);

    if (from >= to)
        return 0;
    return mm_mmap(mm, bias + from, to - from,
                   PROT_READ | PROT_WRITE | (segment_prot(ph) & PROT_EXEC),
                   MAP_PRIVATE | MAP_ANONYMOUS | fixed, -1, 0);
}

/* Tell why a segment could not be mapped. */
static int map_failed(const struct elf_file *file, const Elf64_Phdr *ph,
                      int64_t rc, uint64_t bias, struct diag *d)
{
    uint64_t addr = bias + ph->p_vaddr;

    diag_set(d, (int)rc,
             "cannot run %s: cannot map its %" PRIu64 " bytes at 0x%" PRIx64,
             file->name, ph->p_memsz, addr);
    if (file->type == ET_EXEC && !gmem_in_window(addr, ph->p_memsz))
        diag_hint(d,
                  "fixed addresses begin at 0x%" PRIx64
                  "; link it as position independent (-pie)",
                  LOW_BASE);
    return (int)rc;
}

/* Map all segments of one file. */
static int map_image(struct mm *mm, const struct elf_file *file, uint64_t bias,
                     struct diag *d)
{
    /* Segments of one file may overlap each other, but nothing else. */
    int fixed = MAP_FIXED_NOREPLACE;

    for (unsigned i = 0; i < file->phnum; i++) {
        const Elf64_Phdr *ph = &file->phdr[i];
        int64_t rc = 0;

        if (ph->p_type != PT_LOAD || ph->p_memsz == 0)
            continue;
        if (ph->p_filesz) {
            rc = map_file_part(mm, file, ph, bias, fixed);
            fixed = MAP_FIXED;
        }
        if (rc >= 0)
            rc = map_bss_part(mm, ph, bias, fixed);
        fixed = MAP_FIXED;
        if (rc < 0)
            return map_failed(file, ph, rc, bias, d);
    }
    return 0;
}

/* Place and map one file; (entry) becomes the address it starts at. */
static int load_image(struct mm *mm, const struct elf_file *file,
                      struct extent *e, uint64_t *bias, gva_t *entry,
                      struct diag *d)
{
    int rc = measure(file, e, d);

    if (rc == 0)
        rc = choose_bias(mm, file, e, bias, d);
    if (rc == 0)
        rc = map_image(mm, file, *bias, d);
    *entry = *bias + file->entry;
    return rc;
}

static int load_interp(struct mm *mm, const struct elf_file *interp,
                       struct elf_loaded *out, struct diag *d)
{
    struct extent e;

    if (interp->type != ET_EXEC && interp->type != ET_DYN)
        return diag_set(d, -ELIBBAD, "cannot run %s: not a program (e_type %u)",
                        interp->name, interp->type);
    return load_image(mm, interp, &e, &out->interp_base, &out->start, d);
}

/* As load_elf_binary() of Linux: the lowest code, the highest of the rest. */
static void tell_segments(const struct elf_file *file, uint64_t bias,
                          struct elf_loaded *out)
{
    out->start_code = UINT64_MAX;
    out->end_code = out->start_data = out->end_data = 0;
    for (unsigned i = 0; i < file->phnum; i++) {
        const Elf64_Phdr *ph = &file->phdr[i];
        gva_t start = bias + ph->p_vaddr;
        gva_t end = start + ph->p_filesz;

        if (ph->p_type != PT_LOAD)
            continue;
        if (ph->p_flags & PF_X) {
            out->start_code = min_u64(out->start_code, start);
            out->end_code = max_u64(out->end_code, end);
        }
        out->start_data = max_u64(out->start_data, start);
        out->end_data = max_u64(out->end_data, end);
    }
}

int elf_load(struct mm *mm, const struct elf_file *prog,
             const struct elf_file *interp, struct elf_loaded *out,
             struct diag *d)
{
    struct extent e;
    uint64_t bias = 0;
    int rc = load_image(mm, prog, &e, &bias, &out->entry, d);

    if (rc < 0)
        return rc;
    out->start = out->entry;
    out->phdr = bias + e.phdr;
    out->phnum = prog->phnum;
    out->brk = bias + e.brk;
    out->exec_stack = prog->exec_stack;
    out->interp_base = 0;
    tell_segments(prog, bias, out);
    if (interp)
        rc = load_interp(mm, interp, out, d);
    if (rc == 0 && out->start >= TASK_END)
        rc = diag_set(d, -EINVAL, "cannot run %s: it starts at 0x%" PRIx64,
                      prog->name, out->start);
    return rc;
}
