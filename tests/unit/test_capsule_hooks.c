/* test_capsule_hooks.c: hooks read and write guest memory as the call sees it,
 * and nothing that they saw or wrote changes before the host kernel reads it.
 */
#include "tests/unit/capsule_rows.h"

#include <stdio.h>

static const struct datum write_args[SYSCALL_ARGS] = {
    FD, BUF(DIR_IN, COUNT_OF, 2), UINT(8)};
static const struct datum ioctl_args[SYSCALL_ARGS] = {
    FD, INT(4), POINTER(DATUM_BUF, DIR_INOUT, .size = 8)};
static const struct datum readv_args[SYSCALL_ARGS] = {
    FD, ARRAY(DIR_IN, 16, &iovec_out, COUNT_OF, 2, IOV_MAX), UINT(8)};
static const struct datum nanosleep_args[SYSCALL_ARGS] = {
    STRUCT(DIR_IN, 16, NULL), STRUCT(DIR_OUT, 16, NULL)};

/* Another thread of the guest overwrites all of its memory. */
static void guest_changes_everything(void)
{
    memset(guest(MEM), '!', (size_t)(PAGES * PAGE_SIZE));
}

static void assert_reads(struct fixture *f, gva_t addr, const char *expected)
{
    char buf[256];
    size_t len = strlen(expected);

    assert_in_range(len, 1, sizeof(buf));
    assert_int_equal(capsule_read(f->cap, addr, buf, len), 0);
    assert_memory_equal(buf, expected, len);
}

static void assert_sound(const struct fixture *f)
{
    const char *wrong = capsule_unsound(f->cap);

    if (wrong != NULL)
        fail_msg("%s", wrong);
}

static void a_captured_range_is_read_from_the_capsule(void **state)
{
    struct fixture *f = *state;
    char buf[64];

    memset(guest(MEM), '-', 64);
    put_string(MEM + 10, "/etc/passwd");
    take(f, open_args, MEM + 10, 0, 0, 0, 0);
    guest_changes_everything();
    assert_reads(f, MEM + 10, "/etc/passwd");
    /* Across both edges of what is captured. */
    assert_int_equal(capsule_read(f->cap, MEM + 8, buf, 16), 0);
    assert_memory_equal(buf, "!!/etc/passwd\0!!", 16);
    assert_int_equal(capsule_read_string(f->cap, MEM + 15, buf, 64), 6);
    assert_string_equal(buf, "passwd");
    assert_int_equal(capsule_read_string(f->cap, MEM + 8, buf, 64), 13);
    assert_string_equal(buf, "!!/etc/passwd");
    assert_int_equal(capsule_read_string(f->cap, MEM + 8, buf, 13),
                     -ENAMETOOLONG);
}

static void
a_captured_range_is_readable_though_the_guest_unmapped_it(void **state)
{
    struct fixture *f = *state;
    char buf[16];

    memcpy(guest(END - 5), "/tmp", 5);
    take(f, open_args, END - 5, 0, 0, 0, 0);
    mprotect(guest(END - PAGE_SIZE), PAGE_SIZE, PROT_NONE);
    assert_reads(f, END - 5, "/tmp");
    assert_int_equal(capsule_read(f->cap, END - 5, buf, 6), -EFAULT);
    assert_int_equal(capsule_read(f->cap, END - 6, buf, 6), -EFAULT);
}

static void memory_outside_the_windows_is_not_for_hooks(void **state)
{
    static char secret[8] = "secret";
    struct fixture *f = *state;
    char buf[8];

    take(f, open_args, 0, 0, 0, 0, 0);
    assert_int_equal(capsule_read(f->cap, (gva_t)secret, buf, 8), -EFAULT);
    assert_int_equal(capsule_write(f->cap, (gva_t)secret, "x", 1), -EFAULT);
    assert_int_equal(capsule_read_string(f->cap, (gva_t)secret, buf, 8),
                     -EFAULT);
    assert_string_equal(secret, "secret");
    assert_int_equal(capsule_read(f->cap, MEM, buf, SIZE_MAX), -EFAULT);
    assert_int_equal(capsule_read_string(f->cap, UINT64_MAX, buf, 8), -EFAULT);
    assert_int_equal(capsule_read(f->cap, UINT64_MAX, buf, 0), 0);
    assert_int_equal(capsule_write(f->cap, 0, buf, 0), 0);
}

static void embedded_pointers_are_read_as_the_guest_has_them(void **state)
{
    struct fixture *f = *state;
    uint64_t base;

    put_u64(MEM, OUTSIDE);
    put_u64(MEM + 8, 7);
    take(f, writev_args, 1, MEM, 1, 0, 0);
    assert_int_equal(get_u64(host_ptr(f, 1)), GMEM_FAULT_ADDR);
    assert_int_equal(capsule_read(f->cap, MEM, &base, 8), 0);
    assert_int_equal(base, OUTSIDE);
}

static void a_touched_buffer_joins_as_a_whole(void **state)
{
    struct fixture *f = *state;

    put_string(MEM + 4096, "GET / HTTP/1.1");
    take(f, write_args, 1, MEM + 4096, 14, 0, 0);
    assert_int_equal(f->host[1], MEM + 4096);
    assert_reads(f, MEM + 4096, "GET");
    guest_changes_everything();
    assert_true(f->host[1] != MEM + 4096);
    assert_memory_equal(host_ptr(f, 1), "GET / HTTP/1.1", 14);
    assert_reads(f, MEM + 4096, "GET / HTTP/1.1");
    assert_sound(f);
}

static void a_buffer_that_is_not_touched_stays_in_place(void **state)
{
    struct fixture *f = *state;
    char c;

    take(f, write_args, 1, MEM + 4096, 14, 0, 0);
    assert_int_equal(capsule_read(f->cap, MEM + 4095, &c, 1), 0);
    assert_int_equal(capsule_read(f->cap, MEM + 4096 + 14, &c, 1), 0);
    assert_int_equal(f->host[1], MEM + 4096);
    capsule_seal(f->cap);
    assert_int_equal(capsule_read(f->cap, MEM + 4096, &c, 1), 0);
    assert_int_equal(f->host[1], MEM + 4096);
}

static void a_buffer_that_the_call_writes_never_joins(void **state)
{
    struct fixture *f = *state;
    char buf[4];

    take(f, read_args, 0, MEM, 100, 0, 0);
    assert_int_equal(capsule_read(f->cap, MEM, buf, 4), 0);
    assert_int_equal(capsule_write(f->cap, MEM, "abcd", 4), 0);
    assert_int_equal(f->host[1], MEM);
    assert_memory_equal(guest(MEM), "abcd", 4);
    capsule_seal(f->cap);
    memcpy(guest(MEM), "READ", 4); /* the kernel */
    assert_int_equal(capsule_put(f->cap), 0);
    assert_reads(f, MEM, "READ");
}

static void a_buffer_inside_a_vector_joins(void **state)
{
    struct fixture *f = *state;
    uint64_t *iov;

    put_u64(MEM, MEM + 4096);
    put_u64(MEM + 8, 5);
    put_u64(MEM + 16, MEM + 8192);
    put_u64(MEM + 24, 6);
    put_string(MEM + 4096, "hello");
    put_string(MEM + 8192, "world");
    take(f, writev_args, 1, MEM, 2, 0, 0);
    assert_reads(f, MEM + 8192, "wor");
    guest_changes_everything();
    iov = host_ptr(f, 1);
    assert_int_equal(iov[0], MEM + 4096);
    assert_true(iov[2] != MEM + 8192);
    assert_string_equal((char *)iov[2], "world");
    assert_sound(f);
}

static void a_buffer_that_is_read_and_written_joins_and_comes_back(void **state)
{
    struct fixture *f = *state;

    memcpy(guest(MEM), "requestX", 8);
    take(f, ioctl_args, 3, 0, MEM, 0, 0);
    assert_reads(f, MEM, "request");
    capsule_seal(f->cap);
    memcpy(host_ptr(f, 2), "answer", 6); /* the kernel */
    assert_int_equal(capsule_put(f->cap), 0);
    assert_memory_equal(guest(MEM), "answertX", 8);
    assert_reads(f, MEM, "answertX");
}

static void a_touched_buffer_that_is_not_all_readable_faults(void **state)
{
    struct fixture *f = *state;

    memcpy(guest(END - 4), "data", 4);
    take(f, write_args, 1, END - 4, 8, 0, 0);
    assert_int_equal(f->host[1], END - 4);
    assert_reads(f, END - 4, "data");
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
}

static void
a_buffer_too_large_to_join_is_enomem_and_stays_in_place(void **state)
{
    struct fixture *f = *state;
    gva_t big = ARENA_BASE + 256 * MIB;
    size_t len = CAPSULE_MAX + PAGE_SIZE;
    char c;

    assert_ptr_equal(
        mmap(guest(big), len, PROT_READ,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
             -1, 0),
        guest(big));
    take(f, write_args, 1, big, len, 0, 0);
    assert_int_equal(capsule_read(f->cap, big, &c, 1), -ENOMEM);
    assert_int_equal(capsule_read_string(f->cap, big, &c, 1), -ENOMEM);
    assert_int_equal(capsule_write(f->cap, big, &c, 1), -ENOMEM);
    assert_int_equal(f->host[1], big);
    munmap(guest(big), len);
}

static void writes_go_to_the_copy_and_to_the_guest(void **state)
{
    struct fixture *f = *state;

    memset(guest(MEM), '-', 64);
    memcpy(guest(MEM + 8), "sockaddr", 8);
    take(f, bind_args, 3, MEM + 8, 8, 0, 0);
    assert_int_equal(capsule_write(f->cap, MEM + 6, "abSOCK", 6), 0);
    assert_memory_equal(guest(MEM), "------abSOCKaddr--", 18);
    assert_memory_equal(host_ptr(f, 1), "SOCKaddr", 8);
    assert_reads(f, MEM + 6, "abSOCKaddr");
    assert_sound(f);
}

static void a_write_where_the_guest_cannot_write_changes_nothing(void **state)
{
    struct fixture *f = *state;

    put_string(MEM, "/constant");
    mprotect(guest(MEM), PAGE_SIZE, PROT_READ);
    take(f, open_args, MEM, 0, 0, 0, 0);
    assert_int_equal(capsule_write(f->cap, MEM, "/changed", 9), -EFAULT);
    assert_string_equal(host_ptr(f, 0), "/constant");
    assert_reads(f, MEM, "/constant");
}

static void a_longer_text_over_a_captured_path_is_the_path(void **state)
{
    struct fixture *f = *state;

    put_string(MEM, "/a");
    take(f, open_args, MEM, 0, 0, 0, 0);
    assert_int_equal(capsule_write(f->cap, MEM, "/etc/hostname", 14), 0);
    guest_changes_everything();
    assert_string_equal(host_ptr(f, 0), "/etc/hostname");
    assert_sound(f);
}

static void a_written_path_without_end_is_captured_to_its_new_end(void **state)
{
    struct fixture *f = *state;

    put_string(MEM, "ab");
    put_string(MEM + 3, "cd");
    take(f, open_args, MEM, 0, 0, 0, 0);
    assert_int_equal(capsule_write(f->cap, MEM + 2, "/", 1), 0);
    assert_string_equal(host_ptr(f, 0), "ab/cd");
    assert_sound(f);
}

static void a_pointer_that_a_hook_writes_is_checked(void **state)
{
    struct fixture *f = *state;
    uint64_t outside = OUTSIDE, inside = MEM + 8192, *iov;

    put_u64(MEM, MEM + 4096);
    put_u64(MEM + 8, 16);
    take(f, writev_args, 1, MEM, 1, 0, 0);
    assert_int_equal(capsule_write(f->cap, MEM, &outside, 8), 0);
    iov = host_ptr(f, 1);
    assert_int_equal(iov[0], GMEM_FAULT_ADDR);
    assert_int_equal(capsule_write(f->cap, MEM, &inside, 8), 0);
    iov = host_ptr(f, 1);
    assert_int_equal(iov[0], inside);
    assert_int_equal(get_u64(guest(MEM)), inside);
    /* Half a pointer, which together leads outside. */
    assert_int_equal(capsule_write(f->cap, MEM + 4, "\xff\x7f\0\0", 4), 0);
    iov = host_ptr(f, 1);
    assert_int_equal(iov[0], GMEM_FAULT_ADDR);
    assert_sound(f);
}

static void a_length_that_a_hook_writes_is_checked(void **state)
{
    struct fixture *f = *state;
    uint64_t huge = UINT64_MAX, *iov;

    put_u64(MEM, MEM + 4096);
    put_u64(MEM + 8, 16);
    take(f, writev_args, 1, MEM, 1, 0, 0);
    assert_int_equal(capsule_write(f->cap, MEM + 8, &huge, 8), 0);
    iov = host_ptr(f, 1);
    assert_int_equal(iov[0], GMEM_FAULT_ADDR);
    assert_int_equal(iov[1], UINT64_MAX);
    assert_sound(f);
}

static void a_count_behind_a_pointer_that_a_hook_writes_is_used(void **state)
{
    struct fixture *f = *state;
    uint32_t len = 16, huge = 0x7fffffff;

    memcpy(guest(MEM), &len, 4);
    take(f, accept_args, 3, TEST_ARENA_END - 16, MEM, 0, 0);
    assert_int_equal(f->host[1], TEST_ARENA_END - 16);
    /* Ends in the guard: still the guest's. */
    assert_int_equal(capsule_write(f->cap, MEM, &huge, 4), 0);
    assert_int_equal(f->host[1], TEST_ARENA_END - 16);
    assert_memory_equal(host_ptr(f, 2), &huge, 4);
    assert_sound(f);
}

static void a_longer_text_with_a_changed_count_is_what_is_written(void **state)
{
    struct fixture *f = *state;
    const char *text = "GET /replaced HTTP/1.1";
    size_t len = strlen(text);

    put_string(MEM + 100, "GET / HTTP/1.1");
    take(f, write_args, 1, MEM + 100, 14, 0, 0);
    assert_reads(f, MEM + 100, "GET /");
    assert_int_equal(capsule_write(f->cap, MEM + 100, text, len), 0);
    assert_memory_equal(guest(MEM + 100), text, len);
    guest_changes_everything();
    assert_int_equal(change(f, write_args, 2, len), 0);
    assert_int_equal(f->host[2], len);
    assert_true(f->host[1] != MEM + 100);
    assert_memory_equal(host_ptr(f, 1), text, len);
    capsule_seal(f->cap);
    assert_memory_equal(host_ptr(f, 1), text, len);
    assert_reads(f, MEM + 100, text);
}

static void a_shorter_count_keeps_what_joined(void **state)
{
    struct fixture *f = *state;

    put_string(MEM, "0123456789");
    take(f, write_args, 1, MEM, 10, 0, 0);
    assert_reads(f, MEM, "0123456789");
    guest_changes_everything();
    assert_int_equal(change(f, write_args, 2, 4), 0);
    assert_memory_equal(host_ptr(f, 1), "0123", 4);
    /* And the rest, which the hook saw, if the count grows again. */
    assert_int_equal(change(f, write_args, 2, 10), 0);
    assert_memory_equal(host_ptr(f, 1), "0123456789", 10);
}

static void
a_path_that_a_hook_writes_beside_the_old_one_is_what_is_opened(void **state)
{
    struct fixture *f = *state;

    put_string(MEM, "/a");
    take(f, open_args, MEM, 0, 0, 0, 0);
    assert_int_equal(capsule_write(f->cap, MEM + 512, "/etc/hosts", 11), 0);
    guest_changes_everything();
    assert_int_equal(change(f, open_args, 0, MEM + 512), 0);
    assert_string_equal(host_ptr(f, 0), "/etc/hosts");
}

static void an_unchanged_pointer_keeps_its_copy_when_others_change(void **state)
{
    struct fixture *f = *state;

    put_string(MEM, "/checked");
    take(f, open_args, MEM, 0, 0, 0, 0);
    guest_changes_everything();
    assert_int_equal(change(f, open_args, 1, 0x241), 0);
    assert_int_equal(f->host[1], 0x241);
    assert_string_equal(host_ptr(f, 0), "/checked");
    assert_int_equal(change(f, open_args, 0, OUTSIDE), 0);
    assert_int_equal(f->host[0], GMEM_FAULT_ADDR);
    assert_int_equal(change(f, open_args, 0, 0), 0);
    assert_int_equal(f->host[0], 0);
}

static void an_untouched_buffer_is_in_place_after_a_retake(void **state)
{
    struct fixture *f = *state;

    take(f, write_args, 1, MEM, 10, 0, 0);
    assert_int_equal(change(f, write_args, 2, 20), 0);
    assert_int_equal(f->host[1], MEM);
    assert_int_equal(change(f, write_args, 1, OUTSIDE), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
}

static void what_was_captured_for_changed_arguments_is_not_put(void **state)
{
    struct fixture *f = *state;

    memcpy(guest(MEM), "0123456789abcdef", 16);
    memcpy(guest(MEM + 64), "fedcba9876543210", 16);
    take(f, inout_args, MEM, 0, 0, 0, 0);
    assert_int_equal(change(f, inout_args, 0, MEM + 64), 0);
    capsule_seal(f->cap);
    memcpy(host_ptr(f, 0), "KERNEL", 6);
    assert_int_equal(capsule_put(f->cap), 0);
    assert_memory_equal(guest(MEM), "0123456789abcdef", 16);
    assert_memory_equal(guest(MEM + 64), "KERNEL9876543210", 16);
}

static void an_after_hook_sees_what_the_kernel_wrote(void **state)
{
    struct fixture *f = *state;
    struct pollfd fd, *host;

    ((struct pollfd *)guest(MEM))[0] = (struct pollfd){3, POLLIN, 0};
    take(f, poll_args, MEM, 1, 0, 0, 0);
    capsule_seal(f->cap);
    host = host_ptr(f, 0);
    host[0].revents = POLLIN;
    assert_int_equal(capsule_put(f->cap), 0);
    assert_int_equal(capsule_read(f->cap, MEM, &fd, sizeof(fd)), 0);
    assert_int_equal(fd.revents, POLLIN);
    /* And what it writes is what the program sees. */
    fd.revents = POLLERR;
    assert_int_equal(capsule_write(f->cap, MEM, &fd, sizeof(fd)), 0);
    assert_memory_equal(guest(MEM), &fd, sizeof(fd));
}

static void an_after_hook_sees_output_over_captured_input(void **state)
{
    struct fixture *f = *state;

    /* nanosleep(&t, &t) */
    memcpy(guest(MEM), "requested time..", 16);
    take(f, nanosleep_args, MEM, MEM, 0, 0, 0);
    capsule_seal(f->cap);
    memcpy(guest(MEM), "remaining time..", 16); /* the kernel, in place */
    assert_memory_equal(host_ptr(f, 0), "requested time..", 16);
    assert_int_equal(capsule_put(f->cap), 0);
    assert_reads(f, MEM, "remaining time..");
}

static void an_after_hook_sees_output_over_a_captured_vector(void **state)
{
    struct fixture *f = *state;

    /* readv() into the memory of its own vector. */
    put_u64(MEM, MEM);
    put_u64(MEM + 8, 16);
    take(f, readv_args, 0, MEM, 1, 0, 0);
    capsule_seal(f->cap);
    memcpy(guest(MEM), "what the file is", 16); /* the kernel, in place */
    assert_int_equal(capsule_put(f->cap), 0);
    assert_reads(f, MEM, "what the file is");
}

static void
an_after_hook_sees_memory_that_a_before_hook_wrote_as_it_is_now(void **state)
{
    struct fixture *f = *state;

    put_string(MEM, "/path");
    take(f, open_args, MEM, 0, 0, 0, 0);
    assert_int_equal(capsule_write(f->cap, MEM + 512, "before", 6), 0);
    guest_changes_everything();
    assert_reads(f, MEM + 512, "before");
    capsule_seal(f->cap);
    assert_reads(f, MEM + 512, "!!!!!!");
    assert_reads(f, MEM, "/path");
}

static void
a_pointer_that_an_after_hook_writes_is_not_given_to_the_host(void **state)
{
    struct fixture *f = *state;
    uint64_t outside = OUTSIDE;

    put_u64(MEM, MEM + 4096);
    put_u64(MEM + 8, 16);
    take(f, writev_args, 1, MEM, 1, 0, 0);
    capsule_seal(f->cap);
    assert_int_equal(capsule_write(f->cap, MEM, &outside, 8), 0);
    assert_int_equal(get_u64(host_ptr(f, 1)), MEM + 4096);
    assert_int_equal(get_u64(guest(MEM)), OUTSIDE);
}

static void an_after_hook_still_sees_the_path_that_was_opened(void **state)
{
    struct fixture *f = *state;

    put_string(MEM, "/opened");
    take(f, open_args, MEM, 0, 0, 0, 0);
    capsule_seal(f->cap);
    guest_changes_everything();
    assert_int_equal(capsule_put(f->cap), 0);
    assert_reads(f, MEM, "/opened");
}

static void many_writes_of_a_hook_stay_consistent(void **state)
{
    struct fixture *f = *state;
    char text[8];
    unsigned i;

    put_u64(MEM, MEM + 4096);
    put_u64(MEM + 8, 4000);
    take(f, writev_args, 1, MEM, 1, 0, 0);
    for (i = 0; i < 500; i++) {
        gva_t at = MEM + 4096 + (i * 7919u) % 8000;

        snprintf(text, sizeof(text), "%07u", i);
        assert_int_equal(capsule_write(f->cap, at, text, 7), 0);
        assert_reads(f, at, text);
    }
    assert_sound(f);
    assert_memory_equal((void *)get_u64(host_ptr(f, 1)), guest(MEM + 4096),
                        4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_captured_range_is_read_from_the_capsule),
        TEST(a_captured_range_is_readable_though_the_guest_unmapped_it),
        TEST(memory_outside_the_windows_is_not_for_hooks),
        TEST(embedded_pointers_are_read_as_the_guest_has_them),
        TEST(a_touched_buffer_joins_as_a_whole),
        TEST(a_buffer_that_is_not_touched_stays_in_place),
        TEST(a_buffer_that_the_call_writes_never_joins),
        TEST(a_buffer_inside_a_vector_joins),
        TEST(a_buffer_that_is_read_and_written_joins_and_comes_back),
        TEST(a_touched_buffer_that_is_not_all_readable_faults),
        TEST(a_buffer_too_large_to_join_is_enomem_and_stays_in_place),
        TEST(writes_go_to_the_copy_and_to_the_guest),
        TEST(a_write_where_the_guest_cannot_write_changes_nothing),
        TEST(a_longer_text_over_a_captured_path_is_the_path),
        TEST(a_written_path_without_end_is_captured_to_its_new_end),
        TEST(a_pointer_that_a_hook_writes_is_checked),
        TEST(a_length_that_a_hook_writes_is_checked),
        TEST(a_count_behind_a_pointer_that_a_hook_writes_is_used),
        TEST(a_longer_text_with_a_changed_count_is_what_is_written),
        TEST(a_shorter_count_keeps_what_joined),
        TEST(a_path_that_a_hook_writes_beside_the_old_one_is_what_is_opened),
        TEST(an_unchanged_pointer_keeps_its_copy_when_others_change),
        TEST(an_untouched_buffer_is_in_place_after_a_retake),
        TEST(what_was_captured_for_changed_arguments_is_not_put),
        TEST(an_after_hook_sees_what_the_kernel_wrote),
        TEST(an_after_hook_sees_output_over_captured_input),
        TEST(an_after_hook_sees_output_over_a_captured_vector),
        TEST(an_after_hook_sees_memory_that_a_before_hook_wrote_as_it_is_now),
        TEST(a_pointer_that_an_after_hook_writes_is_not_given_to_the_host),
        TEST(an_after_hook_still_sees_the_path_that_was_opened),
        TEST(many_writes_of_a_hook_stay_consistent),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
