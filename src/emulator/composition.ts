/** Everything that follows from the config file. A reload replaces it whole; a request keeps the one that it began with. */
import type { LoadedConfig } from '../config/load-config.js';
import type { Services } from '../pipeline/index.js';
import type { MemoryStoreMaterial } from '../cxone/store/memory.js';
import type { TraceBounds } from '../trace/log.js';

export interface Composition {
  readonly config: LoadedConfig;
  /** What works, and a person should know all the same. */
  readonly notes: readonly string[];
  readonly services: Services;
  readonly tenantDefaults: MemoryStoreMaterial;
  readonly traceBounds: TraceBounds;
}
