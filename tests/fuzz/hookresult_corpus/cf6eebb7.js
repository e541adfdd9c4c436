accessors.AddHookBefore(1000, function () {}); return null;
