import { z } from 'zod';

// zod would compile its schemas with `new Function`, which the page's content policy refuses. Imported before
// any schema is made.
z.config({ jitless: true });
