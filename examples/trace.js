// A tracer: one line a system call, on standard error.
//
//   microvm-hook --hooks examples/trace.js -- ls /

Object.keys(SYS).forEach(function (name) {
    function line(a) { accessors.print(name + "(" + a.arg0 + ", " + a.arg1 + ", " + a.arg2 + ")", "=", a.errno ? "-1 errno " + a.errno : a.ret, "\n"); }
    if (/^(exit|exit_group|rt_sigreturn)$/.test(name)) accessors.AddHookBefore(SYS[name], function () { args.ret = "?"; line(args); });
    else accessors.AddHookAfter(SYS[name], function () { line(args); });
});
