return {6: 1};
