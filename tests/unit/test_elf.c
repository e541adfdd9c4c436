/* test_elf.c: where program and interpreter are mapped, and with which rights.
 * Broken files: test_elf_hostile.c. */
#include "tests/support/elf_fixture.h"

#include "vmm/gmem.h"
#include "vmm/layout.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#define RX (PROT_READ | PROT_EXEC)
#define RW (PROT_READ | PROT_WRITE)

/* --- interpreters --- */

static int read_as_interp(void)
{
    struct elf_file file = open_built();
    int rc;

    file.is_interp = true;
    rc = elf_read(&file, NULL);
    elf_release(&file);
    close(file.fd);
    return rc;
}

static void a_broken_interpreter_is_elibbad(void **state)
{
    (void)state;
    build(ET_DYN);
    assert_int_equal(read_as_interp(), 0);
    b.eh.e_ident[EI_MAG0] = 'E';
    assert_int_equal(read_as_interp(), -ELIBBAD);
    build(ET_DYN);
    b.eh.e_machine = EM_AARCH64;
    assert_int_equal(read_as_interp(), -ELIBBAD);
    build(ET_DYN);
    b.eh.e_phentsize--;
    assert_int_equal(read_as_interp(), -ELIBBAD);
    build(ET_DYN);
    b.eh.e_phnum = 0;
    assert_int_equal(read_as_interp(), -ELIBBAD);
    build(ET_DYN);
    b.eh.e_phoff = b.size - 1;
    assert_int_equal(read_as_interp(), -ELIBBAD);
}

static void an_interpreters_own_interpreter_is_ignored(void **state)
{
    (void)state;
    build(ET_DYN);
    elf_build_interp(&b, "", 1);
    assert_int_equal(read_as_interp(), 0);
}

static void an_interpreter_shorter_than_its_header_is_eio(void **state)
{
    (void)state;
    build(ET_DYN);
    b.size = sizeof(Elf64_Ehdr) - 1;
    assert_int_equal(read_as_interp(), -EIO);
}

/* Load a program of (type) with an interpreter of (interp_type). */
static int load_pair(uint16_t type, uint16_t interp_type, uint64_t interp_base,
                     struct elf_loaded *out)
{
    struct elf_file prog, interp;
    int rc;

    build(type);
    prog = open_built();
    elf_build(&b, ET_DYN, interp_base);
    b.eh.e_type = interp_type;
    interp = open_built();
    interp.is_interp = true;
    assert_int_equal(elf_read(&prog, NULL), 0);
    assert_int_equal(elf_read(&interp, NULL), 0);
    rc = elf_load(&mm, &prog, &interp, out, NULL);
    elf_release(&prog);
    elf_release(&interp);
    close(prog.fd);
    close(interp.fd);
    return rc;
}

static void an_interpreter_starts_before_the_program(void **state)
{
    struct elf_loaded l;

    (void)state;
    assert_int_equal(load_pair(ET_DYN, ET_DYN, 0, &l), 0);
    assert_int_equal(l.interp_base, mm.mmap_top - 0x3000);
    assert_int_equal(l.start, l.interp_base + ELF_BUILD_CODE);
    assert_int_equal(l.entry, mm.image + ELF_BUILD_CODE);
    assert_int_equal(l.phdr, mm.image + sizeof(Elf64_Ehdr));
    assert_int_equal(fake_mm_prot(l.interp_base), RX);
    assert_int_equal(fake_mm_prot(l.interp_base + 0x1000), RW);
    assert_int_equal(fake_mm_prot(l.interp_base + 0x2000), RW);
    assert_int_equal(fake_mm_prot(l.interp_base + 0x3000), -1);
    assert_int_equal(fake_mm_pages(), 6);
}

static void an_interpreter_linked_at_an_address_is_moved(void **state)
{
    struct elf_loaded l;

    (void)state;
    assert_int_equal(load_pair(ET_EXEC, ET_DYN, 0x70000000000, &l), 0);
    assert_int_equal(l.interp_base + 0x70000000000, mm.mmap_top - 0x3000);
    assert_int_equal(l.start, mm.mmap_top - 0x3000 + ELF_BUILD_CODE);
    assert_int_equal(l.entry, FIXED_BASE + ELF_BUILD_CODE);
}

static void an_interpreter_on_top_of_the_program_is_eexist(void **state)
{
    struct elf_loaded l;

    (void)state;
    assert_int_equal(load_pair(ET_EXEC, ET_EXEC, FIXED_BASE + 0x2000, &l),
                     -EEXIST);
    assert_true(all_bytes(FIXED_BASE + 0x1000, 0x100, 0xa5));
}

static void an_interpreter_beside_the_program_is_left_there(void **state)
{
    struct elf_loaded l;

    (void)state;
    assert_int_equal(load_pair(ET_EXEC, ET_EXEC, FIXED_BASE + 0x3000, &l), 0);
    assert_int_equal(l.interp_base, 0);
    assert_int_equal(l.start, FIXED_BASE + 0x3000 + ELF_BUILD_CODE);
}

static void an_interpreter_that_is_no_program_is_elibbad(void **state)
{
    struct elf_loaded l;

    (void)state;
    assert_int_equal(load_pair(ET_DYN, ET_REL, 0, &l), -ELIBBAD);
}

/* --- layout --- */

/* What elf_build() makes, loaded at (base). */
static void check_layout(const struct elf_loaded *l, gva_t base)
{
    uint8_t head[ELF_BUILD_CODE + 12];

    assert_int_equal(l->entry, base + ELF_BUILD_CODE);
    assert_int_equal(l->start, l->entry);
    assert_int_equal(l->phdr, base + sizeof(Elf64_Ehdr));
    assert_int_equal(l->phnum, b.eh.e_phnum);
    assert_int_equal(l->interp_base, 0);
    assert_int_equal(l->brk, base + 0x3000);
    assert_int_equal(gmem_read(head, base, sizeof(head)), 0);
    assert_memory_equal(head, b.bytes, sizeof(head));
    assert_int_equal(fake_mm_prot(base), RX);
    assert_int_equal(fake_mm_prot(base + 0x1000), RW);
    assert_int_equal(fake_mm_prot(base + 0x2000), RW);
    assert_int_equal(fake_mm_pages(), 3);
    assert_true(all_bytes(base + 0x1000, 0x100, 0xa5));
    assert_true(all_bytes(base + 0x1100, 0xf00, 0));
    assert_true(all_bytes(base + 0x2000, 0x1000, 0));
}

static void a_fixed_program_lies_where_it_was_linked(void **state)
{
    struct outcome o;

    (void)state;
    build(ET_EXEC);
    o = load_built();
    assert_int_equal(o.load, 0);
    check_layout(&o.loaded, FIXED_BASE);
    assert_int_equal(native_execve(path, argv, envp, NULL), NATIVE_RUNS);
}

static void a_fixed_program_in_the_arena_lies_where_it_was_linked(void **state)
{
    struct outcome o;

    (void)state;
    elf_build(&b, ET_EXEC, ARENA_BASE + GIB);
    o = load_built();
    assert_int_equal(o.load, 0);
    check_layout(&o.loaded, ARENA_BASE + GIB);
}

static void a_position_independent_program_lies_at_the_chosen_base(void **state)
{
    struct outcome o;

    (void)state;
    build(ET_DYN);
    o = load_built();
    assert_int_equal(o.load, 0);
    check_layout(&o.loaded, mm.image);
}

static void a_position_independent_program_may_be_linked_high(void **state)
{
    struct outcome o;

    (void)state;
    elf_build(&b, ET_DYN, UINT64_C(0x700000000000));
    o = load_built();
    assert_int_equal(o.load, 0);
    check_layout(&o.loaded, mm.image);
}

static void large_alignment_is_kept(void **state)
{
    struct outcome o;

    (void)state;
    mm.image += 0x5000;
    elf_build(&b, ET_DYN, 0x7000);
    b.ph[1].p_align = 2 * MIB;
    o = load_built();
    assert_int_equal(o.load, 0);
    assert_true(o.loaded.entry >= mm.image);
    assert_int_equal(o.loaded.entry % (2 * MIB), 0x7000 + ELF_BUILD_CODE);
    check_layout(&o.loaded, o.loaded.entry - ELF_BUILD_CODE);
}

static void segments_in_any_order_stay_inside_the_chosen_range(void **state)
{
    struct outcome o;
    Elf64_Phdr first;

    (void)state;
    build(ET_DYN);
    first = b.ph[0];
    b.ph[0] = b.ph[1];
    b.ph[1] = first;
    o = load_built();
    assert_int_equal(o.load, 0);
    check_layout(&o.loaded, mm.image);
}

static void holes_between_segments_stay_unmapped(void **state)
{
    struct outcome o;

    (void)state;
    build(ET_DYN);
    b.ph[1].p_vaddr = 0x801000;
    o = load_built();
    assert_int_equal(o.load, 0);
    assert_int_equal(fake_mm_prot(mm.image + 0x1000), -1);
    assert_int_equal(fake_mm_prot(mm.image + 0x801000), RW);
    assert_int_equal(o.loaded.brk, mm.image + 0x803000);
}

static void rights_are_those_of_the_header(void **state)
{
    static const struct {
        uint32_t flags;
        int prot, bss;
    } rights[] = {
        {0, PROT_NONE, RW},
        {PF_R, PROT_READ, RW},
        {PF_R | PF_W, RW, RW},
        {PF_R | PF_X, RX, RW | PROT_EXEC},
        {PF_R | PF_W | PF_X, RW | PROT_EXEC, RW | PROT_EXEC},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
        set_up(state);
        build(ET_DYN);
        b.ph[1].p_flags = rights[i].flags;
        assert_int_equal(load_built().load, 0);
        assert_int_equal(fake_mm_prot(mm.image + 0x1000), rights[i].prot);
        assert_int_equal(fake_mm_prot(mm.image + 0x2000), rights[i].bss);
        tear_down(state);
    }
    set_up(state);
}

static void a_page_that_is_not_writable_keeps_the_files_bytes(void **state)
{
    (void)state;
    build(ET_DYN);
    b.ph[1].p_flags = PF_R;
    assert_int_equal(load_built().load, 0);
    assert_true(all_bytes(mm.image + 0x1100, 0x100, 0xa5));
}

static void a_segment_that_is_all_bss_is_anonymous(void **state)
{
    struct outcome o;

    (void)state;
    build(ET_DYN);
    b.ph[1].p_filesz = 0;
    b.ph[1].p_vaddr += 0x80;
    o = load_built();
    assert_int_equal(o.load, 0);
    assert_true(all_bytes(mm.image + 0x1000, 0x1000, 0));
    assert_int_equal(o.loaded.brk, mm.image + 0x3080);
    assert_int_equal(fake_mm_pages(), 4);
}

static void program_headers_in_no_segment_are_at_the_load_bias(void **state)
{
    struct outcome o;

    (void)state;
    build(ET_DYN);
    b.ph[0].p_offset = ELF_BUILD_DATA;
    o = load_built();
    assert_int_equal(o.load, 0);
    assert_int_equal(o.loaded.phdr, mm.image); /* as Linux does it */
}

static void only_an_executable_gnu_stack_asks_for_one(void **state)
{
    for (uint32_t flags = 0; flags < 8; flags++) {
        set_up(state);
        build(ET_DYN);
        elf_build_add(&b,
                      (Elf64_Phdr){.p_type = PT_GNU_STACK, .p_flags = flags});
        assert_int_equal(load_built().loaded.exec_stack, flags & PF_X);
        tear_down(state);
    }
    set_up(state);
    build(ET_DYN);
    assert_false(load_built().loaded.exec_stack);
}

static void a_program_on_top_of_the_stack_is_eexist(void **state)
{
    int64_t end = mm_map_stack(&mm, MIB);

    (void)state;
    elf_build(&b, ET_EXEC, (gva_t)end - 0x4000);
    assert_int_equal(load_built().load, -EEXIST);
}

static void changes_to_the_file_after_reading_do_not_matter(void **state)
{
    struct elf_file file;
    struct elf_loaded l;

    (void)state;
    build(ET_DYN);
    file = open_built();
    assert_int_equal(elf_read(&file, NULL), 0);
    assert_int_equal(truncate(path, 0), 0);
    assert_int_equal(truncate(path, ELF_BUILD_SIZE), 0);
    assert_int_equal(elf_load(&mm, &file, NULL, &l, NULL), 0);
    assert_int_equal(l.entry, mm.image + ELF_BUILD_CODE);
    elf_release(&file);
    close(file.fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ELF_TEST(a_broken_interpreter_is_elibbad),
        ELF_TEST(an_interpreters_own_interpreter_is_ignored),
        ELF_TEST(an_interpreter_shorter_than_its_header_is_eio),
        ELF_TEST(an_interpreter_starts_before_the_program),
        ELF_TEST(an_interpreter_linked_at_an_address_is_moved),
        ELF_TEST(an_interpreter_on_top_of_the_program_is_eexist),
        ELF_TEST(an_interpreter_beside_the_program_is_left_there),
        ELF_TEST(an_interpreter_that_is_no_program_is_elibbad),
        ELF_TEST(a_fixed_program_lies_where_it_was_linked),
        ELF_TEST(a_fixed_program_in_the_arena_lies_where_it_was_linked),
        ELF_TEST(a_position_independent_program_lies_at_the_chosen_base),
        ELF_TEST(a_position_independent_program_may_be_linked_high),
        ELF_TEST(large_alignment_is_kept),
        ELF_TEST(segments_in_any_order_stay_inside_the_chosen_range),
        ELF_TEST(holes_between_segments_stay_unmapped),
        ELF_TEST(rights_are_those_of_the_header),
        ELF_TEST(a_page_that_is_not_writable_keeps_the_files_bytes),
        ELF_TEST(a_segment_that_is_all_bss_is_anonymous),
        ELF_TEST(program_headers_in_no_segment_are_at_the_load_bias),
        ELF_TEST(only_an_executable_gnu_stack_asks_for_one),
        ELF_TEST(a_program_on_top_of_the_stack_is_eexist),
        ELF_TEST(changes_to_the_file_after_reading_do_not_matter),
    };

    return cmocka_run_group_tests(tests, set_up_dir, remove_dir);
}
