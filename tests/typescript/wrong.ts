accessors.AddHookBefore("opennat", () => {});
