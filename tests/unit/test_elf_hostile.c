/*
 * test_elf_hostile.c: broken and hostile ELF files. Each is also given to the
 * host's execve, which has to give the same answer.
 */
#include "tests/support/elf_fixture.h"

#include "vmm/layout.h"
#include "vmm/util.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

struct hostile {
    const char *name; /* of the test */
    uint16_t type;
    void (*change)(void);
    int read;     /* expected of elf_read */
    int load;     /* expected of elf_load */
    bool differs; /* natively it runs, or may */
};

static void bad_magic(void)
{
    b.eh.e_ident[EI_MAG3] = 'G';
}

static void relocatable(void)
{
    b.eh.e_type = ET_REL;
}

static void core(void)
{
    b.eh.e_type = ET_CORE;
}

static void no_type(void)
{
    b.eh.e_type = ET_NONE;
}

static void i386(void)
{
    b.eh.e_ident[EI_CLASS] = ELFCLASS32;
    b.eh.e_machine = EM_386;
}

static void aarch64(void)
{
    b.eh.e_machine = EM_AARCH64;
}

static void class32_only(void)
{
    b.eh.e_ident[EI_CLASS] = ELFCLASS32;
}

static void small_phdrs(void)
{
    b.eh.e_phentsize = sizeof(Elf32_Phdr);
}

static void no_phentsize(void)
{
    b.eh.e_phentsize = 0;
}

static void no_phdrs(void)
{
    b.eh.e_phnum = 0;
}

static void most_phdrs(void)
{
    b.eh.e_phnum = UINT16_MAX;
}

static void phdrs_above_64_kib(void)
{
    b.eh.e_phnum = 65536 / sizeof(Elf64_Phdr) + 1;
}

static void phdrs_across_the_end(void)
{
    b.eh.e_phoff = b.size - sizeof(Elf64_Phdr);
}

static void phdrs_behind_the_end(void)
{
    b.eh.e_phoff = b.size;
}

static void phdrs_at_a_negative_offset(void)
{
    b.eh.e_phoff = UINT64_MAX - 7;
}

static void interp_of_one_byte(void)
{
    elf_build_interp(&b, "", 1);
}

static void interp_of_more_than_path_max(void)
{
    elf_build_interp(&b, "/x", 3);
    b.ph[2].p_filesz = PATH_MAX + 1;
}

static void interp_without_end(void)
{
    elf_build_interp(&b, "/lib/ld", 7);
}

static void interp_behind_the_end(void)
{
    elf_build_interp(&b, "/lib/ld", 8);
    b.ph[2].p_offset = b.size - 4;
}

static void interp_at_a_negative_offset(void)
{
    elf_build_interp(&b, "/lib/ld", 8);
    b.ph[2].p_offset = UINT64_C(1) << 63;
}

static void nothing_to_load(void)
{
    b.ph[0].p_type = b.ph[1].p_type = PT_NOTE;
}

static void empty_segments(void)
{
    b.ph[0].p_filesz = b.ph[0].p_memsz = 0;
    b.ph[1].p_type = PT_NOTE;
}

static void more_in_file_than_in_memory(void)
{
    b.ph[1].p_memsz = b.ph[1].p_filesz - 1;
}

static void wraps(void)
{
    b.ph[1].p_memsz = UINT64_MAX - b.ph[1].p_vaddr;
}

static void kernel_address(void)
{
    b.ph[1].p_vaddr = UINT64_C(0xffffffff80001000);
}

static void huge_memory(void)
{
    b.ph[1].p_memsz = UINT64_C(0x7fff00000000) - b.ph[1].p_vaddr;
}

static void huge_in_file(void)
{
    b.ph[1].p_memsz = UINT64_C(0x7fff00000000) - b.ph[1].p_vaddr;
    b.ph[1].p_filesz = b.ph[1].p_memsz;
}

static void offset_does_not_fit(void)
{
    b.ph[1].p_offset += 8;
}

static void offset_below_page_part(void)
{
    b.ph[0].p_vaddr += 8;
}

static void offset_beyond_any_file(void)
{
    b.ph[1].p_offset = UINT64_C(0x8000000000000000);
}

static void huge_alignment(void)
{
    b.ph[0].p_align = UINT64_C(1) << 63;
}

static void entry_in_the_kernel(void)
{
    b.eh.e_entry = UINT64_C(1) << 63;
}

static void file_ends_before_its_data(void)
{
    b.size = ELF_BUILD_DATA;
}

static void at_zero(void)
{
    b.ph[0].p_vaddr = 0;
}

static void below_the_low_window(void)
{
    b.ph[0].p_vaddr = 0x8000;
}

static void between_the_windows(void)
{
    b.ph[1].p_vaddr = LOW_END + GIB;
}

static void overlapping(void)
{
    b.ph[0].p_filesz = b.ph[0].p_memsz = 0x1100;
}

static void align_three(void)
{
    b.ph[0].p_align = b.ph[1].p_align = 3;
}

static void align_zero(void)
{
    b.ph[0].p_align = b.ph[1].p_align = 0;
}

static void two_interps(void)
{
    elf_build_interp(&b, "/lib64/ld-linux-x86-64.so.2", 28);
    elf_build_add(&b, (Elf64_Phdr){.p_type = PT_INTERP});
}

static void read_only_bss(void)
{
    b.ph[1].p_flags = PF_R;
}

static void phdrs_in_no_segment(void)
{
    b.ph[0].p_offset = ELF_BUILD_DATA;
}

/* clang-format off */
static struct hostile hostile[] = {
    {"bad_magic_is_enoexec", ET_EXEC, bad_magic, -ENOEXEC, 0, false},
    {"a_relocatable_file_is_enoexec", ET_DYN, relocatable, -ENOEXEC, 0, false},
    {"a_core_file_is_enoexec", ET_DYN, core, -ENOEXEC, 0, false},
    {"a_file_without_type_is_enoexec", ET_DYN, no_type, -ENOEXEC, 0, false},
    {"a_32_bit_program_is_enoexec", ET_EXEC, i386, -ENOEXEC, 0, true},
    {"an_aarch64_program_is_enoexec", ET_DYN, aarch64, -ENOEXEC, 0, false},
    {"the_class_byte_alone_is_ignored", ET_EXEC, class32_only, 0, 0, false},
    {"program_headers_of_another_size_are_enoexec", ET_DYN, small_phdrs, -ENOEXEC, 0, false},
    {"program_headers_of_size_0_are_enoexec", ET_DYN, no_phentsize, -ENOEXEC, 0, false},
    {"no_program_headers_are_enoexec", ET_DYN, no_phdrs, -ENOEXEC, 0, false},
    {"65535_program_headers_are_enoexec", ET_DYN, most_phdrs, -ENOEXEC, 0, false},
    {"more_than_64_kib_of_program_headers_are_enoexec", ET_DYN, phdrs_above_64_kib, -ENOEXEC, 0, false},
    {"program_headers_across_the_end_are_enoexec", ET_DYN, phdrs_across_the_end, -ENOEXEC, 0, false},
    {"program_headers_behind_the_end_are_enoexec", ET_DYN, phdrs_behind_the_end, -ENOEXEC, 0, false},
    {"program_headers_at_a_negative_offset_are_enoexec", ET_DYN, phdrs_at_a_negative_offset, -ENOEXEC, 0, false},
    {"an_interpreter_path_of_one_byte_is_enoexec", ET_DYN, interp_of_one_byte, -ENOEXEC, 0, false},
    {"an_interpreter_path_above_path_max_is_enoexec", ET_DYN, interp_of_more_than_path_max, -ENOEXEC, 0, false},
    {"an_interpreter_path_without_end_is_enoexec", ET_DYN, interp_without_end, -ENOEXEC, 0, false},
    {"an_interpreter_path_behind_the_end_is_eio", ET_DYN, interp_behind_the_end, -EIO, 0, false},
    {"an_interpreter_path_at_a_negative_offset_is_einval", ET_DYN, interp_at_a_negative_offset, -EINVAL, 0, false},
    {"nothing_to_load_is_einval", ET_DYN, nothing_to_load, 0, -EINVAL, true},
    {"nothing_to_load_at_a_fixed_address_is_einval", ET_EXEC, nothing_to_load, 0, -EINVAL, true},
    {"empty_segments_are_einval", ET_DYN, empty_segments, 0, -EINVAL, false},
    {"a_segment_larger_in_the_file_is_einval", ET_DYN, more_in_file_than_in_memory, 0, -EINVAL, false},
    {"a_segment_that_wraps_is_einval", ET_DYN, wraps, 0, -EINVAL, false},
    {"a_segment_in_the_kernels_half_is_einval", ET_EXEC, kernel_address, 0, -EINVAL, false},
    {"huge_memory_is_enomem", ET_DYN, huge_memory, 0, -ENOMEM, false},
    {"huge_memory_at_a_fixed_address_is_enomem", ET_EXEC, huge_memory, 0, -ENOMEM, false},
    {"a_huge_part_of_the_file_is_enomem", ET_EXEC, huge_in_file, 0, -ENOMEM, false},
    {"an_offset_that_does_not_fit_the_address_is_einval", ET_DYN, offset_does_not_fit, 0, -EINVAL, false},
    {"an_offset_below_the_part_of_a_page_is_einval", ET_DYN, offset_below_page_part, 0, -EINVAL, false},
    {"an_offset_beyond_any_file_is_eoverflow", ET_DYN, offset_beyond_any_file, 0, -EOVERFLOW, false},
    {"an_alignment_of_2_to_the_63_is_enomem", ET_DYN, huge_alignment, 0, -ENOMEM, true},
    {"an_entry_in_the_kernels_half_is_einval", ET_EXEC, entry_in_the_kernel, 0, -EINVAL, false},
    {"data_behind_the_end_of_the_file_is_efault", ET_DYN, file_ends_before_its_data, 0, -EFAULT, false},
    {"a_segment_at_0_is_eperm", ET_EXEC, at_zero, 0, -EPERM, true},
    {"a_segment_below_the_low_window_is_eperm", ET_EXEC, below_the_low_window, 0, -EPERM, true},
    {"a_segment_between_the_windows_is_enomem", ET_EXEC, between_the_windows, 0, -ENOMEM, true},
    {"overlapping_segments_load", ET_DYN, overlapping, 0, 0, false},
    {"overlapping_segments_at_fixed_addresses_load", ET_EXEC, overlapping, 0, 0, false},
    {"an_alignment_of_3_is_ignored", ET_DYN, align_three, 0, 0, false},
    {"an_alignment_of_0_is_ignored", ET_DYN, align_zero, 0, 0, false},
    {"only_the_first_interpreter_path_counts", ET_DYN, two_interps, 0, 0, false},
    {"a_read_only_bss_loads", ET_DYN, read_only_bss, 0, 0, false},
    {"unmapped_program_headers_load", ET_DYN, phdrs_in_no_segment, 0, 0, false},
};
/* clang-format on */

static void hostile_file(void **state)
{
    const struct hostile *h = *state;
    struct outcome o;
    int native;

    build(h->type);
    h->change();
    o = load_built();
    assert_int_equal(o.read, h->read);
    assert_int_equal(o.load, h->load);
    if (o.read || o.load) {
        assert_int_equal(o.diag.code, o.read ? o.read : o.load);
        assert_non_null(strstr(o.diag.text, "program"));
    }
    if (h->differs)
        return;
    native = native_execve(path, argv, envp, NULL);
    if (h->read)
        assert_int_equal(native, h->read);
    else
        assert_int_equal(native, h->load ? NATIVE_SIGSEGV : NATIVE_RUNS);
}

static void truncated_files_get_the_hosts_errno(void **state)
{
    const size_t size = sizeof(Elf64_Ehdr);
    const size_t cuts[] = {
        0,
        1,
        3,
        4,
        EI_NIDENT,
        offsetof(Elf64_Ehdr, e_machine),
        offsetof(Elf64_Ehdr, e_version),
        offsetof(Elf64_Ehdr, e_entry),
        offsetof(Elf64_Ehdr, e_phoff),
        offsetof(Elf64_Ehdr, e_phoff) + 1,
        offsetof(Elf64_Ehdr, e_phentsize),
        offsetof(Elf64_Ehdr, e_phentsize) + 1,
        offsetof(Elf64_Ehdr, e_phnum),
        offsetof(Elf64_Ehdr, e_phnum) + 1,
        offsetof(Elf64_Ehdr, e_shentsize),
        size - 1,
        size,
        size + sizeof(Elf64_Phdr) - 1,
        size + sizeof(Elf64_Phdr),
        size + 2 * sizeof(Elf64_Phdr) - 1,
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cuts); i++) {
        build(ET_DYN);
        b.size = cuts[i];
        assert_int_equal(load_built().read, -ENOEXEC);
        assert_int_equal(native_execve(path, argv, envp, NULL), -ENOEXEC);
    }
}

static void a_file_of_headers_only_dies_as_natively(void **state)
{
    (void)state;
    build(ET_DYN);
    b.size = sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr);
    assert_int_equal(load_built().load, -EFAULT);
    assert_int_equal(native_execve(path, argv, envp, NULL), NATIVE_SIGSEGV);
}

int main(void)
{
    const struct CMUnitTest plain[] = {
        ELF_TEST(truncated_files_get_the_hosts_errno),
        ELF_TEST(a_file_of_headers_only_dies_as_natively),
    };
    struct CMUnitTest tests[ARRAY_SIZE(plain) + ARRAY_SIZE(hostile)];

    memcpy(tests, plain, sizeof(plain));
    for (size_t i = 0; i < ARRAY_SIZE(hostile); i++)
        tests[ARRAY_SIZE(plain) + i] = (struct CMUnitTest){
            hostile[i].name, hostile_file, set_up, tear_down, &hostile[i]};
    return cmocka_run_group_tests(tests, set_up_dir, remove_dir);
}
