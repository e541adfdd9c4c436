return new Proxy({}, {ownKeys: function () { return ["0"]; }});
