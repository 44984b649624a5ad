// zod would compile its schemas with `new Function`, which the page's content policy refuses and reports. It
// looks here before it makes any, so this stands in a script of its own, ahead of the page.
globalThis.__zod_globalConfig = { jitless: true };
