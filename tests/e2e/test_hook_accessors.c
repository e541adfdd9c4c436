/* test_hook_accessors.c: accessors that look at real programs, by the numbers
 * of gWisord's acceptance list; stopThreads is in test_hook_stops.c. */
#include "tests/e2e/run.h"

#include <stdlib.h>
#include <string.h>

/* What scripts begin with: print a line; what (f) returns or throws. */
#define HEAD                                                                   \
    "function say() { accessors.print.apply(null, arguments);"                 \
    "  accessors.print('\\n'); }\n"                                            \
    "function err(f) { try { return f(); } catch (x) {"                        \
    "  return x.name + ': ' + x.message; } }\n"                                \
    "var a = accessors;\n"

/* Run scenario (name) of the guest that is asked; it must end well, and what
 * the script prints must be (err), what the guest prints (out). */
static void asked(const char *script, const char *name, const char *out,
                  const char *err)
{
    struct outcome o;

    run_guest_under(script, "asked", (const char *const[]){name, NULL}, &o);
    if (err)
        assert_string_equal(o.err, err);
    if (out)
        assert_string_equal(o.out, out);
    assert_int_equal(o.status, 0);
    outcome_free(&o);
}

/* The same; what script and guest print must be the same, and not empty. */
static void agree(const char *script, const char *name)
{
    struct outcome o;

    run_guest_under(script, "asked", (const char *const[]){name, NULL}, &o);
    assert_string_equal(o.out, o.err);
    assert_true(o.out_len > 1);
    assert_int_equal(o.status, 0);
    outcome_free(&o);
}

static void s40_wrong_arguments_throw(void **state)
{
    (void)state;
    asked(HEAD
          "var counts = {AddHookBefore: 2, AddHookAfter: 2, anonMmap: 1,"
          "  getArgv: 0, getEnvs: 0, getFdInfo: 1, getFdsInfo: 0, getMmaps: 0,"
          "  getPidInfo: 0, getSignalInfo: 0, munmap: 2, nameToSignal: 1,"
          "  readBytes: 2, readString: 2, resumeThreads: 0, sendSignal: 2,"
          "  signalMaskToNames: 1, stopThreads: 0, writeBytes: 2,"
          "  writeString: 2};\n"
          "a.AddHookBefore(1000, function (p) {"
          "  var bad = [];"
          "  function must(name, args) { try {"
          "    a[name].apply(a, args); bad.push(name + JSON.stringify(args)); }"
          "    catch (x) { if (!(x instanceof TypeError)) bad.push(name); } }"
          "  for (var name in counts) {"
          "    var n = counts[name], good = [];"
          "    for (var i = 0; i < n; i++) good.push(1);"
          "    must(name, good.concat(1));"
          "    if (n) must(name, good.slice(1));"
          "    for (i = 0; i < n; i++) [null, undefined].forEach(function (v) {"
          "      var args = good.slice(); args[i] = v; must(name, args); });"
          "  }"
          "  must('getThreadInfo', [1, 2]); must('getThreadInfo', [null]);"
          "  say('bad:', bad.join()); });",
          "memory", NULL, "bad: \n");
}

static void s41_text_goes_there_and_back(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookBefore(1000, function (p) {"
               "  say(a.writeString(p + 100, 'h\\u00e9llo'),"
               "    a.readString(p + 100, 7) === 'h\\u00e9llo'); });",
          "memory", "h\xc3\xa9llo|r|00000000000000000000000000000000\n",
          "6 true\n");
}

static void s42_the_buffer_of_write(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookBefore(1, function (fd, buf, count) {"
               "  var b = a.readBytes(buf, count);"
               "  say(b.length === count,"
               "    String.fromCharCode.apply(String, b)); });",
          "captured", "some text", "true some text\n");
}

static void s43_address_0_is_a_bad_address(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookBefore(1, function (fd, buf) {"
               "  say(err(function () { return a.readBytes(0, 1); }),"
               "    err(function () { return a.readString(0, 1); }),"
               "    err(function () { return a.writeBytes(0, [1]); }));"
               "  a.readBytes(0, 1); });",
          "captured", "some text", NULL);
}

static void s44_a_read_only_page_is_not_written(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookBefore(1000, function (p) {"
               "  say(err(function () { a.writeBytes(p + 4096, [1]); })); });",
          "memory", "|r|00000000000000000000000000000000\n",
          "Error: bad address\n");
}

static void s45_all_bytes_or_none(void **state)
{
    (void)state;
    asked(HEAD
          "a.AddHookBefore(1000, function (p) {"
          "  say(err(function () { return a.readBytes(p + 8190, 4); }),"
          "    a.readBytes(p + 8190, 2).length, a.readBytes(p, 0).length,"
          "    err(function () { return a.readBytes(p, -1); }).split(':')[0]);"
          "});",
          "memory", NULL, "Error: bad address 2 0 RangeError\n");
}

static void s46_text_without_its_end(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookBefore(1000, function (p) {"
               "  say(err(function () { return a.readString(p, 4); }),"
               "    a.readString(p, 7)); });",
          "memory", NULL, "Error: file name too long abcdef\n");
}

static void s47_all_kinds_of_bytes(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookBefore(1000, function (p) {"
               "  var u = new Uint8Array([1, 2, 3, 4]); p += 200;"
               "  say(a.writeBytes(p, u.buffer), a.writeBytes(p + 4, u),"
               "    a.writeBytes(p + 8, u.subarray(1, 3)),"
               "    a.writeBytes(p + 12, [1, 2, 300])); });",
          "memory",
          "|r|010203040102030402030000"
          "01022c00\n",
          "4 4 2 3\n");
}

static void s48_anonMmap_and_munmap(void **state)
{
    (void)state;
    asked(HEAD
          "var p;\n"
          "a.AddHookBefore(1000, function (what, at) {"
          "  if (what === 1) {"
          "    p = a.anonMmap(100); a.writeString(p, 'from a hook');"
          "    return {ret: p, errno: 0}; }"
          "  if (what === 2) {"
          "    var m = a.getMmaps().filter(function (m) {"
          "      return m.Start <= p && p + 100 <= m.End; });"
          "    say(m.length, m[0].Readable, m[0].Writeable, m[0].Executable,"
          "      m[0].Private, m[0].Path === '');"
          "    return {ret: 2, errno: 0}; }"
          "  say(err(function () { return a.munmap(p + 1, 1); }),"
          "    err(function () { return a.munmap(p, 0); }),"
          "    err(function () { return a.anonMmap(0); }),"
          "    err(function () { return a.anonMmap(-1); }),"
          "    a.munmap(p, 100), a.munmap(p, 100),"
          "    err(function () { return a.readBytes(p, 1); }));"
          "  return {ret: 3, errno: 0}; });",
          "mapped", "from a hook\n2 y\n3\n1\n",
          "1 true true false true true\n"
          "Error: invalid argument Error: invalid argument "
          "Error: invalid argument Error: cannot allocate memory null null "
          "Error: bad address\n");
}

static void s48_mappings_have_names(void **state)
{
    (void)state;
    asked(HEAD
          "a.AddHookBefore(1000, function () {"
          "  var last = 0, seen = {}, own = 0;"
          "  a.getMmaps().forEach(function (m) {"
          "    if (m.Start < last || m.End <= m.Start) say('order');"
          "    last = m.End;"
          "    if (m.Path[0] === '[') seen[m.Path] = true;"
          "    else if (/guests.asked$/.test(m.Path) && m.Inode > 0 &&"
          "      m.Executable && !m.Writeable && m.Offset % 4096 === 0) own++;"
          "  });"
          "  say(own, seen['[heap]'], seen['[stack]']); });",
          "thread-ids", NULL, "1 true true\n");
}

static void s49_arguments_and_environment(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookBefore(1000, function () {"
               "  var v = a.getArgv(), e = a.getEnvs();"
               "  say(v.length, /asked$/.test(v[0]), v[1],"
               "    e.indexOf('LC_ALL=C') >= 0, e.indexOf('')); });",
          "memory", NULL, "2 true memory true -1\n");
}

static void s50_descriptors(void **state)
{
    (void)state;
    agree(HEAD
          "a.AddHookBefore(1000, function (first, second) {"
          "  var f = a.getFdInfo(first), s = a.getFdInfo(second);"
          "  say(a.getFdsInfo().map(function (i) { return i.Fd; })"
          "    .join(' ') + ' | ' + f.FD, s.Fd, '' + mode(s.Mode), s.Nlinks);"
          "  if (f.Flags !== 'O_RDWR|O_APPEND|O_LARGEFILE|O_CLOEXEC' ||"
          "      f.Name !== '/dev/null' || f.Path !== f.Name || !f.Readble ||"
          "      !f.Readable || !f.Writable || s.Writable || !s.Readble ||"
          "      !/asked$/.test(s.Name) ||"
          "      Object.keys(f).join() !=="
          "        'Fd,Name,Mode,Flags,Nlinks,Readble,Writable' ||"
          "      err(function () { a.getFdInfo(999); }) !=="
          "        'Error: bad file descriptor 999') say(f, s);"
          "});\n"
          "function mode(text) { var n = 0; for (var i = 0; i < 9; i++)"
          "  n = 2 * n + (text[i] !== '-'); return n.toString(8); }",
          "descriptors");
}

static void s51_ids_of_the_process(void **state)
{
    (void)state;
    agree(HEAD "a.AddHookBefore(1000, function () {"
               "  var p = a.getPidInfo(), s = p.Session;"
               "  say(p.PID, p.UID, p.GID, s.SessionID, s.PGID,"
               "    s.OtherPGIDs.indexOf(s.PGID) >= 0 ? 1 : 0); });",
          "ids");
}

static void s52_threads(void **state)
{
    (void)state;
    agree(HEAD "a.AddHookBefore(1000, function (other) {"
               "  var own = a.getThreadInfo(), t = a.getThreadInfo(other);"
               "  say(own.TGID, t.TGID, t.TID, t.TIDsInTg.length);"
               "  if (own.TID !== own.TGID || t.TIDsInTg.indexOf(other) < 0 ||"
               "      own.TIDsInTg.join() !== t.TIDsInTg.join() ||"
               "      err(function () { a.getThreadInfo(999999); }) !=="
               "        'Error: no such task 999999') say(own, t); });",
          "thread-ids");
}

static void s53_names_of_signals(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookBefore(1000, function () {"
               "  say(a.nameToSignal('SIGINT'),"
               "    err(function () { return a.nameToSignal('SIGFOO'); }),"
               "    err(function () { return a.nameToSignal('sigint'); }),"
               "    a.signalMaskToNames(7), a.signalMaskToNames(0)); });",
          "memory", NULL,
          "2 Error: invalid argument Error: invalid argument "
          "[\"SIGHUP\",\"SIGINT\",\"SIGQUIT\"] []\n");
}

static void s54_mask_and_handlers(void **state)
{
    (void)state;
    agree(HEAD
          "a.AddHookBefore(1000, function () {"
          "  var i = a.getSignalInfo(), two = i.Sigactions.filter("
          "    function (s) { return s.Signo === 12; })[0];"
          "  say(two.Handler);"
          "  if (i.SignalMask !== 512 || i.SavedSignalMask !== 0 ||"
          "      two.Flags !== 'SA_RESTORER|SA_RESTART' || !two.Restorer ||"
          "      two.SignalsInSet.join() !== 'SIGINT' ||"
          "      i.SigActions.length !== i.Sigactions.length ||"
          "      i.Sigactions.filter(function (s) { return s.Signo === 13; })"
          "        [0].Handler !== 'SIG_IGN') say(i); });",
          "dispositions");
}

static void s54_the_mask_of_a_wait(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookAfter('rt_sigsuspend', function () {"
               "  var i = a.getSignalInfo();"
               "  say(args.errno, i.SignalMask, i.SavedSignalMask); });"
               "a.AddHookBefore('rt_sigsuspend', function () {"
               "  var i = a.getSignalInfo();"
               "  say(i.SignalMask, i.SavedSignalMask); });",
          "suspended", "signal 10\n", "512 0\n4 1 512\n");
}

static void s55_signals_are_sent(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookBefore(1000, function (tid, signo) {"
               "  say(err(function () { a.sendSignal(tid, 0); }),"
               "    err(function () { a.sendSignal(tid, 65); }),"
               "    err(function () { a.sendSignal(1, 10); }),"
               "    a.sendSignal(tid, signo)); "
               "  if (signo === 10) return {ret: 5, errno: 0}; });",
          "signalled", "signal 10\nresult 5\nsignal 12\nchild: waited -1 15\n",
          "RangeError: bad signal number RangeError: bad signal number "
          "Error: no such process null\n"
          "RangeError: bad signal number RangeError: bad signal number "
          "Error: no such process null\n"
          "RangeError: bad signal number RangeError: bad signal number "
          "Error: no such process null\n");
}

static void s56_resumeThreads_alone_does_nothing(void **state)
{
    (void)state;
    asked(HEAD "a.AddHookBefore(1000, function () {"
               "  say(a.resumeThreads(), a.stopThreads(), a.stopThreads(),"
               "    a.resumeThreads(), a.resumeThreads(), a.resumeThreads());"
               "});",
          "memory", NULL, "null null null null null null\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s40_wrong_arguments_throw),
        cmocka_unit_test(s41_text_goes_there_and_back),
        cmocka_unit_test(s42_the_buffer_of_write),
        cmocka_unit_test(s43_address_0_is_a_bad_address),
        cmocka_unit_test(s44_a_read_only_page_is_not_written),
        cmocka_unit_test(s45_all_bytes_or_none),
        cmocka_unit_test(s46_text_without_its_end),
        cmocka_unit_test(s47_all_kinds_of_bytes),
        cmocka_unit_test(s48_anonMmap_and_munmap),
        cmocka_unit_test(s48_mappings_have_names),
        cmocka_unit_test(s49_arguments_and_environment),
        cmocka_unit_test(s50_descriptors),
        cmocka_unit_test(s51_ids_of_the_process),
        cmocka_unit_test(s52_threads),
        cmocka_unit_test(s53_names_of_signals),
        cmocka_unit_test(s54_mask_and_handlers),
        cmocka_unit_test(s54_the_mask_of_a_wait),
        cmocka_unit_test(s55_signals_are_sent),
        cmocka_unit_test(s56_resumeThreads_alone_does_nothing),
    };

    cmocka_set_test_filter(getenv("E2E_ONLY"));
    return cmocka_run_group_tests_name("hook accessors", tests, NULL, NULL);
}
