/*
 * variants_sockopt.c: setsockopt and getsockopt by level and option name;
 * socket(7), ip(7), ipv6(7), tcp(7), packet(7).
 *
 * Values are flat bytes in all but a few options. Those are described or
 * refused one by one; behind them stands an entry for every level in which all
 * other options are known to be flat. Other levels are answered ENOPROTOOPT.
 */
#include "vmm/datum.h"
#include "vmm/variants.h"

#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

/* clang-format off */
/* The headers that name these clash with glibc's. */
#define SOL_TCP                    6
#define SOL_UDP                    17
#define SOL_UDPLITE                136
#define SOL_VSOCK                  40
#define TCP_ZEROCOPY_RECEIVE       35
#define PACKET_FANOUT_DATA         22
#define SO_ATTACH_REUSEPORT_CBPF   51
#define SO_ZEROCOPY                60
#define IPT_SO_SET_REPLACE         64
#define IPT_SO_SET_ADD_COUNTERS    65
#define IP6T_SO_SET_REPLACE        64
#define IP6T_SO_SET_ADD_COUNTERS   65
#define ARPT_SO_SET_REPLACE        96
#define ARPT_SO_SET_ADD_COUNTERS   97
#define EBT_SO_SET_ENTRIES         128
#define EBT_SO_SET_COUNTERS        129
#define EBT_SO_GET_INFO            128
#define EBT_SO_GET_ENTRIES         129
#define EBT_SO_GET_INIT_INFO       130
#define EBT_SO_GET_INIT_ENTRIES    131

#define KEY(level_, opt_)  ((uint64_t)(level_) << 32 | (opt_))
#define ANY_OPTION         0xffffffff00000000

#define SET_ARGS(optval_)                                                      \
    {FD(fd), ENUM(level, socket_levels), INT(optname), optval_, INT(optlen)}
#define GET_ARGS(optval_)                                                      \
    {FD(fd), ENUM(level, socket_levels), INT(optname), optval_,                \
     ST_INOUT(optlen, int32)}
#define VALUE_IN   BUF_IN(optval, 4)
#define VALUE_OUT  BUF_OUT_AT(optval, 4)

#define SET_LEVEL(level_)                                                      \
    {.key = KEY(level_, 0), .mask = ANY_OPTION, .name = #level_,               \
     .arg = SET_ARGS(VALUE_IN)}
#define GET_LEVEL(level_)                                                      \
    {.key = KEY(level_, 0), .mask = ANY_OPTION, .name = #level_,               \
     .arg = GET_ARGS(VALUE_OUT)}
#define SET_NO(level_, opt_, err_, why_)                                       \
    {.key = KEY(level_, opt_), .name = #opt_, .route = ROUTE_REFUSE,           \
     .refuse_errno = (err_), .why = (why_), .arg = SET_ARGS(VALUE_IN)}
#define GET_NO(level_, opt_, err_, why_)                                       \
    {.key = KEY(level_, opt_), .name = #opt_, .route = ROUTE_REFUSE,           \
     .refuse_errno = (err_), .why = (why_), .arg = GET_ARGS(VALUE_OUT)}

#define WHY_TABLE "a pointer inside leads to where the kernel writes counters"

const struct syscall_variant variants_setsockopt[] = {
/* The kernel refuses any length but that of a sock_fprog. */
{.key = KEY(SOL_SOCKET, SO_ATTACH_FILTER), .name = "SO_ATTACH_FILTER",
 .arg = SET_ARGS(EXT_IN(optval, sock_fprog, 4, 16))},
{.key = KEY(SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF),
 .name = "SO_ATTACH_REUSEPORT_CBPF",
 .arg = SET_ARGS(EXT_IN(optval, sock_fprog, 4, 16))},
SET_NO(SOL_SOCKET, SO_ZEROCOPY, EOPNOTSUPP, "pages on their way can change after they were checked"),
SET_NO(SOL_IP,     IPT_SO_SET_REPLACE, ENOPROTOOPT, WHY_TABLE),
SET_NO(SOL_IP,     IPT_SO_SET_ADD_COUNTERS, ENOPROTOOPT, WHY_TABLE),
SET_NO(SOL_IP,     ARPT_SO_SET_REPLACE, ENOPROTOOPT, WHY_TABLE),
SET_NO(SOL_IP,     ARPT_SO_SET_ADD_COUNTERS, ENOPROTOOPT, WHY_TABLE),
SET_NO(SOL_IP,     EBT_SO_SET_ENTRIES, ENOPROTOOPT, WHY_TABLE),
SET_NO(SOL_IP,     EBT_SO_SET_COUNTERS, ENOPROTOOPT, WHY_TABLE),
SET_NO(SOL_IPV6,   IP6T_SO_SET_REPLACE, ENOPROTOOPT, WHY_TABLE),
SET_NO(SOL_IPV6,   IP6T_SO_SET_ADD_COUNTERS, ENOPROTOOPT, WHY_TABLE),
SET_NO(SOL_PACKET, PACKET_FANOUT_DATA, ENOPROTOOPT, "its meaning depends on an option set before"),
SET_LEVEL(SOL_SOCKET),
SET_LEVEL(SOL_IP),
SET_LEVEL(SOL_IPV6),
SET_LEVEL(SOL_ICMPV6),
SET_LEVEL(SOL_TCP),
SET_LEVEL(SOL_UDP),
SET_LEVEL(SOL_UDPLITE),
SET_LEVEL(SOL_RAW),
SET_LEVEL(SOL_PACKET),
SET_LEVEL(SOL_NETLINK),
SET_LEVEL(SOL_VSOCK),
SET_LEVEL(SOL_ALG),
SET_LEVEL(SOL_TLS),
{.name = NULL},
};

const struct syscall_variant variants_getsockopt[] = {
/* The length counts instructions. */
{.key = KEY(SOL_SOCKET, SO_GET_FILTER), .name = "SO_GET_FILTER",
 .arg = GET_ARGS(STRUCT(optval, DIR_OUT, sock_filter, COUNT_AT, 4, 8, 0))},
GET_NO(SOL_TCP,    TCP_ZEROCOPY_RECEIVE, ENOPROTOOPT, "maps pages at an address inside the structure"),
GET_NO(SOL_IP,     EBT_SO_GET_INFO, ENOPROTOOPT, WHY_TABLE),
GET_NO(SOL_IP,     EBT_SO_GET_ENTRIES, ENOPROTOOPT, WHY_TABLE),
GET_NO(SOL_IP,     EBT_SO_GET_INIT_INFO, ENOPROTOOPT, WHY_TABLE),
GET_NO(SOL_IP,     EBT_SO_GET_INIT_ENTRIES, ENOPROTOOPT, WHY_TABLE),
GET_LEVEL(SOL_SOCKET),
GET_LEVEL(SOL_IP),
GET_LEVEL(SOL_IPV6),
GET_LEVEL(SOL_ICMPV6),
GET_LEVEL(SOL_TCP),
GET_LEVEL(SOL_UDP),
GET_LEVEL(SOL_UDPLITE),
GET_LEVEL(SOL_RAW),
GET_LEVEL(SOL_PACKET),
GET_LEVEL(SOL_NETLINK),
GET_LEVEL(SOL_VSOCK),
GET_LEVEL(SOL_ALG),
GET_LEVEL(SOL_TLS),
{.name = NULL},
};
/* clang-format on */
