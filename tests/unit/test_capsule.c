/* test_capsule.c: what is captured before a call and what the host is given.
 * Guest memory is a plain mapping; no KVM. */
#include "tests/unit/capsule_rows.h"

static const struct datum no_pointers[SYSCALL_ARGS] = {INT(4), UINT(8)};
static const struct datum rename_args[SYSCALL_ARGS] = {PATH, PATH};
static const struct datum name_args[SYSCALL_ARGS] = {STR(16)};
static const struct datum recv_args[SYSCALL_ARGS] = {
    FD, BUF(DIR_OUT, COUNT_OF, 2), INT(4)};
static const struct datum clamped_args[SYSCALL_ARGS] = {FD,
                                                        {.kind = DATUM_BUF,
                                                         .dir = DIR_OUT,
                                                         .count = COUNT_OF,
                                                         .count_of = 2,
                                                         .size = 1,
                                                         .max = 4096},
                                                        UINT(8)};
static const struct datum select_args[SYSCALL_ARGS] = {
    INT(4), BUF(DIR_INOUT, COUNT_BITS, 0)};
static const struct datum stat_args[SYSCALL_ARGS] = {
    PATH, STRUCT(DIR_OUT, 144, NULL)};
/* A structure whose size the caller chooses, with a pointer at 8. */
static const struct datum sized_fields[] = {
    {.name = "flags", .kind = DATUM_HEX, .width = 8},
    {.name = "buf",
     .kind = DATUM_BUF,
     .dir = DIR_OUT,
     .width = 8,
     .offset = 8,
     .size = 4},
    {.kind = DATUM_NONE}};
static const struct struct_desc sized_desc = {"sized", 16, sized_fields};
static const struct datum sized_args[SYSCALL_ARGS] = {
    ARRAY(DIR_IN, 1, &sized_desc, COUNT_OF, 1, 0), UINT(8)};

/* A type that contains itself. */
static const struct struct_desc loop_desc;
static const struct datum loop_fields[] = {{.name = "next",
                                            .kind = DATUM_STRUCT,
                                            .dir = DIR_IN,
                                            .width = 8,
                                            .size = 8,
                                            .type = &loop_desc},
                                           {.kind = DATUM_NONE}};
static const struct struct_desc loop_desc = {"loop", 8, loop_fields};
static const struct datum loop_args[SYSCALL_ARGS] = {
    STRUCT(DIR_IN, 8, &loop_desc)};

static void values_are_passed_as_they_are(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(take(f, no_pointers, UINT64_MAX, 7, OUTSIDE, 4, 5), 0);
    assert_memory_equal(f->host, f->guest, sizeof(f->host));
    assert_int_equal(capsule_put(f->cap), 0);
}

static void null_stays_null(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(take(f, execve_args, 0, 0, 0, 0, 0), 0);
    assert_memory_equal(f->host, f->guest, sizeof(f->host));
    assert_int_equal(take(f, read_args, 0, 0, 5, 0, 0), 0);
    assert_int_equal(f->host[1], 0);
}

static void a_path_is_captured_and_later_changes_do_not_show(void **state)
{
    struct fixture *f = *state;
    size_t size;
    int err;

    put_string(MEM + 100, "/etc/hostname");
    assert_int_equal(take(f, open_args, MEM + 100, 0, 0, 0, 0), 0);
    put_string(MEM + 100, "/etc/shadow");
    assert_string_equal(host_ptr(f, 0), "/etc/hostname");
    assert_string_equal(capsule_arg(f->cap, 0, &size, &err), "/etc/hostname");
    assert_int_equal(size, 14);
    assert_int_equal(err, 0);
}

static void the_same_address_is_captured_with_one_value(void **state)
{
    struct fixture *f = *state;

    put_string(MEM, "dir/name");
    assert_int_equal(take(f, rename_args, MEM, MEM + 4, 0, 0, 0), 0);
    assert_string_equal(host_ptr(f, 0), "dir/name");
    assert_string_equal(host_ptr(f, 1), "name");
}

static void a_path_may_end_at_the_last_mapped_byte(void **state)
{
    struct fixture *f = *state;

    memcpy(guest(END - 4), "tmp", 4);
    assert_int_equal(take(f, open_args, END - 4, 0, 0, 0, 0), 0);
    assert_string_equal(host_ptr(f, 0), "tmp");
}

static void an_unterminated_path_at_the_end_of_a_mapping_is_efault(void **state)
{
    struct fixture *f = *state;
    size_t size;
    int err;

    memset(guest(END - 8), 'a', 8);
    assert_int_equal(take(f, open_args, END - 8, 0, 0, 0, 0), 0);
    assert_int_equal(f->host[0], GMEM_FAULT_ADDR);
    assert_null(capsule_arg(f->cap, 0, &size, &err));
    assert_int_equal(err, -EFAULT);
}

static void a_path_without_end_is_seen_too_long_by_the_host(void **state)
{
    struct fixture *f = *state;
    size_t size;
    int err;

    /* Exactly PATH_MAX bytes up to the end of the mapping: not EFAULT. */
    memset(guest(END - PATH_MAX), 'a', PATH_MAX);
    assert_int_equal(take(f, open_args, END - PATH_MAX, 0, 0, 0, 0), 0);
    assert_int_equal(strlen(host_ptr(f, 0)), PATH_MAX);
    assert_null(capsule_arg(f->cap, 0, &size, &err));
    assert_int_equal(err, -ENAMETOOLONG);

    *(char *)guest(END - 1) = '\0';
    assert_int_equal(take(f, open_args, END - PATH_MAX, 0, 0, 0, 0), 0);
    assert_int_equal(strlen(host_ptr(f, 0)), PATH_MAX - 1);
    assert_non_null(capsule_arg(f->cap, 0, &size, &err));
    assert_int_equal(size, PATH_MAX);
}

static void a_string_longer_than_the_rows_max_is_seen_longer(void **state)
{
    struct fixture *f = *state;

    memset(guest(MEM), 'n', 100);
    assert_int_equal(take(f, name_args, MEM, 0, 0, 0, 0), 0);
    assert_int_equal(strlen(host_ptr(f, 0)), 17);
    *(char *)guest(MEM + 16) = '\0';
    assert_int_equal(take(f, name_args, MEM, 0, 0, 0, 0), 0);
    assert_int_equal(strlen(host_ptr(f, 0)), 16);
}

static void a_path_outside_the_windows_is_the_fault_address(void **state)
{
    static char secret[] = "monitor";
    struct fixture *f = *state;

    assert_int_equal(take(f, open_args, (gva_t)secret, 0, 0, 0, 0), 0);
    assert_int_equal(f->host[0], GMEM_FAULT_ADDR);
    assert_int_equal(take(f, open_args, UINT64_MAX, 0, 0, 0, 0), 0);
    assert_int_equal(f->host[0], GMEM_FAULT_ADDR);
    assert_int_equal(take(f, open_args, 1, 0, 0, 0, 0), 0);
    assert_int_equal(f->host[0], GMEM_FAULT_ADDR);
}

static void a_vector_of_strings_is_captured_with_its_strings(void **state)
{
    struct fixture *f = *state;
    size_t size;
    char **argv;
    int err;

    put_string(MEM, "/bin/echo");
    put_string(MEM + 32, "hello");
    put_u64(MEM + 64, MEM);
    put_u64(MEM + 72, MEM + 32);
    put_u64(MEM + 80, OUTSIDE);
    put_u64(MEM + 88, 0);
    assert_int_equal(take(f, execve_args, MEM, MEM + 64, MEM + 88, 0, 0), 0);
    memset(guest(MEM), 'x', 96);
    argv = capsule_arg(f->cap, 1, &size, &err);
    assert_ptr_equal(argv, host_ptr(f, 1));
    assert_int_equal(size, 4 * sizeof(*argv));
    assert_string_equal(argv[0], "/bin/echo");
    assert_string_equal(argv[1], "hello");
    assert_int_equal((uint64_t)argv[2], GMEM_FAULT_ADDR);
    assert_null(argv[3]);
    assert_null(*(char **)host_ptr(f, 2));
}

static void a_vector_of_strings_that_runs_into_nothing_is_efault(void **state)
{
    struct fixture *f = *state;

    put_u64(END - 16, MEM);
    put_u64(END - 8, MEM);
    assert_int_equal(take(f, execve_args, MEM, END - 16, 0, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
}

static void a_long_vector_with_long_strings_is_captured_whole(void **state)
{
    struct fixture *f = *state;
    char **argv;
    unsigned i;

    memset(guest(MEM), 's', 20000);
    *(char *)guest(MEM + 20000) = '\0';
    for (i = 0; i < 2000; i++)
        put_u64(MEM + 32768 + 8 * i, MEM + 10 * (1999 - i));
    put_u64(MEM + 32768 + 8 * i, 0);
    assert_int_equal(take(f, execve_args, 0, MEM + 32768, 0, 0, 0), 0);
    argv = host_ptr(f, 1);
    for (i = 0; i < 2000; i++)
        assert_int_equal(strlen(argv[i]), 20000 - 10 * (1999 - i));
    assert_null(argv[2000]);
}

static void a_capture_beyond_capsule_max_is_enomem(void **state)
{
    struct fixture *f = *state;
    unsigned i;

    memset(guest(MEM), 's', 100000);
    *(char *)guest(MEM + 100000) = '\0';
    for (i = 0; i < 2000; i++)
        put_u64(MEM + 131072 + 8 * i, MEM);
    put_u64(MEM + 131072 + 8 * i, 0);
    assert_int_equal(take(f, execve_args, 0, MEM + 131072, 0, 0, 0), -ENOMEM);
    /* The next call has room again. */
    put_string(MEM, "/tmp");
    assert_int_equal(take(f, open_args, MEM, 0, 0, 0, 0), 0);
    assert_string_equal(host_ptr(f, 0), "/tmp");
}

static void a_buffer_is_passed_in_place_if_all_of_it_is_passable(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(take(f, read_args, 0, MEM, 4096, 0, 0), 0);
    assert_int_equal(f->host[1], MEM);
    assert_int_equal(take(f, read_args, 0, OUTSIDE, 1, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
    assert_int_equal(take(f, read_args, 0, MEM, UINT64_MAX, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
    assert_int_equal(f->host[2], UINT64_MAX);
    assert_int_equal(take(f, read_args, 0, MEM, UINT64_MAX - MEM + 2, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
    assert_int_equal(take(f, read_args, 0, TEST_ARENA_END - 1, 1, 0, 0), 0);
    assert_int_equal(f->host[1], TEST_ARENA_END - 1);
    assert_int_equal(take(f, read_args, 0, TEST_ARENA_END, 0, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
}

static void
a_count_that_the_kernel_clamps_is_clamped_for_the_check(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(take(f, clamped_args, 0, MEM, UINT64_MAX, 0, 0), 0);
    assert_int_equal(f->host[1], MEM);
    assert_int_equal(f->host[2], UINT64_MAX);
}

static void only_the_counts_own_width_counts(void **state)
{
    struct fixture *f = *state;
    uint64_t garbage = UINT64_C(0xdeadbeef00000000);

    /* int in a register whose upper half the caller left dirty */
    assert_int_equal(take(f, recv_args, 0, MEM, garbage | 16, 0, 0), 0);
    assert_int_equal(f->host[1], MEM);
    assert_int_equal(f->host[2], garbage | 16);
}

static void a_negative_count_captures_nothing_and_is_passed_on(void **state)
{
    struct fixture *f = *state;
    uint64_t minus_1 = 0xffffffff;

    assert_int_equal(take(f, recv_args, 0, MEM, minus_1, 0, 0), 0);
    assert_int_equal(f->host[1], MEM);
    assert_int_equal(f->host[2], minus_1);
    assert_int_equal(take(f, bind_args, 3, MEM, minus_1, 0, 0), 0);
    assert_int_equal(f->host[1], MEM);
    assert_int_equal(take(f, bind_args, 3, OUTSIDE, minus_1, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
    /* Pointers in guest memory must not reach the host. */
    assert_int_equal(take(f, signed_writev_args, 1, MEM, minus_1, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
}

static void a_count_of_bits_is_rounded_up_to_words(void **state)
{
    struct fixture *f = *state;
    char last;

    assert_int_equal(take(f, select_args, 64, MEM, 0, 0, 0), 0);
    assert_int_equal(f->host[1], MEM);
    assert_int_equal(take(f, select_args, 0xffffffc0, MEM, 0, 0, 0), 0);
    assert_int_equal(f->host[1], MEM); /* negative: the host refuses it */
    assert_int_equal(take(f, select_args, 65, MEM + 4, 0, 0, 0), 0);
    put_string(MEM + 4 + 15, "x");
    /* A touch joins 16 bytes: two words. */
    assert_int_equal(capsule_read(f->cap, MEM + 4 + 15, &last, 1), 0);
    assert_true(f->host[1] != MEM + 4);
    assert_int_equal(((char *)host_ptr(f, 1))[15], 'x');
}

static void
a_socket_address_is_captured_as_long_as_it_is_said_to_be(void **state)
{
    struct fixture *f = *state;
    size_t size;
    int err;

    memset(guest(END - 16), 'A', 16);
    assert_int_equal(take(f, bind_args, 3, END - 16, 16, 0, 0), 0);
    assert_memory_equal(host_ptr(f, 1), guest(END - 16), 16);
    assert_non_null(capsule_arg(f->cap, 1, &size, &err));
    assert_int_equal(size, 16);
    assert_int_equal(take(f, bind_args, 3, END - 16, 17, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
    /* Above the max: so much is captured, the count is passed on. */
    assert_int_equal(take(f, bind_args, 3, MEM, 5000, 0, 0), 0);
    assert_non_null(capsule_arg(f->cap, 1, &size, &err));
    assert_int_equal(size, 128);
    assert_int_equal(f->host[2], 5000);
}

static void
nothing_is_captured_of_zero_elements_but_the_pointer_is_valid(void **state)
{
    struct fixture *f = *state;
    size_t size = 1;
    int err;

    assert_int_equal(take(f, poll_args, OUTSIDE, 0, 0, 0, 0), 0);
    assert_true(f->host[0] != 0 && f->host[0] != GMEM_FAULT_ADDR);
    assert_true(f->host[0] != OUTSIDE);
    assert_ptr_equal(capsule_arg(f->cap, 0, &size, &err), host_ptr(f, 0));
    assert_int_equal(size, 0);
    assert_int_equal(capsule_put(f->cap), 0);
}

static void a_count_behind_a_pointer_is_read_once(void **state)
{
    struct fixture *f = *state;
    uint32_t len = 16;

    memcpy(guest(MEM), &len, 4);
    assert_int_equal(take(f, accept_args, 3, MEM + 64, MEM, 0, 0), 0);
    assert_int_equal(f->host[1], MEM + 64);
    memset(guest(MEM), 0xff, 4);
    assert_memory_equal(host_ptr(f, 2), &len, 4);
    /* 0xffffffff is -1, which the host refuses; the address is checked. */
    assert_int_equal(take(f, accept_args, 3, MEM + 64, MEM, 0, 0), 0);
    assert_int_equal(f->host[1], MEM + 64);
    assert_int_equal(take(f, accept_args, 3, OUTSIDE, MEM, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
    /* A count that is not readable: neither is what it counts. */
    assert_int_equal(take(f, accept_args, 3, MEM, OUTSIDE, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
    assert_int_equal(f->host[2], GMEM_FAULT_ADDR);
}

static void a_structure_that_is_only_written_stays_in_place(void **state)
{
    struct fixture *f = *state;
    size_t size;
    int err;

    put_string(MEM, "/");
    assert_int_equal(take(f, stat_args, MEM, MEM + 4096, 0, 0, 0), 0);
    assert_int_equal(f->host[1], MEM + 4096);
    assert_null(capsule_arg(f->cap, 1, &size, &err));
    assert_int_equal(err, 0);
    assert_int_equal(take(f, stat_args, MEM, OUTSIDE, 0, 0, 0), 0);
    assert_int_equal(f->host[1], GMEM_FAULT_ADDR);
}

static void vectors_are_captured_and_their_buffers_checked(void **state)
{
    struct fixture *f = *state;
    struct iovec *iov;

    put_u64(MEM, MEM + 4096);
    put_u64(MEM + 8, 100);
    put_u64(MEM + 16, OUTSIDE);
    put_u64(MEM + 24, 1);
    put_u64(MEM + 32, MEM);
    put_u64(MEM + 40, UINT64_MAX);
    put_u64(MEM + 48, 0);
    put_u64(MEM + 56, 0);
    assert_int_equal(take(f, writev_args, 1, MEM, 4, 0, 0), 0);
    memset(guest(MEM), 0x41, 64);
    iov = host_ptr(f, 1);
    assert_true(IS_ALIGNED((uint64_t)iov, 16));
    assert_ptr_equal(iov[0].iov_base, guest(MEM + 4096));
    assert_int_equal(iov[0].iov_len, 100);
    assert_int_equal((uint64_t)iov[1].iov_base, GMEM_FAULT_ADDR);
    assert_int_equal(iov[1].iov_len, 1);
    assert_int_equal((uint64_t)iov[2].iov_base, GMEM_FAULT_ADDR);
    assert_int_equal(iov[2].iov_len, UINT64_MAX);
    assert_null(iov[3].iov_base);
}

static void a_buffer_over_a_captured_range_is_captured_with_it(void **state)
{
    struct fixture *f = *state;
    struct iovec *iov;

    /* The vector itself is what is written. */
    put_u64(MEM, MEM);
    put_u64(MEM + 8, 16);
    assert_int_equal(take(f, writev_args, 1, MEM, 1, 0, 0), 0);
    iov = host_ptr(f, 1);
    put_u64(MEM + 8, 99);
    assert_int_equal(get_u64(iov[0].iov_base), MEM);
    assert_int_equal(get_u64((char *)iov[0].iov_base + 8), 16);
}

static void more_elements_than_the_max_are_not_captured(void **state)
{
    struct fixture *f = *state;
    size_t size;
    int err;

    assert_int_equal(take(f, writev_args, 1, MEM, UINT64_MAX / 8, 0, 0), 0);
    assert_non_null(capsule_arg(f->cap, 1, &size, &err));
    assert_int_equal(size, IOV_MAX * 16);
    assert_int_equal(f->host[2], UINT64_MAX / 8);
}

static void a_message_is_captured_down_to_its_buffers(void **state)
{
    struct fixture *f = *state;
    struct msghdr *msg = guest(MEM), *host;
    struct iovec *iov = guest(MEM + 512);

    *msg = (struct msghdr){.msg_name = guest(MEM + 1024),
                           .msg_namelen = 16,
                           .msg_iov = iov,
                           .msg_iovlen = 2,
                           .msg_control = guest(OUTSIDE),
                           .msg_controllen = 64};
    iov[0] = (struct iovec){guest(MEM + 4096), 4096};
    iov[1] = (struct iovec){guest(OUTSIDE), 4096};
    assert_int_equal(take(f, recvmsg_args, 3, MEM, 0, 0, 0), 0);
    host = host_ptr(f, 1);
    assert_ptr_equal(host->msg_name, guest(MEM + 1024));
    assert_true(host->msg_iov != iov);
    assert_ptr_equal(host->msg_iov[0].iov_base, guest(MEM + 4096));
    assert_int_equal((uint64_t)host->msg_iov[1].iov_base, GMEM_FAULT_ADDR);
    assert_int_equal((uint64_t)host->msg_control, GMEM_FAULT_ADDR);
    /* DIR_OUT with pointers inside is captured just so. */
    assert_int_equal(take(f, recvmsg_out_args, 3, MEM, 0, 0, 0), 0);
    host = host_ptr(f, 1);
    assert_true(host != msg && host->msg_iov != iov);
}

static void a_huge_msg_iovlen_is_passed_on_with_max_elements(void **state)
{
    struct fixture *f = *state;
    struct msghdr *msg = guest(MEM), *host;

    *msg =
        (struct msghdr){.msg_iov = guest(MEM + 4096), .msg_iovlen = SIZE_MAX};
    assert_int_equal(take(f, recvmsg_args, 3, MEM, 0, 0, 0), 0);
    host = host_ptr(f, 1);
    assert_int_equal(host->msg_iovlen, SIZE_MAX);
    assert_true((uint64_t)host->msg_iov != GMEM_FAULT_ADDR);
    /* The 1024 elements themselves are not readable. */
    msg->msg_iov = guest(END - 16);
    assert_int_equal(take(f, recvmsg_args, 3, MEM, 0, 0, 0), 0);
    host = host_ptr(f, 1);
    assert_int_equal((uint64_t)host->msg_iov, GMEM_FAULT_ADDR);
}

static void a_structure_of_chosen_size_has_the_fields_that_fit(void **state)
{
    struct fixture *f = *state;
    size_t size;
    int err;

    put_u64(MEM, 0x77);
    put_u64(MEM + 8, OUTSIDE);
    assert_int_equal(take(f, sized_args, MEM, 16, 0, 0, 0), 0);
    assert_int_equal(get_u64((char *)host_ptr(f, 0) + 8), GMEM_FAULT_ADDR);
    assert_int_equal(take(f, sized_args, MEM, 8, 0, 0, 0), 0);
    assert_int_equal(get_u64(host_ptr(f, 0)), 0x77);
    assert_non_null(capsule_arg(f->cap, 0, &size, &err));
    assert_int_equal(size, 8);
    /* Larger than we know: the rest is passed on as it is. */
    assert_int_equal(take(f, sized_args, MEM, 64, 0, 0, 0), 0);
    assert_non_null(capsule_arg(f->cap, 0, &size, &err));
    assert_int_equal(size, 64);
    /* Half a pointer cannot be checked. */
    assert_int_equal(take(f, sized_args, MEM, 12, 0, 0, 0), 0);
    assert_int_equal(f->host[0], GMEM_FAULT_ADDR);
}

static void a_type_that_contains_itself_ends_somewhere(void **state)
{
    struct fixture *f = *state;
    uint64_t host, depth;

    put_u64(MEM, MEM);
    assert_int_equal(take(f, loop_args, MEM, 0, 0, 0, 0), 0);
    host = f->host[0];
    for (depth = 0; host != GMEM_FAULT_ADDR; depth++)
        host = get_u64((void *)host);
    assert_in_range(depth, 2, 16);
}

static void capsule_arg_of_an_index_beyond_the_row_is_null(void **state)
{
    struct fixture *f = *state;
    size_t size;
    int err;

    put_string(MEM, "/");
    assert_int_equal(take(f, open_args, MEM, MEM, MEM, MEM, 0), 0);
    assert_null(capsule_arg(f->cap, 1, &size, &err));
    assert_null(capsule_arg(f->cap, 3, &size, &err));
    assert_null(capsule_arg(f->cap, 6, &size, &err));
    assert_int_equal(err, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(values_are_passed_as_they_are),
        TEST(null_stays_null),
        TEST(a_path_is_captured_and_later_changes_do_not_show),
        TEST(the_same_address_is_captured_with_one_value),
        TEST(a_path_may_end_at_the_last_mapped_byte),
        TEST(an_unterminated_path_at_the_end_of_a_mapping_is_efault),
        TEST(a_path_without_end_is_seen_too_long_by_the_host),
        TEST(a_string_longer_than_the_rows_max_is_seen_longer),
        TEST(a_path_outside_the_windows_is_the_fault_address),
        TEST(a_vector_of_strings_is_captured_with_its_strings),
        TEST(a_vector_of_strings_that_runs_into_nothing_is_efault),
        TEST(a_long_vector_with_long_strings_is_captured_whole),
        TEST(a_capture_beyond_capsule_max_is_enomem),
        TEST(a_buffer_is_passed_in_place_if_all_of_it_is_passable),
        TEST(a_count_that_the_kernel_clamps_is_clamped_for_the_check),
        TEST(only_the_counts_own_width_counts),
        TEST(a_negative_count_captures_nothing_and_is_passed_on),
        TEST(a_count_of_bits_is_rounded_up_to_words),
        TEST(a_socket_address_is_captured_as_long_as_it_is_said_to_be),
        TEST(nothing_is_captured_of_zero_elements_but_the_pointer_is_valid),
        TEST(a_count_behind_a_pointer_is_read_once),
        TEST(a_structure_that_is_only_written_stays_in_place),
        TEST(vectors_are_captured_and_their_buffers_checked),
        TEST(a_buffer_over_a_captured_range_is_captured_with_it),
        TEST(more_elements_than_the_max_are_not_captured),
        TEST(a_message_is_captured_down_to_its_buffers),
        TEST(a_huge_msg_iovlen_is_passed_on_with_max_elements),
        TEST(a_structure_of_chosen_size_has_the_fields_that_fit),
        TEST(a_type_that_contains_itself_ends_somewhere),
        TEST(capsule_arg_of_an_index_beyond_the_row_is_null),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
