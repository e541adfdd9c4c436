var a = []; for (;;) a.push(a.length + "x");
