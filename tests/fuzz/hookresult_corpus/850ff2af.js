return {get 0() { return body(); }};
