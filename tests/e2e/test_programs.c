/* test_programs.c: real programs end as they end without the monitor. */
#include "tests/e2e/run.h"

#include "vmm/util.h"

/* clang-format off */
static const struct row rows[] = {
    /* coreutils */
    {"true", {"/usr/bin/true"}},
    {"false", {"/usr/bin/false"}},
    {"ls_lists_a_tree", {"/usr/bin/ls", "-lR", "--full-time", "tree"}},
    {"ls_lists_a_big_directory", {"/usr/bin/ls", "-la", "/usr/bin"}},
    {"ls_of_a_missing_file", {"/usr/bin/ls", "-l", "no-such-file"}},
    {"cat", {"/usr/bin/cat", "big", "tree/conf"}},
    {"cat_from_standard_input", {"/usr/bin/cat"}, .in = "big"},
    {"cat_of_a_directory", {"/usr/bin/cat", "tree"}},
    {"sort", {"/usr/bin/sort", "big"}},
    {"sort_in_one_thread", {"/usr/bin/sort", "-n", "--parallel=1", "big"}},
    {"sort_with_temporary_files", {"/usr/bin/sort", "-S", "300k", "-T", ".",
        "-o", "sorted", "big"}, .writes = true},
    {"sha256sum", {"/usr/bin/sha256sum", "big", "tree.tar"}},
    {"md5sum", {"/usr/bin/md5sum", "big", "tree.tar"}},
    {"head", {"/usr/bin/head", "-n", "3", "big"}},
    {"tail", {"/usr/bin/tail", "-c", "200", "big"}},
    {"wc", {"/usr/bin/wc", "big", "tree/conf"}},
    {"cut", {"/usr/bin/cut", "-d", " ", "-f", "1,3", "tree/a/b/two"}},
    {"tr", {"/usr/bin/tr", "0-9", "a-j"}, .in = "tree/a/b/two"},
    {"od", {"/usr/bin/od", "-A", "x", "-t", "x1z", "tree.tar"}},
    {"env", {"/usr/bin/env"}},
    {"printf", {"/usr/bin/printf", "%s %05d %.3f\\n", "word", "42", "1.5"}},
    {"date", {"/usr/bin/date", "-u", "-d", "@1234567890"}},
    {"stat", {"/usr/bin/stat", "-c", "%n %s %A %U %y", "big", "tree"}},
    {"uniq", {"/usr/bin/uniq", "-c", "tree/a/one"}},
    {"tac", {"/usr/bin/tac", "big"}},
    {"seq", {"/usr/bin/seq", "-w", "1", "999"}},
    {"base64", {"/usr/bin/base64", "tree.tar"}},
    {"factor", {"/usr/bin/factor", "18446744073709551557", "360"}},
    {"cp", {"/usr/bin/cp", "-a", "tree", "copy"}, .writes = true},
    {"mv", {"/usr/bin/mv", "tree/a", "tree/moved"}, .writes = true},
    {"rm", {"/usr/bin/rm", "-r", "tree", "big"}, .writes = true},
    {"mkdir", {"/usr/bin/mkdir", "-p", "x/y/z"}, .writes = true},
    {"ln", {"/usr/bin/ln", "big", "hard"}, .writes = true},
    {"dd", {"/usr/bin/dd", "if=big", "of=part", "bs=777", "skip=3",
        "count=40", "status=none"}, .writes = true},
    {"split", {"/usr/bin/split", "-l", "9000", "big", "part-"}, .writes = true},
    {"truncate", {"/usr/bin/truncate", "-s", "1000", "big"}, .writes = true},

    /* archives */
    {"tar_creates", {"/usr/bin/tar", "cf", "new.tar", "tree"}, .writes = true},
    {"tar_lists", {"/usr/bin/tar", "tvf", "tree.tar"}},
    {"tar_extracts", {"/usr/bin/tar", "xf", "tree.tar", "--one-top-level=x"},
        .writes = true},
    {"gzip", {"/usr/bin/gzip", "-n9", "big"}, .writes = true},
    {"gzip_to_standard_output", {"/usr/bin/gzip", "-nc", "big"}},
    {"gzip_decompresses", {"/usr/bin/gzip", "-dc", "big.gz"}},
    {"gzip_finds_a_broken_file", {"/usr/bin/gzip", "-t", "tree.tar"}},

    /* text tools */
    {"sed", {"/usr/bin/sed", "-n", "s/line \\([0-9]*\\)5$/<\\1>/p", "big"}},
    {"sed_in_place", {"/usr/bin/sed", "-i", "s/k/K/", "tree/conf"},
        .writes = true},
    {"grep", {"/usr/bin/grep", "-nE", "^[0-9]*7 .*99$", "big"}},
    {"grep_finds_nothing", {"/usr/bin/grep", "absent", "big"}},
    {"grep_recursive", {"/usr/bin/grep", "-rc", "line", "tree"}},
    {"find", {"/usr/bin/find", "tree", "-type", "f", "-size", "-9k", "-printf",
        "%p %s %m\\n"}},
    {"mawk", {"/usr/bin/mawk", "{s+=$1; n[$1%7]++} END{print s; for(i=0;i<7;"
        "i++) print i,n[i]}", "big"}},
    {"gawk", {"/usr/bin/gawk", "BEGIN{for(i=0;i<9;i++) print strftime(\"%F\","
        "i*1e8,1), sin(i)} {s+=length} END{print s}", "big"}},
    {"bc", {"/usr/bin/bc", "-l", "-q"}, .in = "sums"},
    {"diff", {"/usr/bin/diff", "tree/a/one", "tree/a/b/two"}},

    /* interpreters */
    {"perl", {"/usr/bin/perl", "-e", "my %h; while(<>){my @f=split; $h{$f[0]%"
        "13}+=$f[2]} print \"$_ $h{$_}\\n\" for sort {$a<=>$b} keys %h; "
        "printf \"%.6f\\n\", exp(1)", "big"}},
    {"perl_dies", {"/usr/bin/perl", "-e", "print 1; die \"reason\\n\""}},
    {"perl_kills_itself", {"/usr/bin/perl", "-e", "kill 15, $$; sleep 9"}},
    {"perl_handles_a_signal", {"/usr/bin/perl", "-e", "$SIG{USR1}=sub{print "
        "\"got it\\n\"}; kill 'USR1', $$; $SIG{ALRM}=sub{die \"alarm\\n\"}; "
        "alarm 1; eval {sleep 20}; print $@"}},
    {"python_prints", {"/usr/bin/python3", "-ISBc", "print(sum(i*i for i in "
        "range(100000)), 2**200)"}},
    {"python_json_re_hashlib", {"/usr/bin/python3", "-ISBc", "import json,re,"
        "hashlib\nd=open('big','rb').read()\nprint(hashlib.sha256(d)."
        "hexdigest(), hashlib.md5(d).hexdigest())\nprint(len(re.findall(rb'"
        "\\d+5\\b',d)))\nprint(json.dumps(json.loads('{\"a\":[1,2.5,null]}'),"
        "indent=1))"}},
    {"python_math_io", {"/usr/bin/python3", "-ISBc", "import math,io,os\n"
        "b=io.BytesIO(b'x'*10)\nprint(b.read(3),math.sqrt(2),math.factorial("
        "30))\nopen('made','w').write('text\\n')\nos.rename('made','moved')\n"
        "print(sorted(os.listdir('tree')), os.stat('big').st_size)"},
        .writes = true},
    {"python_raises", {"/usr/bin/python3", "-ISBc", "1/0"}},
    {"python_exits", {"/usr/bin/python3", "-ISBc", "raise SystemExit(42)"}},
    {"sqlite_in_memory", {"/usr/bin/sqlite3", ":memory:", "create table t(a,b)"
        "; with recursive c(x) as (select 1 union all select x+1 from c where "
        "x<5000) insert into t select x,x*x%97 from c; select b,count(*),sum(a"
        ") from t group by b order by b limit 20;"}},
    {"sqlite_in_a_file", {"/usr/bin/sqlite3", "base.db", "create table t(a "
        "primary key,b); insert into t values(1,'x'),(2,'y'); update t set b="
        "'z' where a=2; select * from t; pragma integrity_check;"},
        .writes = true},
    {"sqlite_finds_an_error", {"/usr/bin/sqlite3", ":memory:", "select nix"}},
    {"bash_computes", {"/usr/bin/bash", "-c", "declare -A h; for i in {1..300}"
        "; do ((h[$((i%7))]+=i)); done; for k in 0 1 2 3 4 5 6; do printf "
        "'%s=%s\\n' $k ${h[$k]}; done; exit 5"}},
    {"bash_reads_a_file", {"/usr/bin/bash", "-c", "n=0; while read -r a b; do "
        "((n+=a)); done < tree/a/b/two; echo $n > sum; read x < sum; echo $x"},
        .writes = true},
    {"bash_traps_a_signal", {"/usr/bin/bash", "-c", "trap 'echo trapped' USR1;"
        " kill -USR1 $$; echo after; kill -TERM $$"}},
    {"dash_runs_builtins", {"/usr/bin/dash", "-c", "i=0; while [ $i -lt 500 ]; "
        "do i=$((i+1)); done; echo $i; cd tree && pwd; umask; type echo"}},
    {"dash_traps_exit", {"/usr/bin/dash", "-c", "trap 'echo bye' EXIT; set -e;"
        " false"}},
    {"a_script_runs_its_interpreter", {"./script", "x", "y z"}},
    {"a_script_with_an_option", {"./perlscript", "x", "y z"}},

    /* processes */
    {"dash_pipes", {"/usr/bin/dash", "-c", "cat big | sort -n | head -n 3 | "
        "wc; (exit 9); echo $?; x=$(ls tree); echo $x"}},
    {"bash_pipes", {"/usr/bin/bash", "-c", "set -o pipefail; seq 50 | grep 1 |"
        " while read n; do echo -n $n,; done; diff <(ls tree) <(ls -a tree); "
        "ls /nowhere 2>/dev/null | cat; echo ${PIPESTATUS[0]}; false | true"}},
    {"bash_waits_for_jobs", {"/usr/bin/bash", "-c", "exec 2>/dev/null; trap 'echo "
        "bye' EXIT; for i in 3 2 1; do (sleep 0.$i; exit $i) & p[$i]=$!; done; for i in 1 2 3"
        "; do wait ${p[$i]}; echo $?; done; sleep 9 & until read c < /proc/$!/comm"
        " && [ $c = sleep ]; do :; done; kill $!; wait $!; echo $?; nothing_of_this_name 2>/dev/null; echo $?"}},
    {"find_executes", {"/usr/bin/find", "tree", "-type", "f", "-exec",
        "/usr/bin/wc", "-c", "{}", ";"}},
    {"xargs", {"/usr/bin/xargs", "-n", "7", "echo"}, .in = "sums"},
    {"env_runs_a_program", {"/usr/bin/env", "-i", "A=b", "/usr/bin/env"}},
    {"timeout_ends_a_program", {"/usr/bin/timeout", "0.5", "/usr/bin/sleep",
        "20"}},
    {"tar_calls_gzip", {"/usr/bin/tar", "czf", "packed.tgz", "tree"},
        .writes = true},
    {"perl_forks", {"/usr/bin/perl", "-e", "$|=1; for my $i (1..5) { my $p="
        "fork; if(!$p){exit $i*3} waitpid($p,0); print $?>>8,\"\\n\" } print "
        "`echo sub; exit 4`, $?>>8, \"\\n\"; open my $h,'-|','seq',3; print "
        "<$h>; exec 'echo','done'"}},
    {"busybox_runs_itself", {"/usr/bin/busybox", "sh", "-c", "seq 9 | tr 1-5 "
        "a-e | md5sum; ls /nowhere 2>/dev/null; echo $?"}},

    /* static */
    {"busybox_ls", {"/usr/bin/busybox", "ls", "-l", "tree"}},
    {"busybox_sha1sum", {"/usr/bin/busybox", "sha1sum", "big"}},
    {"busybox_sort", {"/usr/bin/busybox", "sort", "-n", "big"}},
    {"busybox_awk", {"/usr/bin/busybox", "awk", "{s+=$3} END{print s}", "big"}},
    {"busybox_tar", {"/usr/bin/busybox", "tar", "tf", "tree.tar"}},
    {"busybox_sh", {"/usr/bin/busybox", "sh", "-c", "for i in 1 2 3; do echo "
        "$i; done; exit 7"}},
    {"busybox_stty_sees_no_terminal", {"/usr/bin/busybox", "stty", "size"}},
};
/* clang-format on */

int main(void)
{
    return run_rows("programs", rows, ARRAY_SIZE(rows));
}
